import { startChild } from '../child.ts';
import { cpuMsOf } from '../cpu.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { percentile, ratio } from '../spread.ts';
import { command, load, message } from './load.ts';
import type { Delivery, House, Taker } from './shared.ts';

const RATE = 200;
/** Teams lets a bot send about as many answers (Teams, "Rate limiting your bot": 50 requests a second for an app in a tenant). */
const TEAMS_RATE = 40;
const MOST_RATIO = 1.5;
const COST =
  'Before the acknowledgement stands one question to Redis (was this delivery seen before?), and after it the work of ' +
  'the delivery and its answer, on the same thread and, here, on two cores that Redis, the load and the answers’ ' +
  'receiver share: what comes in meanwhile waits for it.';

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
}

/** Measurement 1: how soon each chat has its acknowledgement. */
export async function measureAck({ quick }: Effort): Promise<readonly Measurement[]> {
  const size = quick ? { ms: 1_000, rounds: 1, warmUpMs: 500 } : { ms: 8_000, rounds: 3, warmUpMs: 3_000 };
  const ours = startChild(new URL('./house.ts', import.meta.url));
  try {
    const house = await ours.ask<House>('start');
    const inSlack = () => command(house);
    const inTeams = () => message(house.teams);
    const slack = await inTurns(
      house,
      { module: new URL('./bare.ts', import.meta.url), given: house.signingSecret },
      { next: inSlack, rate: RATE },
      size,
    );
    const teams = await inTurns(
      house.teams,
      { module: new URL('./bare-teams.ts', import.meta.url), given: house.teams },
      { next: inTeams, rate: TEAMS_RATE },
      size,
    );
    await ours.ask('check');
    return [measurement(slack, size, SLACK), measurement(teams, size, TEAMS)];
  } finally {
    await ours.stop();
  }
}

interface Bare {
  readonly module: URL;
  /** What it is started with. */
  readonly given: unknown;
}

/** What comes in, and how much of it in a second. */
interface Stream {
  readonly next: () => Delivery;
  readonly rate: number;
}

interface Size {
  readonly ms: number;
  readonly rounds: number;
  readonly warmUpMs: number;
}

async function inTurns(ours: Taker, { module, given }: Bare, stream: Stream, size: Size): Promise<Sides> {
  const bare = startChild(module);
  try {
    const sides = [
      { taker: ours, rounds: [] as Round[] },
      { taker: await bare.ask<Taker>('start', given), rounds: [] as Round[] },
    ] as const;
    for (const { taker } of sides) await load(taker, stream.next, stream.rate, size.warmUpMs);
    for (let i = 0; i < size.rounds; i += 1)
      for (const { taker, rounds } of i % 2 === 0 ? sides : sides.toReversed())
        rounds.push(await playRound(taker, stream, size.ms));
    return { ours: sides[0].rounds, bare: sides[1].rounds };
  } finally {
    await bare.stop();
  }
}

async function playRound(taker: Taker, { next, rate }: Stream, ms: number): Promise<Round> {
  const before = cpuMsOf(taker.pid);
  const latencies = await load(taker, next, rate, ms);
  const cpuMs = (cpuMsOf(taker.pid) - before) / latencies.length;
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), cpuMs };
}

interface Sides {
  readonly ours: readonly Round[];
  readonly bare: readonly Round[];
}

interface Words {
  readonly title: string;
  readonly how: (size: string) => string;
  readonly bare: string;
  readonly note: string;
}

const STEADY =
  'sent on time whether or not earlier ones were answered; from the instant at which one was to be sent until its ' +
  'acknowledgement was read.';

const SLACK: Words = {
  title: `Slack’s acknowledgement, ${RATE} commands a second`,
  how: (size) =>
    `\`/jit list\`, signed, ${RATE} a second ${size}, ${STEADY} ` +
    'Drawbridge: the program as `npm start` runs it, which also refuses replays (asked of Redis before the ' +
    'acknowledgement) and then lists and answers each command. Bare Bolt: an `HTTPReceiver` and an `App` that ' +
    'acknowledges and does nothing else.',
  bare: 'bare Bolt',
  note: 'Slack waits 3,000 ms.',
};
const TEAMS: Words = {
  title: `Teams’ acknowledgement, ${TEAMS_RATE} messages a second`,
  how: (size) =>
    `\`whoami\`, with a signed token, ${TEAMS_RATE} a second ${size}, ${STEADY} ` +
    'Drawbridge: the program as `npm start` runs it, which also refuses replays and keeps what it accepts (asked of ' +
    'Redis before the acknowledgement), and then answers each message. Bare: a `CloudAdapter` of botbuilder on `node:http` ' +
    'that checks the same tokens with the same keys, and whose turn does nothing.',
  bare: 'bare CloudAdapter',
  note: 'Teams waits 15,000 ms for a message, and 5,000 ms for a button, and lets a bot send about 50 answers a second in a tenant.',
};

function measurement({ ours, bare }: Sides, size: Size, words: Words): Measurement {
  const rows = (name: string, rounds: readonly Round[]) => [
    { what: `${name}: p50`, unit: 'ms', values: rounds.map(({ p50 }) => p50) },
    { what: `${name}: p99`, unit: 'ms', values: rounds.map(({ p99 }) => p99) },
    { what: `${name}: CPU of its process`, unit: 'ms a delivery', values: rounds.map(({ cpuMs }) => cpuMs) },
  ];
  const p99 = (rounds: readonly Round[]) => rounds.map((round) => round.p99);
  const goal = { what: `p99 ÷ ${words.bare}’s (medians)`, most: MOST_RATIO, unit: '×', cost: COST };
  return {
    title: words.title,
    how: words.how(`for ${size.ms / 1_000} s, ${size.rounds} times in turns`),
    rows: [...rows('Drawbridge', ours), ...rows(words.bare, bare)],
    goals: [{ ...goal, ...ratio(p99(ours), p99(bare)) }],
    notes: [words.note],
  };
}
