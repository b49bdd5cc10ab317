import { setTimeout as wait } from 'node:timers/promises';
import { patrol } from '../../src/app/loops/patrol.ts';
import { sweeper } from '../../src/app/loops/sweep.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { placementsOf, type Request } from '../../src/core/request/request.ts';
import type { Cloud } from '../../src/ports/cloud.ts';
import { fleetLeases } from '../burst/fleet.ts';
import { seedLeases } from '../burst/seed.ts';
import { watched } from '../crowd/measure.ts';
import { type Ground, onGround } from '../ground.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { quietAws } from '../memory/cloud.ts';
import { house } from '../memory/house.ts';
import { figure } from '../report.ts';
import { spread } from '../spread.ts';
import { adapterPatrols, EACH } from './adapter.ts';

const MOST_MS = 50;
/** Linear: each of very many takes as long as each of few, and half as long again for caches that do not hold them. */
const MOST_RATIO = 1.5;
const LOOPS = ['sweep', 'patrol'] as const;
/** What a sweep cannot do without: each lease is looked for once, in one of the three indexes in which it has to be. */
const PLAIN = 'plain look-ups';
type Looped = (typeof LOOPS)[number] | typeof PLAIN;
const LOOKED_UP = `
  local members = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
  for _, member in ipairs(members) do redis.call('ZSCORE', KEYS[1], member) end
  return #members`;
const AT_ONCE = 500;
/** What others on the machine do to a process that does nothing at all. */
const NOTHING = 'nothing, for as long as the patrol';
const ENDLESS = new AbortController().signal;

interface Seen {
  /** Microseconds for each lease. */
  readonly each: number[];
  readonly stepMs: number[];
  readonly stepCpuMs: number[];
  readonly scriptMs: number[];
}

/** What the loops take that go through everything, and for how long they keep a closing waiting. */
export async function measureLoops({ quick }: Effort): Promise<Measurement> {
  const [counts, rounds] = quick ? [[500, 2_500], 2] : [[1_000, 10_000, 100_000], 3];
  const machines = quick ? 200 : 2_000;
  const seen = new Map<string, Seen>();
  const idle: number[] = [];
  const adapter = await onGround((ground) => adapterPatrols(ground, { machines, rounds }));
  await onGround(async (ground) => {
    for (const count of counts) {
      await ground.redis.flushall();
      const loops = await loopsOver(ground, count);
      for (let round = -1; round < rounds; round += 1)
        for (const name of [...LOOPS, PLAIN] as const) {
          const { ms, stepMs, stepCpuMs, scriptMs } = await watched(ground, loops[name]);
          // Once unmeasured: code that runs for the first time is compiled meanwhile.
          if (round < 0) continue;
          const one = seenOf(seen, nameOf(name, count));
          one.each.push((ms * 1_000) / count);
          one.stepMs.push(stepMs);
          one.stepCpuMs.push(stepCpuMs);
          one.scriptMs.push(scriptMs);
          if (name === 'patrol') idle.push((await watched(ground, () => wait(ms))).stepMs);
        }
    }
  });
  const read = `patrol with the AWS adapter, ${(machines * EACH).toLocaleString('en-US')} rules`;
  const words = counts.map((count) => count.toLocaleString('en-US')).join(', ');
  return {
    title: `Sweep and patrol with ${words} open leases`,
    how:
      'The program’s own loops on the real store; AWS hands over its rules at once, so that nothing but their own work is measured: for each lease, and the ' +
      'longest that the event loop and Redis were kept from everything else in one piece, which is as long as a closing can be kept waiting. Beside them the ' +
      'patrol with the real adapter over the simulated AWS, in a process of its own: it reads the rules in pages, which the SDK parses in one piece each.',
    rows: [
      ...[...seen].flatMap(([name, one]) => rowsOf(name, one)),
      { what: `${NOTHING}: longest step`, unit: 'ms', values: idle },
      { what: `${read}: CPU of the longest step`, unit: 'ms', values: adapter },
    ],
    goals: [
      ...LOOPS.flatMap((name) => goalsOf(name, counts, seen)),
      { what: `${read}: longest step (median)`, value: spread(adapter).median, most: MOST_MS, unit: ' ms of CPU' },
    ],
    notes: [
      'The steps are an absolute figure: they say what this machine did, beside whatever else it had to do. A step in CPU is what the program itself took of it, and what the goal is about.',
    ],
  };
}

