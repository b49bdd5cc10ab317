import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { cpuMsOf } from '../cpu.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { percentile, ratio, spread } from '../spread.ts';
import { command, load, message, most } from './load.ts';
import type { Delivery, House, Taker } from './shared.ts';

/** Signed commands a second. */
const RATES = [50, 200, 500];
/** Teams lets a bot send about as many answers (Teams, "Rate limiting your bot": 50 requests a second for an app in a tenant). */
const TEAMS_RATE = 40;
const MOST_RATIO = 1.5;
const COST =
  'Before the acknowledgement stands one question to Redis (was this delivery seen before?), and after it the work of ' +
  'the delivery and its answer, on the same thread and, here, on two cores that Redis, the load and the answers’ ' +
  'receiver share: what comes in meanwhile waits for it.';
/** A process that used less than this for so long has done what it took. */
const REST = { cpuMs: 40, ms: 250, mostMs: 120_000 };

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
}

/** Measurement 1: how soon each chat has its acknowledgement, and how many Slack has in a second. */
export async function measureAck({ quick }: Effort): Promise<readonly Measurement[]> {
  const size = quick ? { ms: 1_000, rounds: 1, warmUpMs: 500 } : { ms: 8_000, rounds: 3, warmUpMs: 3_000 };
  const ours = startChild(new URL('./house.ts', import.meta.url));
  try {
    const house = await ours.ask<House>('start');
    const inSlack = () => command(house);
    const bare = { module: new URL('./bare.ts', import.meta.url), given: house.signingSecret };
    const slack = await beside(house, bare, async (sides) => {
      const streams = RATES.map((rate) => ({ next: inSlack, rate }));
      const measured: Measurement[] = [];
      for (const stream of streams)
        measured.push(measurement(await inTurns(sides, stream, size), size, slackWords(stream.rate)));
      return [...measured, await asManyAsCanBe(sides, inSlack, size)];
    });
    const bareTeams = { module: new URL('./bare-teams.ts', import.meta.url), given: house.teams };
    const stream = { next: () => message(house.teams), rate: TEAMS_RATE };
    const teams = await beside(house.teams, bareTeams, (sides) => inTurns(sides, stream, size));
    await ours.ask('check');
    return [...slack, measurement(teams, size, TEAMS)];
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

type Sides<T> = Readonly<Record<'ours' | 'bare', T>>;

async function beside<T>(ours: Taker, { module, given }: Bare, work: (sides: Sides<Taker>) => Promise<T>): Promise<T> {
  const bare = startChild(module);
  try {
    return await work({ ours, bare: await bare.ask<Taker>('start', given) });
  } finally {
    await bare.stop();
  }
}

/** Plays each side so often, in turns. A play ends when nothing is left to do of what it sent. */
async function turns<T>(sides: Sides<Taker>, rounds: number, play: (taker: Taker) => Promise<T>) {
  const played = { ours: [] as T[], bare: [] as T[] };
  const names = ['ours', 'bare'] as const;
  for (let i = 0; i < rounds; i += 1)
    for (const name of i % 2 === 0 ? names : names.toReversed()) played[name].push(await play(sides[name]));
  return played;
}

async function inTurns(sides: Sides<Taker>, stream: Stream, size: Size): Promise<Sides<readonly Round[]>> {
  await turns(sides, 1, (taker) => playRound(taker, stream, size.warmUpMs));
  return turns(sides, size.rounds, (taker) => playRound(taker, stream, size.ms));
}

async function playRound(taker: Taker, { next, rate }: Stream, ms: number): Promise<Round> {
  const before = cpuMsOf(taker.pid);
  const latencies = await load(taker, next, rate, ms);
  await atRest(taker);
  const cpuMs = (cpuMsOf(taker.pid) - before) / latencies.length;
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), cpuMs };
}

/** Resolves when the process does nothing any more; gives for how long it still did. */
async function atRest({ pid }: Taker): Promise<number> {
  const from = performance.now();
  for (let before = cpuMsOf(pid); performance.now() < from + REST.mostMs; before = cpuMsOf(pid)) {
    await wait(REST.ms);
    if (cpuMsOf(pid) - before < REST.cpuMs) return performance.now() - from - REST.ms;
  }
  throw new Error(`a side was still at work ${REST.mostMs / 1_000} s later`);
}

const AT_ONCE = 32;
const LEAST_SHARE = 0.6;

/** How many commands a second each side acknowledges when the next comes as soon as one was. */
async function asManyAsCanBe(sides: Sides<Taker>, next: () => Delivery, { ms, rounds }: Size): Promise<Measurement> {
  const played = await turns(sides, rounds, async (taker) => {
    const acknowledged = await most(taker.url, next, AT_ONCE, ms);
    const done = (acknowledged * ms) / (ms + (await atRest(taker)));
    return { acknowledged, done };
  });
  const acknowledged = (name: 'ours' | 'bare') => played[name].map((round) => round.acknowledged);
  const value = spread(acknowledged('ours')).median / spread(acknowledged('bare')).median;
  const unit = 'a second';
  return {
    title: 'Slack’s acknowledgement, as many commands as can be',
    how:
      `\`/jit list\`, signed, ${AT_ONCE} always under way for ${ms / 1_000} s, ${rounds} times in turns: each is sent when another was acknowledged. ` +
      'The sides are those above. Acknowledged and done: the same number, over the time until the process was at rest again.',
    rows: [
      { what: 'Drawbridge: acknowledged', unit, values: acknowledged('ours') },
      { what: 'Drawbridge: acknowledged and done', unit, values: played.ours.map(({ done }) => done) },
      { what: 'bare Bolt: acknowledged', unit, values: acknowledged('bare') },
    ],
    goals: [{ what: 'acknowledged ÷ bare Bolt’s (medians)', value, least: LEAST_SHARE, unit: '×', cost: COST }],
    notes: [],
  };
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

function slackWords(rate: number): Words {
  return {
    title: `Slack’s acknowledgement, ${rate} commands a second`,
    how: (size) =>
      `\`/jit list\`, signed, ${rate} a second ${size}, ${STEADY} ` +
      'Drawbridge: the program as `npm start` runs it, which also refuses replays (asked of Redis before the ' +
      'acknowledgement) and then lists and answers each command. Bare Bolt: an `HTTPReceiver` and an `App` that ' +
      'acknowledges and does nothing else.',
    bare: 'bare Bolt',
    note: 'Slack waits 3,000 ms.',
  };
}

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

function measurement({ ours, bare }: Sides<readonly Round[]>, size: Size, words: Words): Measurement {
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
