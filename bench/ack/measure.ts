import { startChild } from '../child.ts';
import { cpuMsOf } from '../cpu.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { percentile, ratio } from '../spread.ts';
import { load } from './load.ts';
import type { House, Taker } from './shared.ts';

const RATE = 200;
const MOST_RATIO = 1.5;
const COST =
  'Before the acknowledgement stands one question to Redis (was this delivery seen before?), and after it the work of ' +
  'the command and its answer, on the same thread and, here, on two cores that Redis, the load and the answers’ ' +
  'receiver share: what comes in meanwhile waits for it.';

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
}

/** Measurement 1: how soon Slack has its acknowledgement. */
export async function measureAck({ quick }: Effort): Promise<Measurement> {
  const size = quick ? { ms: 1_000, rounds: 1, warmUpMs: 500 } : { ms: 8_000, rounds: 3, warmUpMs: 3_000 };
  const [ours, bare] = [
    startChild(new URL('./house.ts', import.meta.url)),
    startChild(new URL('./bare.ts', import.meta.url)),
  ];
  try {
    const house = await ours.ask<House>('start');
    const sides = [
      { taker: house as Taker, rounds: [] as Round[] },
      { taker: await bare.ask<Taker>('start', house.signingSecret), rounds: [] as Round[] },
    ] as const;
    for (const { taker } of sides) await load(taker, house, RATE, size.warmUpMs);
    for (let i = 0; i < size.rounds; i += 1)
      for (const { taker, rounds } of i % 2 === 0 ? sides : sides.toReversed())
        rounds.push(await playRound(taker, house, size.ms));
    await ours.ask('check');
    return measurement(sides[0].rounds, sides[1].rounds, size);
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

async function playRound(taker: Taker, house: House, ms: number): Promise<Round> {
  const before = cpuMsOf(taker.pid);
  const latencies = await load(taker, house, RATE, ms);
  const cpuMs = (cpuMsOf(taker.pid) - before) / latencies.length;
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), cpuMs };
}

function measurement(
  ours: readonly Round[],
  bare: readonly Round[],
  size: { readonly ms: number; readonly rounds: number },
): Measurement {
  const rows = (name: string, rounds: readonly Round[]) => [
    { what: `${name}: p50`, unit: 'ms', values: rounds.map(({ p50 }) => p50) },
    { what: `${name}: p99`, unit: 'ms', values: rounds.map(({ p99 }) => p99) },
    { what: `${name}: CPU of its process`, unit: 'ms a command', values: rounds.map(({ cpuMs }) => cpuMs) },
  ];
  const p99 = (rounds: readonly Round[]) => rounds.map((round) => round.p99);
  return {
    title: `Slack’s acknowledgement, ${RATE} commands a second`,
    how:
      `\`/jit list\`, signed, ${RATE} a second for ${size.ms / 1_000} s, ${size.rounds} times in turns, sent on time whether or not earlier ` +
      'ones were answered; from the instant at which a command was to be sent until its acknowledgement was read. ' +
      'Drawbridge: the program as `npm start` runs it, which also refuses replays (asked of Redis before the ' +
      'acknowledgement) and then lists and answers each command. Bare Bolt: an `HTTPReceiver` and an `App` that ' +
      'acknowledges and does nothing else.',
    rows: [...rows('Drawbridge', ours), ...rows('bare Bolt', bare)],
    goals: [
      { what: 'p99 ÷ bare Bolt’s (medians)', ...ratio(p99(ours), p99(bare)), most: MOST_RATIO, unit: '×', cost: COST },
    ],
    notes: ['Slack waits 3,000 ms.'],
  };
}
