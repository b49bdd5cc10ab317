import { setTimeout as wait } from 'node:timers/promises';
import { type Arena, allClosed, lacks, onArena, onStores, type Size, type Stores } from '../burst/arena.ts';
import { type Closings, NAMES, type Plan, SIDES, type Side } from '../burst/shared.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { spread } from '../spread.ts';

const MOST_MS = 5_000;
/** So long after the end of the leases a process is killed whose calls all hang. */
const HANG_MS = 500;
const LOOK_MS = 20;
const COST =
  'That a process is gone is told by its silence of two seconds; then what it had in hand is looked at, and its locks are taken by whoever ' +
  'only removes too.';
/** Nothing is left of timers that could close anything later. */
const TIMERS_MS = 3_000;
const SECOND_MS = 1_000;

/** A process is killed with -9 while leases end, and another one is started at once. */
export async function measureKilled({ quick }: Effort): Promise<readonly Measurement[]> {
  const burst = quick
    ? { machines: 60, leasesEach: 5, leadMs: 3_000, hasSpare: true, mostMs: 15_000 }
    : { machines: 400, leasesEach: 5, leadMs: 5_000, hasSpare: true, mostMs: 75_000 };
  const hung = {
    ...{ machines: 40, leasesEach: 1, leadMs: 2_500, isGated: true, hasSpare: true },
    ...(quick ? { stalledMs: 3_000, mostMs: 30_000 } : { mostMs: 75_000 }),
  };
  return onStores(async (stores) => [
    await inTheMiddle(stores, burst),
    await whileItCalls(stores, hung, quick ? 1 : 3),
  ]);
}

type Limited = Size & { readonly mostMs: number };

async function inTheMiddle(stores: Stores, { mostMs, ...size }: Limited): Promise<Measurement> {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const side of SIDES) {
    const notRun = lacks(stores, side);
    if (notRun !== undefined) {
      rows.push({ what: NAMES[side], unit: 'rules', values: [], notRun });
      continue;
    }
    const limit = side === 'timers' ? TIMERS_MS : mostMs;
    const { seen, killedAt } = await onArena(stores, side, size, async (arena) => {
      await halfClosed(arena);
      return killed(arena, arena.plan, limit);
    });
    const what = `${NAMES[side]}: still open ${limit / SECOND_MS} s after the kill`;
    rows.push({ what, unit: 'rules', values: [seen.left] });
    if (seen.left === 0)
      rows.push({ what: `${NAMES[side]}: last closing after the kill`, unit: 'ms', values: [seen.last - killedAt] });
    if (side === 'ours') goals.push({ what, value: seen.left, most: 0, unit: ' rules' });
  }
  const leases = (size.machines * size.leasesEach).toLocaleString('en-US');
  return {
    title: `Killed in the middle of ${leases} closings`,
    how:
      `${leases} leases end in the same second, on the sides of the burst; when half of their rules are closed the process is killed ` +
      'with -9, and another one, which was loaded before, takes up its work at once. What AWS still has after so long.',
    rows,
    goals,
    notes: [
      'Timers die with their process, so nothing would close later what they left. pg-boss takes up a job that a dead worker had after 15 minutes, graphile-worker after 4 hours (their documentation).',
    ],
  };
}

async function halfClosed({ cloud, leases }: Arena): Promise<void> {
  while ((await cloud.ask<Closings>('closings')).left > leases / 2) await wait(LOOK_MS);
}

/** Kills the process, has the spare one take up its work, and waits. */
async function killed({ closers, cloud, spare }: Arena, plan: Plan, mostMs: number) {
  await closers[0]?.kill();
  const killedAt = Date.now();
  await spare?.ask('start', { ...plan, isAgain: true } satisfies Plan);
  return { seen: await allClosed({ cloud }, killedAt, mostMs), killedAt };
}

async function whileItCalls(stores: Stores, { mostMs, ...size }: Limited, rounds: number): Promise<Measurement> {
  const sides = ['ours', 'bullmq'] as const;
  const late = { ours: [] as number[], bullmq: [] as number[] };
  for (let round = 0; round < rounds; round += 1)
    for (const side of sides) late[side].push(await hung(stores, side, size, mostMs));
  const waits = size.stalledMs === undefined ? 'its defaults' : `${size.stalledMs} ms instead of its 30 s`;
  return {
    title: 'A killed process’s closings are made by another',
    how:
      `${size.machines} leases on as many machines end, and no call of the process to AWS is answered; half a second later it is killed with ` +
      `-9, and another one, which was loaded before, takes up its work; its calls are answered. From the kill to the last closing. Plain BullMQ with ${waits}.`,
    rows: sides.map((side) => ({
      what: `${NAMES[side]}: last closing after the kill`,
      unit: 'ms',
      values: late[side],
    })),
    goals: [
      {
        what: 'last closing after the kill (median)',
        value: spread(late.ours).median,
        most: MOST_MS,
        unit: ' ms',
        cost: COST,
      },
    ],
    notes: [
      'A process that says nothing for two seconds is gone: what is due within five seconds is looked at then, and the lock of a group is taken from it where both only remove rules; whoever opens waits until the lock would have ended by itself. Nothing waits until a job counts as stalled.',
    ],
  };
}

function hung(stores: Stores, side: Side, size: Size, mostMs: number): Promise<number> {
  return onArena(stores, side, size, async (arena) => {
    await arena.cloud.ask('shut');
    await wait(HANG_MS);
    const settings = { ...arena.plan.settings, endpoint: arena.plan.behindGate };
    const { seen, killedAt } = await killed(arena, { ...arena.plan, settings }, mostMs);
    if (seen.left > 0) throw new Error(`${NAMES[side]} left ${seen.left} rules`);
    if (seen.last < killedAt) throw new Error('all was closed before anything hung');
    return seen.last - killedAt;
  });
}
