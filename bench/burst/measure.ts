import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { ratio, spread } from '../spread.ts';
import { lacks, onStores } from './arena.ts';
import { playRound, type Round } from './round.ts';
import { NAMES, SIDES, type Side } from './shared.ts';

const HOW =
  'Drawbridge: one process with the real store, queue, workers, due timer and AWS adapter, and a chat that takes every card at once. ' +
  'The others: one process, one job (or timer) a lease, 50 at once, each making the closing call by rule id with the same SDK client, ' +
  'and nothing else: no record, no reading back, no card. pg-boss fetches 500 jobs at a time, twice at once, and graphile-worker ' +
  'keeps 500 in its local queue; both look every half second, on a PostgreSQL with its usual durability. Times from the end of the ' +
  'leases, closings as AWS saw them.';
const COST =
  'One process’s CPU is the limit on every side. Four of five closing calls are saved, and more than that is spent: each machine ' +
  'is read before and after its closing, each end is committed twice with its audit entry, and each card is told.';

type Rounds = Readonly<Record<Side, readonly Round[]>>;

/** Measurement 2: all leases end in the same second. */
export async function measureBurst({ quick }: Effort): Promise<Measurement> {
  const size = quick
    ? { machines: 60, leasesEach: 5, leadMs: 3_000 }
    : { machines: 2_000, leasesEach: 5, leadMs: 15_000 };
  const rounds: Record<Side, Round[]> = { ours: [], bullmq: [], pgBoss: [], graphile: [], timers: [] };
  const missing = await onStores(async (stores) => {
    for (let i = 0; i < (quick ? 1 : 3); i += 1)
      for (const side of i % 2 === 0 ? SIDES : SIDES.toReversed())
        if (lacks(stores, side) === undefined) rounds[side].push(await playRound(stores, side, size));
    return new Map(SIDES.map((side) => [side, lacks(stores, side)]));
  });
  const leases = (size.machines * size.leasesEach).toLocaleString('en-US');
  return {
    title: `${leases} leases that end in the same second`,
    how:
      `${size.machines.toLocaleString('en-US')} machines with a security group each, ${size.leasesEach} leases a machine from different ` +
      `addresses, on the simulated AWS in a process of its own. ${HOW}`,
    rows: [
      ...SIDES.flatMap((side) => times(side, rounds[side], missing.get(side))),
      ...SIDES.flatMap((side) => cpuRows(side, rounds[side])),
    ],
    goals: goals(rounds),
    notes: [
      ...SIDES.filter((side) => rounds[side].length > 0).map(
        (side) => `Calls to AWS, ${NAMES[side]}: ${calls(rounds[side])}.`,
      ),
      ...SIDES.filter((side) => rounds[side].some(({ left }) => left > 0)).map(
        (side) => `${NAMES[side]} left rules open: ${rounds[side].map(({ left }) => left).join(', ')}.`,
      ),
    ],
  };
}

function times(side: Side, rounds: readonly Round[], notRun: string | undefined): readonly Row[] {
  const name = NAMES[side];
  if (notRun !== undefined) return [{ what: name, unit: 'ms', values: [], notRun }];
  const committed = rounds.flatMap(({ committedMs }) => committedMs ?? []);
  return [
    { what: `${name}: first closing`, unit: 'ms', values: rounds.map(({ firstMs }) => firstMs) },
    { what: `${name}: last closing`, unit: 'ms', values: last(rounds) },
    ...(committed.length === 0
      ? []
      : [{ what: `${name}: last end read back, proven and committed`, unit: 'ms', values: committed }]),
  ];
}

/** Beside plain BullMQ, as ours is BullMQ too; and beside whichever rival was the fastest. */
function goals(rounds: Rounds): readonly Goal[] {
  const rivals = SIDES.filter((side) => side !== 'ours' && rounds[side].length > 0);
  const [best = 'bullmq'] = rivals.toSorted((a, b) => spread(last(rounds[a])).median - spread(last(rounds[b])).median);
  const goal = { most: 1, unit: '×', cost: COST };
  const committed = rounds.ours.flatMap(({ committedMs }) => committedMs ?? []);
  return [
    { what: 'last closing ÷ plain BullMQ’s (medians)', ...ratio(last(rounds.ours), last(rounds.bullmq)), ...goal },
    { what: 'the same, read-back and commit included', ...ratio(committed, last(rounds.bullmq)), ...goal },
    {
      what: `last closing ÷ the best rival’s, ${NAMES[best]} (medians)`,
      ...ratio(last(rounds.ours), last(rounds[best])),
      ...goal,
    },
  ];
}

function last(rounds: readonly Round[]): readonly number[] {
  return rounds.map(({ lastMs }) => lastMs);
}

/** Of the last round. */
function calls(rounds: readonly Round[]): string {
  return Object.entries(rounds.at(-1)?.calls ?? {})
    .map(([action, count]) => `${count.toLocaleString('en-US')} ${action}`)
    .join(', ');
}

function cpuRows(side: Side, rounds: readonly Round[]): readonly Row[] {
  const processes = { closer: 'its process', redis: 'Redis', aws: 'the simulated AWS' } as const;
  if (rounds.length === 0) return [];
  return (['closer', 'redis', 'aws'] as const)
    .filter((one) => one !== 'redis' || side === 'ours' || side === 'bullmq')
    .map((one) => ({
      what: `${NAMES[side]}: CPU of ${processes[one]}`,
      unit: 'ms',
      values: rounds.map(({ cpuMs }) => cpuMs[one]),
    }));
}
