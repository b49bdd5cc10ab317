import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { type Program, startProgram } from '../../simulators/demo/program.ts';
import { startServices } from '../../simulators/demo/services.ts';
import { openRedis } from '../../src/redis/client.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';

/** One process of the program, and how it is killed, stopped, and started again. */
export interface Replica {
  readonly name: string;
  readonly logFile: string;
  program: Program | undefined;
}

const COMMAND_MS = 3_000;

/** Two replicas of the real program, the four services, and a real Redis that is nobody's but the test's. */
export async function startHouse() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-chaos-'));
  const redis = await ownRedis({ port: await freePort() });
  const services = await startServices({ azureMinimum: 0 });
  services.azure.human.setPlan('Free');
  const operator = openRedis(redis.tcp, { retries: 1, commandMs: COMMAND_MS });
  operator.on('error', () => {});
  const replicas: Replica[] = ['one', 'two'].map((name) => {
    const own = join(folder, name);
    mkdirSync(own);
    writeFileSync(join(own, 'teams-ca.pem'), services.teams.caPem);
    writeFileSync(join(own, 'azure-ca.pem'), services.azure.ca);
    const settings = { folder: own, port: 0, shortest: '3s', appendfsync: 'always' } as const;
    const config = demoConfig(services, { ...settings, azureBackend: 'nsg', redisUrl: redis.tcp });
    writeFileSync(join(own, 'drawbridge.yaml'), config);
    return { name, logFile: join(own, 'program.log'), program: undefined };
  });
  let snapshotAt = 0;
  const house = {
    folder,
    redis,
    services,
    operator,
    replicas,
    /** From when to when what was committed was lost. */
    rollbacks: [] as { readonly from: number; readonly to: number }[],
    /** How a program ended that nobody ended. */
    fallen: [] as string[],
    async start(replica: Replica): Promise<void> {
      const configFile = join(folder, replica.name, 'drawbridge.yaml');
      const program = await startProgram({ configFile, logFile: replica.logFile, secrets: demoSecrets(services) });
      replica.program = program;
      void program.ended.then((how) => {
        if (replica.program !== program) return;
        replica.program = undefined;
        house.fallen.push(`${replica.name} ended by itself: ${how.slice(0, 500)}`);
      });
      services.setTarget(program.url);
    },
    /** SIGKILL or SIGTERM; the chats are served by the other one meanwhile. */
    async end(replica: Replica, how: 'kill' | 'stop'): Promise<void> {
      const { program } = replica;
      replica.program = undefined;
      const other = replicas.find((one) => one.program)?.program;
      if (other) services.setTarget(other.url);
      await program?.[how]();
    },
    /** Keeps what Redis has on disk now. */
    snapshot(): void {
      snapshotAt = Date.now();
      rmSync(join(folder, 'snapshot'), { recursive: true, force: true });
      cpSync(join(redis.folder, 'appendonlydir'), join(folder, 'snapshot'), { recursive: true });
    },
    /** A Redis that has only what was kept. */
    async rollBack(): Promise<void> {
      await redis.kill();
      house.rollbacks.push({ from: snapshotAt, to: Date.now() });
      rmSync(join(redis.folder, 'appendonlydir'), { recursive: true, force: true });
      cpSync(join(folder, 'snapshot'), join(redis.folder, 'appendonlydir'), { recursive: true });
      await redis.start();
    },
    async stop(): Promise<void> {
      redis.resume();
      await Promise.all(replicas.map((replica) => house.end(replica, 'stop')));
      operator.disconnect();
      await redis.stop();
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const replica of replicas) await house.start(replica);
  return house;
}

export type House = Awaited<ReturnType<typeof startHouse>>;
