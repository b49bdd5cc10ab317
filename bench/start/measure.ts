import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { startChild } from '../child.ts';
import { whenStopped } from '../endings.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { ratio } from '../spread.ts';
import type { Seeding } from './seed.ts';

const NOTE = new URL('./note-packages.ts', import.meta.url).href;
const BARE = fileURLToPath(new URL('./bare.js', import.meta.url));
const MOST_RATIO = 1.3;
const MOST_BYTES = 1_024;
/** While the machine has memory to spare, V8 leaves lie what nobody needs: what is needed is seen where there is no more than this. */
const HEAP_MB = 256;
const COST =
  'The packages alone make no client, hold no connection, and keep nothing of what they read; the program has loaded its ' +
  'configuration, signed in, and read both clouds.';

interface Seen {
  readonly startMs: number;
  /** Resident memory, after it did nothing for a while. */
  readonly bytes: number;
  /** The most that was resident until then. */
  readonly mostBytes: number;
}

/** From the fork until it is ready, and the memory it then has, beside its packages alone; and with very many open leases. */
export async function measureStart({ quick }: Effort): Promise<Measurement> {
  const size = quick
    ? { rounds: 1, restMs: 3_000, fullRestMs: 3_000, leases: 2_000 }
    : { rounds: 5, restMs: 40_000, fullRestMs: 90_000, leases: 100_000 };
  const folder = join(mkdtempSync(join(tmpdir(), 'drawbridge-bench-')), 'demo');
  const list = join(folder, '..', 'packages');
  process.env.BENCH_PACKAGES = list;
  process.env.NODE_OPTIONS = `--import ${NOTE}`;
  const demo = await startDemo({ folder, appendfsync: 'everysec', shortest: '5m', azureMinimum: 5 });
  const forget = whenStopped(() => demo.stop());
  try {
    await wait(size.restMs);
    delete process.env.NODE_OPTIONS;
    const packages = readFileSync(list, 'utf8').trim().split('\n');
    const [ours, bare]: [Seen[], Seen[]] = [[], []];
    for (let round = 0; round < size.rounds; round += 1) {
      ours.push(await started(demo, size.restMs));
      bare.push(await startedBare(list, size.restMs));
    }
    const tight = await startedTight(demo, size.fullRestMs);
    const seeder = startChild(new URL('./seed.ts', import.meta.url));
    const secrets = demoSecrets(demo.services);
    const configFile = join(folder, 'drawbridge.yaml');
    await seeder.ask('seed', { configFile, secrets, leases: size.leases } satisfies Seeding);
    await seeder.stop();
    const full = await started(demo, size.fullRestMs);
    const tightFull = await startedTight(demo, size.fullRestMs);
    return measurement({ ours, bare, full, tight, tightFull }, packages, size);
  } finally {
    forget();
    await demo.stop();
  }
}

async function started(demo: Demo, restMs: number): Promise<Seen> {
  await demo.kill();
  const from = performance.now();
  await demo.restart();
  const startMs = performance.now() - from;
  await wait(restMs);
  return { startMs, ...residentOf(demo.program().pid) };
}

/** With no more heap than that; with too little of it, the program would end. */
async function startedTight(demo: Demo, restMs: number): Promise<Seen> {
  process.env.NODE_OPTIONS = `--max-old-space-size=${HEAP_MB}`;
  try {
    return await started(demo, restMs);
  } finally {
    delete process.env.NODE_OPTIONS;
  }
}

async function startedBare(list: string, restMs: number): Promise<Seen> {
  const from = performance.now();
  const child = fork(BARE, [list], { execArgv: [] });
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (said !== 'ready') throw new Error('the packages could not be loaded');
  const startMs = performance.now() - from;
  await wait(restMs);
  const resident = residentOf(child.pid ?? 0);
  child.disconnect();
  await once(child, 'exit');
  return { startMs, ...resident };
}

/** proc_pid_status(5): VmRSS and its peak, VmHWM, in kB. */
function residentOf(pid: number): Pick<Seen, 'bytes' | 'mostBytes'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  return { bytes: bytesOf('VmRSS'), mostBytes: bytesOf('VmHWM') };
}

interface Sides {
  readonly ours: readonly Seen[];
  readonly bare: readonly Seen[];
  /** With its leases. */
  readonly full: Seen;
  /** With a heap of `HEAP_MB`, without leases and with them. */
  readonly tight: Seen;
  readonly tightFull: Seen;
}

function measurement(
  { ours, bare, full, tight, tightFull }: Sides,
  packages: readonly string[],
  { restMs, fullRestMs, leases }: Readonly<Record<'restMs' | 'fullRestMs' | 'leases', number>>,
): Measurement {
  const count = leases.toLocaleString('en-US');
  const start = (seen: readonly Seen[]) => seen.map(({ startMs }) => startMs);
  const memory = (seen: readonly Seen[]) => seen.map(({ bytes }) => bytes / 2 ** 20);
  const perLease = (tightFull.bytes - tight.bytes) / leases;
  const rows: readonly Row[] = [
    { what: 'Drawbridge: from the fork until it is ready', unit: 'ms', values: start(ours) },
    { what: 'its packages alone: until they are loaded', unit: 'ms', values: start(bare) },
    { what: 'Drawbridge: memory at rest', unit: 'MB', values: memory(ours) },
    { what: 'its packages alone: memory at rest', unit: 'MB', values: memory(bare) },
    { what: `Drawbridge with ${count} open leases: until it is ready`, unit: 'ms', values: [full.startMs] },
    { what: `Drawbridge with ${count} open leases: memory at rest`, unit: 'MB', values: memory([full]) },
    { what: '… the most until then', unit: 'MB', values: [full.mostBytes / 2 ** 20] },
    { what: `Drawbridge, heap of ${HEAP_MB} MB: memory at rest`, unit: 'MB', values: memory([tight]) },
    { what: `… with ${count} open leases: memory at rest`, unit: 'MB', values: memory([tightFull]) },
    { what: `… the most until then, heap of ${HEAP_MB} MB`, unit: 'MB', values: [tightFull.mostBytes / 2 ** 20] },
  ];
  const goals: readonly Goal[] = [
    {
      what: 'start ÷ its packages’ (medians)',
      ...ratio(start(ours), start(bare)),
      most: MOST_RATIO,
      unit: '×',
      cost: COST,
    },
    {
      what: 'memory at rest ÷ its packages’ (medians)',
      ...ratio(memory(ours), memory(bare)),
      ...{ most: MOST_RATIO, unit: '×', cost: COST },
    },
    {
      what: `memory for each of ${count} leases, heap of ${HEAP_MB} MB`,
      value: perLease,
      most: MOST_BYTES,
      unit: ' bytes',
    },
  ];
  return {
    title: `Start, and memory at rest and with ${count} open leases`,
    how:
      'The program as `npm start` runs it with both chats and both clouds, on a Redis that runs already; beside a process that ' +
      `imports the ${packages.length} packages that the program’s own code was seen to ask for, from the same compile cache, and does ` +
      `nothing. Memory is what is resident ${restMs / 1_000} s later, with the leases ${fullRestMs / 1_000} s. The leases are in Redis when the program starts again. ` +
      `With a heap of ${HEAP_MB} MB (\`--max-old-space-size\`), V8 leaves nothing lie that nobody needs: with as much memory as the machine has, it does.`,
    rows,
    goals,
    notes: [`Packages: ${packages.toSorted().join(', ')}.`],
  };
}
