import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { parse, stringify } from 'yaml';
import { compile } from '../../pack/compile.ts';
import { demoConfig, demoSecrets } from '../../simulators/demo/config.ts';
import { type Program, startProgram } from '../../simulators/demo/program.ts';
import { type Services, startServices } from '../../simulators/demo/services.ts';
import type { Order, Point, RecordedPoint } from './order.ts';

const HOOK = new URL('./hook.ts', import.meta.url).href;
const LOOK_MS = 20;
/** A start of the program included, on a machine that does other work. */
const TAKEN_MS = 150_000;

/** What users get: it starts in half the time, and each kill has a start. */
let packed: Promise<string> | undefined;

async function packedJit(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-packed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await compile(join(folder, 'dist'));
  return join(folder, 'dist/src/cli/jit.js');
}

export interface House {
  readonly services: Services;
  readonly folder: string;
  /** The truth in Redis, read past the program. */
  readonly redis: Redis;
  /** Effects are noted from now on; gives them. */
  note(): Promise<() => readonly RecordedPoint[]>;
  /** The program dies at this point from now on, and is started again; says whether it did. */
  arm(kill: Point & { readonly when: 'before' | 'after' }): Promise<() => boolean>;
  /** Nothing is noted, nobody dies. */
  disarm(): Promise<void>;
  /** Waits until a program runs. */
  up(): Promise<void>;
  /** Since when a program runs; infinite while none does. */
  readonly upSince: number;
  /** How long each start took until the program was ready, in milliseconds. */
  readonly startsMs: readonly number[];
  /** How programs ended that nobody killed. */
  readonly fallen: readonly string[];
  stop(): Promise<void>;
}

/** The real program with the hook in it, its own Redis, and the four services. A killed program is started again at once. */
export async function startHouse({ unanswered }: { readonly unanswered: string }): Promise<House> {
  packed ??= packedJit();
  const jit = await packed;
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-kills-'));
  const services = await startServices({ azureMinimum: 0 });
  services.azure.human.setPlan('Free');
  const configFile = join(folder, 'drawbridge.yaml');
  const file = join(folder, 'order');
  writeFileSync(join(folder, 'teams-ca.pem'), services.teams.caPem);
  writeFileSync(join(folder, 'azure-ca.pem'), services.azure.ca);
  mkdirSync(join(folder, 'undo'));
  const settings = { folder, port: 0, shortest: '2s', appendfsync: 'always', azureBackend: 'nsg' } as const;
  const config = parse(demoConfig(services, settings));
  for (const policy of config.policies) policy.unanswered = unanswered;
  writeFileSync(configFile, stringify(config));
  const fallen: string[] = [];
  let isStopping = false;
  let deaths = 0;
  const startsMs: number[] = [];
  let upSince = Number.POSITIVE_INFINITY;
  let running: Promise<Program>;
  const start = async (): Promise<Program> => {
    const secrets = {
      ...demoSecrets(services),
      KILL_ORDER: file,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${HOOK}`,
    };
    const began = performance.now();
    const program = await startProgram({ configFile, logFile: join(folder, 'program.log'), secrets, jit });
    startsMs.push(performance.now() - began);
    upSince = Date.now();
    services.setTarget(program.url);
    void program.ended.then((how) => {
      if (isStopping) return;
      upSince = Number.POSITIVE_INFINITY;
      if (existsSync(`${file}.died`)) deaths += 1;
      else fallen.push(how.slice(0, 500));
      rmSync(`${file}.died`, { force: true });
      running = start();
      running.catch((error: unknown) => void fallen.push(String(error)));
    });
    return program;
  };
  running = start();
  await running;
  const redis = new Redis(readFileSync(join(folder, 'redis', 'address'), 'utf8'));
  redis.on('error', () => {});
  const give = async (order: Order) => {
    rmSync(`${file}.taken`, { force: true });
    writeFileSync(file, JSON.stringify(order));
    // One that dies just now does not take it: the next one does.
    const late = Date.now() + TAKEN_MS;
    while (!existsSync(`${file}.taken`)) {
      if (Date.now() > late) throw new Error('the program did not take the order');
      const { pid, ended } = await running;
      if (!(await Promise.race([ended, wait(0)]))) process.kill(pid, 'SIGUSR2');
      await wait(LOOK_MS);
    }
  };
  return {
    services,
    folder,
    redis,
    fallen,
    startsMs,
    get upSince() {
      return upSince;
    },
    async note() {
      const note = join(folder, 'points');
      writeFileSync(note, '');
      await give({ note });
      return () =>
        readFileSync(note, 'utf8')
          .split('\n')
          .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RecordedPoint]));
    },
    async arm(kill) {
      const before = deaths;
      await give({ kill });
      return () => deaths > before;
    },
    disarm: () => give({}),
    async up() {
      await running;
    },
    async stop() {
      isStopping = true;
      redis.disconnect();
      await running.then((program) => program.stop()).catch(() => {});
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
