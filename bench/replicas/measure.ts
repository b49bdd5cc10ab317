import { availableParallelism } from 'node:os';
import { onStores } from '../burst/arena.ts';
import { playRound, type Round } from '../burst/round.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { ratio, spread } from '../spread.ts';

const REPLICAS = [1, 2, 4] as const;
/** So much of the cores, or of Redis's one, counts as all of it. */
const BUSY = 0.85;

const ON_A_CLUSTER: Row = {
  what: 'one process on a Cluster of three masters: last closing',
  unit: 'ms',
  values: [],
  notRun:
    'all keys of one Drawbridge are in one slot, so that one master does what one Redis does, and two more on the same cores would only ' +
    'measure how these are shared',
};

/** How much faster more processes on one Redis close, and what the limit is. */
export async function measureReplicas({ quick }: Effort): Promise<Measurement> {
  const size = quick
    ? { machines: 60, leasesEach: 5, leadMs: 3_000 }
    : { machines: 2_000, leasesEach: 5, leadMs: 20_000 };
  const rounds = new Map<number, Round[]>(REPLICAS.map((count) => [count, []]));
  await onStores(async (stores) => {
    for (let i = 0; i < (quick ? 1 : 3); i += 1)
      for (const processes of i % 2 === 0 ? REPLICAS : REPLICAS.toReversed())
        rounds.get(processes)?.push(await playRound(stores, 'ours', { ...size, processes }));
  });
  const of = (count: number) => rounds.get(count) ?? [];
  const leases = (size.machines * size.leasesEach).toLocaleString('en-US');
  return {
    title: `${leases} leases that end in the same second, by 1, 2 and 4 processes`,
    how:
      `The burst of ${leases} leases on ${size.machines.toLocaleString('en-US')} machines, closed by one, two and four processes of Drawbridge on one ` +
      'Redis, in turns. The processes, Redis and the simulated AWS share the machine’s cores.',
    rows: [...REPLICAS.flatMap((count) => rowsOf(count, of(count))), ON_A_CLUSTER],
    goals: [goal(2, of), goal(4, of)],
    notes: REPLICAS.map((count) => `${named(count)}: ${limit(of(count))}`),
  };
}

function named(count: number): string {
  return count === 1 ? 'one process' : `${count} processes`;
}

function last(rounds: readonly Round[]): readonly number[] {
  return rounds.map(({ lastMs }) => lastMs);
}

/** Fewer processes are no slower: where the machine is the limit, more of them gain nothing and must cost little. */
function goal(count: number, of: (count: number) => readonly Round[]): Goal {
  return {
    what: `last closing by ${named(count)} ÷ by one (medians)`,
    ...ratio(last(of(count)), last(of(1))),
    ...{ most: 1, unit: '×' },
    cost:
      'Where all cores of the machine are busy with one process already, more processes share them, and each looks for work ' +
      'that another one has: see below what was busy.',
  };
}

function rowsOf(count: number, rounds: readonly Round[]): readonly Row[] {
  const share = (of: (round: Round) => number) => rounds.map((round) => of(round) / round.cpuMs.wall);
  return [
    { what: `${named(count)}: last closing`, unit: 'ms', values: last(rounds) },
    { what: `${named(count)}: cores busy with Drawbridge`, unit: 'cores', values: share(({ cpuMs }) => cpuMs.closer) },
    { what: `${named(count)}: cores busy with Redis`, unit: 'cores', values: share(({ cpuMs }) => cpuMs.redis) },
    {
      what: `${named(count)}: cores busy with the simulated AWS`,
      unit: 'cores',
      values: share(({ cpuMs }) => cpuMs.aws),
    },
  ];
}

/** Which of them was the limit, of what was measured. */
function limit(rounds: readonly Round[]): string {
  const busy = (of: (cpu: Round['cpuMs']) => number) =>
    spread(rounds.map(({ cpuMs }) => of(cpuMs) / cpuMs.wall)).median;
  const cores = availableParallelism();
  const [ours, redis, aws] = [busy(({ closer }) => closer), busy((cpu) => cpu.redis), busy((cpu) => cpu.aws)];
  if (redis >= BUSY) return 'Redis’s one thread is the limit.';
  if (ours + redis + aws >= BUSY * cores) return `the ${cores} cores of the machine are the limit.`;
  if (rounds.length > 0 && aws >= BUSY) return 'the simulated AWS is the limit.';
  return `nothing was busy all the time (${(ours + redis + aws).toFixed(1)} of ${cores} cores): whatever else was at work, or waiting.`;
}
