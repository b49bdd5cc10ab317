import { onGround } from '../ground.ts';
import type { Effort, Measurement, Row } from '../measurement.ts';
import { ratio } from '../spread.ts';
import { playRound, type Round, type Side } from './round.ts';

const SIDES: readonly Side[] = ['ours', 'plain'];
const NAMES: Readonly<Record<Side, string>> = { ours: 'Drawbridge', plain: 'plain BullMQ' };

/** Measurement 2: all leases end in the same second. */
export async function measureBurst({ quick }: Effort): Promise<Measurement> {
  const size = quick
    ? { machines: 200, leasesEach: 5, leadMs: 4_000 }
    : { machines: 2_000, leasesEach: 5, leadMs: 15_000 };
  const rounds: Record<Side, Round[]> = { ours: [], plain: [] };
  await onGround(async (ground) => {
    for (let i = 0; i < (quick ? 1 : 3); i += 1)
      for (const side of i % 2 === 0 ? SIDES : SIDES.toReversed())
        rounds[side].push(await playRound(ground, side, size));
  });
  const of = (side: Side, value: (round: Round) => number | undefined) =>
    rounds[side].flatMap((round) => value(round) ?? []);
  const against = (value: (round: Round) => number | undefined) =>
    ratio(
      of('ours', value),
      of('plain', ({ lastMs }) => lastMs),
    );
  const leases = (size.machines * size.leasesEach).toLocaleString('en-US');
  return {
    title: `${leases} leases that end in the same second`,
    how:
      `${size.machines.toLocaleString('en-US')} machines with a security group each, ${size.leasesEach} leases a machine from different ` +
      'addresses, on the simulated AWS in a process of its own. Drawbridge: one process with the real store, queue, workers, due ' +
      'timer and AWS adapter, and a chat that takes every card at once. Plain BullMQ: one process, one delayed job a lease, ' +
      'concurrency 50, each making the closing call by rule id with the same SDK client, and nothing else: no record, no ' +
      'reading back, no card. Times from the end of the leases, closings as AWS saw them.',
    rows: [
      { what: 'Drawbridge: first closing', unit: 'ms', values: of('ours', ({ firstMs }) => firstMs) },
      { what: 'Drawbridge: last closing', unit: 'ms', values: of('ours', ({ lastMs }) => lastMs) },
      {
        what: 'Drawbridge: last end read back, proven and committed',
        unit: 'ms',
        values: of('ours', ({ committedMs }) => committedMs),
      },
      { what: 'plain BullMQ: first closing', unit: 'ms', values: of('plain', ({ firstMs }) => firstMs) },
      { what: 'plain BullMQ: last closing', unit: 'ms', values: of('plain', ({ lastMs }) => lastMs) },
      ...SIDES.flatMap((side) => cpuRows(side, rounds[side])),
    ],
    goals: [
      {
        what: 'last closing ÷ plain BullMQ’s (medians)',
        ...against(({ lastMs }) => lastMs),
        most: 1,
        unit: '×',
        cost:
          'One process’s CPU is the limit on both sides. Four of five closing calls are saved, and more than that is spent: each ' +
          'machine is read before and after its closing, each end is committed twice with its audit entry, and each card is told.',
      },
      {
        what: 'the same, read-back and commit included',
        ...against(({ committedMs }) => committedMs),
        most: 1,
        unit: '×',
      },
    ],
    notes: SIDES.map(
      (side) => `Calls to AWS, ${side === 'ours' ? 'Drawbridge' : 'plain BullMQ'}: ${calls(rounds[side])}.`,
    ),
  };
}

/** Of the last round. */
function calls(rounds: readonly Round[]): string {
  return Object.entries(rounds.at(-1)?.calls ?? {})
    .map(([action, count]) => `${count.toLocaleString('en-US')} ${action}`)
    .join(', ');
}

function cpuRows(side: Side, rounds: readonly Round[]): readonly Row[] {
  const processes = { closer: 'its process', redis: 'Redis', aws: 'the simulated AWS' } as const;
  return (['closer', 'redis', 'aws'] as const).map((one) => ({
    what: `${NAMES[side]}: CPU of ${processes[one]}`,
    unit: 'ms',
    values: rounds.map(({ cpuMs }) => cpuMs[one]),
  }));
}
