import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { type Program, startProgram } from '../../simulators/demo/program.ts';
import { startServices } from '../../simulators/demo/services.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { channels } from '../../simulators/world.ts';
import { ownRedis } from '../redis/own-redis.ts';
import { standBetween } from './between.ts';

const NAMES = new URL('./names.ts', import.meta.url).href;
const ADMIN = 'a-token-of-operators-of-thirty-two';
/** The name of Redis, whose address a test may change: the one that a test may connect to. Nothing else here goes by it. */
const NAME = 'localhost';

interface Status {
  readonly lifeboat: { readonly isOn: boolean; readonly wentBack: boolean; readonly why?: string };
  readonly parts: readonly { readonly name: string; readonly trouble?: string }[];
}

type Who = 'requester' | 'manager' | 'security';

/** The real program on a real Redis that it reaches by a name and through somebody, with everybody who uses it. */
export async function startOnRedis(redisSettings: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-on-redis-'));
  const redis = await ownRedis();
  const way = await standBetween(redis.url);
  const operator = redis.client();
  // Rights are taken from the user of the program alone.
  await operator.call('ACL', 'SETUSER', 'operator', 'on', '>operator', '~*', '&*', '+@all');
  await operator.call('AUTH', 'operator', 'operator');
  const services = await startServices({ azureMinimum: 0 });
  services.azure.human.setPlan('Free');
  const names = join(folder, 'names');
  const setName = (address: string | null) => writeFileSync(names, JSON.stringify({ [NAME]: address }));
  setName('127.0.0.1');
  const own = join(folder, 'own');
  mkdirSync(own);
  writeFileSync(join(own, 'teams-ca.pem'), services.teams.caPem);
  writeFileSync(join(own, 'azure-ca.pem'), services.azure.ca);
  const settings = { folder: own, port: 0, shortest: '3s', appendfsync: 'always', azureBackend: 'nsg' } as const;
  const config = parse(demoConfig(services, { ...settings, redisUrl: 'redis://127.0.0.1' })) as Record<string, object>;
  const configFile = join(own, 'drawbridge.yaml');
  const url = `redis://${NAME}:${way.port}`;
  writeFileSync(
    configFile,
    stringify({
      ...config,
      redis: { url, ...redisSettings },
      http: { host: '127.0.0.1', port: 0, admin: { port: 0, token: 'env:ADMIN_TOKEN' } },
    }),
  );
  const secrets = {
    ...demoSecrets(services),
    ADMIN_TOKEN: ADMIN,
    NAMES: names,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${NAMES}`.trim(),
  };
  const logFile = join(own, 'program.log');
  let program: Program | undefined;
  const people = new Stage(services, () => {});
  const channel = () => services.slack.state().channels.find(({ id }) => id === channels.slack.id)?.messages ?? [];
  const house = {
    ...{ folder, own, configFile, logFile, redis, way, operator, services, people, setName },
    rules: () => rulesLeft({ services }),
    program: () => program,
    ended: undefined as string | undefined,
    channel,
    /** What the channel was told. */
    said: () => JSON.stringify(channel()),
    async start(): Promise<void> {
      const started = await startProgram({ configFile, logFile, secrets });
      program = started;
      house.ended = undefined;
      services.setTarget(started.url);
      void started.ended.then((how) => {
        if (program === started) house.ended = how;
      });
    },
    async kill(): Promise<void> {
      const killed = program;
      program = undefined;
      await killed?.kill();
    },
    ready: () => fetch(`${program?.url}/readyz`).then(({ status }) => status),
    async status(): Promise<Status> {
      const log = readFileSync(logFile, 'utf8');
      const operatorsUrl = [...log.matchAll(/"url":"([^"]+)"[^}]*operators are served/g)].at(-1)?.[1];
      const answer = await fetch(`${operatorsUrl}/status`, { headers: { authorization: `Bearer ${ADMIN}` } });
      return (await answer.json()) as Status;
    },
    /** As a person would, who is told to try again. */
    async until(who: Who, text: string, says: RegExp): Promise<string> {
      for (;;) {
        const found = says.exec(await people.slack(who, text));
        if (found) return found[1] ?? '';
      }
    },
    async stop(): Promise<void> {
      people.stop();
      const last = program;
      program = undefined;
      await last?.stop();
      await services.stop();
      way.stop();
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await house.start();
  return house;
}

export type OnRedis = Awaited<ReturnType<typeof startOnRedis>>;
