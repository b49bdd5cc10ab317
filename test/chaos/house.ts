import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { type Program, startProgram } from '../../simulators/demo/program.ts';
import { startServices } from '../../simulators/demo/services.ts';
import { people } from '../../simulators/world.ts';
import { oneRedis } from './one-redis.ts';
import { sentinelRedis } from './sentinel-redis.ts';

/** One process of the program, and how it is killed, stopped, and started again. */
export interface Replica {
  readonly name: string;
  readonly logFile: string;
  program: Program | undefined;
}

const COMMAND_MS = 3_000;
const CLOCK = new URL('./clock.ts', import.meta.url).href;
/** Of policies, while they are stricter. */
const STRICT_LONGEST = '12s';

/** What a test changes of a configuration. */
export interface HouseConfig {
  readonly people: readonly { readonly id: string }[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly policies: readonly object[];
}

type Change = (usual: HouseConfig) => object;

/** When what was committed was lost. */
interface Loss {
  readonly from: number;
  readonly to: number;
  /** What had been opened was confirmed by every replica before, and is not lost. */
  readonly keepsOpened: boolean;
}

/** Two replicas of the real program, the four services, and a real Redis that is nobody's but the test's: one server, or Sentinels. */
export async function startHouse(isWatched: boolean, more: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-chaos-'));
  const redis = await (isWatched ? sentinelRedis : oneRedis)(join(folder, 'snapshot'), COMMAND_MS);
  const off = { cloudsMs: 0, redisMs: 0 };
  const services = await startServices({ azureMinimum: 0, cloudClock: () => Date.now() + off.cloudsMs });
  services.azure.human.setPlan('Free');
  const replicas: Replica[] = ['one', 'two'].map((name) => {
    const own = join(folder, name);
    mkdirSync(own);
    writeFileSync(join(own, 'teams-ca.pem'), services.teams.caPem);
    writeFileSync(join(own, 'azure-ca.pem'), services.azure.ca);
    const settings = { folder: own, port: 0, shortest: '3s', appendfsync: 'always' } as const;
    const shared = { redisUrl: 'redis://127.0.0.1', undoFolder: join(folder, 'undo') };
    const config: object = parse(demoConfig(services, { ...settings, azureBackend: 'nsg', ...shared }));
    writeFileSync(join(own, 'drawbridge.yaml'), stringify({ ...config, redis: redis.settings, ...more }));
    return { name, logFile: join(own, 'program.log'), program: undefined };
  });
  const usual = new Map(
    replicas.map(({ name }) => [name, readFileSync(join(folder, name, 'drawbridge.yaml'), 'utf8')]),
  );
  let snapshotAt = 0;
  let changingAt = 0;
  const house = {
    folder,
    redis,
    services,
    replicas,
    losses: [] as Loss[],
    /** How a program ended that nobody ended. */
    fallen: [] as string[],
    /** How far clocks are off; of Redis the most that its was. */
    off,
    /** Since when every process knows that the colleague is not there any more. */
    removedAt: undefined as number | undefined,
    async start(replica: Replica): Promise<void> {
      const configFile = join(folder, replica.name, 'drawbridge.yaml');
      const own = {
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${CLOCK}`.trim(),
        CHAOS_CLOCK: join(folder, replica.name, 'clock'),
      };
      const secrets = { ...demoSecrets(services), ...own };
      const program = await startProgram({ configFile, logFile: replica.logFile, secrets });
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
    /** The clock of one process is set. */
    setClock({ name }: Replica, offMs: number): void {
      writeFileSync(join(folder, name, 'clock'), String(offMs));
    },
    /** The same for one process; without a change the usual one again. */
    async configure(replica: Replica, change: Change = (config) => config): Promise<void> {
      const text = usual.get(replica.name) ?? '';
      writeFileSync(join(folder, replica.name, 'drawbridge.yaml'), stringify(change(parse(text) as HouseConfig)));
      await house.end(replica, 'stop');
      await house.start(replica);
    },
    /** Another configuration, one process after the other: a stricter policy, and one person fewer; or the usual one again. */
    async reconfigure(isStrict: boolean): Promise<void> {
      house.removedAt = undefined;
      for (const replica of replicas) await house.configure(replica, isStrict ? stricter : undefined);
      if (isStrict) house.removedAt = Date.now();
    },
    /** Keeps what Redis has on disk now. */
    async snapshot(): Promise<void> {
      snapshotAt = Date.now();
      await redis.snapshot();
    },
    /** A Redis that has only what was kept. */
    async rollBack(): Promise<void> {
      await redis.rollBack();
      house.losses.push({ from: snapshotAt, to: Date.now(), keepsOpened: false });
    },
    /** Another server may take over from now on, until `changed`: what no replica had is lost. */
    changing(): void {
      changingAt = Date.now();
    },
    changed(): void {
      if (isWatched) house.losses.push({ from: changingAt, to: Date.now(), keepsOpened: true });
    },
    async stop(): Promise<void> {
      await Promise.all(replicas.map((replica) => house.end(replica, 'stop')));
      await redis.stop();
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await Promise.all(replicas.map((replica) => house.start(replica)));
  return house;
}

export function stricter(config: HouseConfig): object {
  const { id } = people.colleague;
  return {
    ...config,
    people: config.people.filter((person) => person.id !== id),
    groups: Object.fromEntries(
      Object.entries(config.groups).map(([name, members]) => [name, members.filter((member) => member !== id)]),
    ),
    policies: config.policies.map((policy) => ({ ...policy, longest: STRICT_LONGEST })),
  };
}

export type House = Awaited<ReturnType<typeof startHouse>>;