function nameOf(loop: Looped, count: number): string {
  return `${loop}, ${count.toLocaleString('en-US')} leases`;
}

function rowsOf(name: string, { each, stepMs, stepCpuMs, scriptMs }: Seen): readonly Row[] {
  return [
    { what: `${name}: each lease`, unit: 'µs', values: each },
    { what: `${name}: longest step`, unit: 'ms', values: stepMs },
    { what: `${name}: CPU of the longest step`, unit: 'ms', values: stepCpuMs },
    { what: `${name}: longest script`, unit: 'ms', values: scriptMs },
  ];
}

function goalsOf(loop: (typeof LOOPS)[number], counts: readonly number[], seen: Map<string, Seen>): readonly Goal[] {
  const [fewest = 0, most = 0] = [counts[0], counts.at(-1)];
  const many = seenOf(seen, nameOf(loop, most));
  const eachOf = (name: Looped, count: number) => spread(seenOf(seen, nameOf(name, count)).each).median;
  const growthOf = (name: Looped) => eachOf(name, most) / eachOf(name, fewest);
  const blocked = Math.max(spread(many.stepCpuMs).median, spread(many.scriptMs).median);
  return [
    {
      what: `${loop}: each of the most ÷ each of the fewest (medians)`,
      value: growthOf(loop),
      ...{ most: MOST_RATIO, unit: '×' },
      ...(loop === 'sweep' && {
        cost: `One look-up of each lease in one index, and nothing else, grows by ${figure(growthOf(PLAIN))}× in the same run: the tables of Redis fit into the processor’s caches no more.`,
      }),
    },
    { what: `${loop}: longest that a closing is kept waiting (median)`, value: blocked, most: MOST_MS, unit: ' ms' },
  ];
}

function seenOf(seen: Map<string, Seen>, name: string): Seen {
  const one = seen.get(name) ?? { each: [], stepMs: [], stepCpuMs: [], scriptMs: [] };
  seen.set(name, one);
  return one;
}

/** The loops of a process whose AWS holds the rules of so many open leases. */
async function loopsOver(ground: Ground, count: number) {
  const leases = fleetLeases(count, Date.now() + 6 * HOUR_MS);
  const { deps: usual } = house(ground, { people: 1, machines: 1 });
  const deps = { ...usual, clouds: new Map([['aws', holding(leases)] as const]) };
  await seedLeases(deps.store, leases);
  const sweep = sweeper(deps);
  const [live = ''] = await ground.redis.keys('*:live');
  return {
    sweep: () => sweep(),
    [PLAIN]: async () => {
      for (let from = 0; from < count; from += AT_ONCE) {
        const found = await ground.redis.eval(LOOKED_UP, 1, live, from, AT_ONCE);
        if (found !== Math.min(AT_ONCE, count - from)) throw new Error(`${found} leases were found behind ${from}`);
      }
    },
    patrol: async () => {
      const { seen, closed } = await patrol(deps, ENDLESS);
      if (seen !== count || closed > 0) throw new Error(`the patrol saw ${seen} of ${count} and closed ${closed}`);
    },
  };
}

function holding(leases: readonly Request[]): Cloud {
  return {
    ...quietAws(1),
    async *patrol() {
      for (const lease of leases)
        for (const placement of placementsOf(lease))
          yield { placement, mark: 'valid' as const, until: Date.now() + HOUR_MS, cloudNow: Date.now() };
    },
  };
}
