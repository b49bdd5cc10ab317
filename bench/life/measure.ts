import { setTimeout as wait } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { cpuMsOf } from '../cpu.ts';
import { inTurns } from '../in-turns.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { ratio } from '../spread.ts';
import type { Calls, House, Lives, Posted } from './shared.ts';

const MOST_RATIO = 2;
const AT_ONCE = 8;
/** After a lease has ended it is looked at once more: two calls' time limits, how far AWS's readings lag, and ten seconds. */
const SECOND_LOOK_MS = 32_000;

/** Measurement 3: the CPU of a whole life of a request. */
export async function measureLife({ quick }: Effort): Promise<Measurement> {
  const size = quick
    ? { lives: 8, rounds: 1, idleMs: 1_000, afterMs: 0 }
    : { lives: 40, rounds: 3, idleMs: 30_000, afterMs: SECOND_LOOK_MS };
  const [house, bare] = [
    startChild(new URL('./house.ts', import.meta.url)),
    startChild(new URL('./bare.ts', import.meta.url)),
  ];
  try {
    return await play(house, bare, size);
  } finally {
    await bare.stop();
    await house.stop();
  }
}

interface Size {
  readonly lives: number;
  readonly rounds: number;
  readonly idleMs: number;
  readonly afterMs: number;
}

async function play(house: Child, bare: Child, size: Size): Promise<Measurement> {
  const at = await house.ask<House>('start');
  const bareUrl = await bare.ask<string>('start', at);
  const cpuOfBare = async () => {
    const { user, system } = await bare.ask<NodeJS.CpuUsage>('cpu');
    return (user + system) / 1_000;
  };
  const live = async (first: number): Promise<Calls> => {
    await house.ask('turnTo');
    await house.ask('calls');
    await house.ask('lives', { first, count: size.lives, atOnce: AT_ONCE } satisfies Lives);
    return house.ask<Calls>('calls');
  };
  const liveBare = async (calls: Calls): Promise<void> => {
    await house.ask('turnTo', bareUrl);
    await inTurns(size.lives, AT_ONCE, async (i) => {
      await house.ask('command');
      await house.ask('press', await bare.ask<Posted>('calls', share(calls, i, size.lives)));
    });
  };

  // What is called in as many lives as a round has: the bare side follows it.
  const calls = sum(await live(0), await callsAfter(house, size.afterMs));
  await liveBare(calls);
  const idleFrom = cpuMsOf(at.pid);
  await wait(size.idleMs);
  const idle = (cpuMsOf(at.pid) - idleFrom) / size.idleMs;

  const rounds: Round[] = [];
  for (let i = 1; i <= size.rounds; i += 1) {
    const [before, began] = [cpuMsOf(at.pid), performance.now()];
    await live(i * size.lives);
    const ended = performance.now();
    const from = await cpuOfBare();
    await liveBare(calls);
    const bareMs = (await cpuOfBare()) - from;
    await wait(Math.max(0, size.afterMs - (performance.now() - ended)));
    const ours = cpuMsOf(at.pid) - before - idle * (performance.now() - began);
    rounds.push({ ours: ours / size.lives, bare: bareMs / size.lives });
  }
  return measurement(rounds, { idle, calls }, size);
}

/** What second looks and late cards call. */
async function callsAfter(house: Child, ms: number): Promise<Calls> {
  await wait(ms);
  return house.ask<Calls>('calls');
}

interface Round {
  /** CPU a life, in milliseconds. */
  readonly ours: number;
  readonly bare: number;
}

function measurement(
  rounds: readonly Round[],
  { idle, calls: all }: { readonly idle: number; readonly calls: Calls },
  { lives, afterMs }: Size,
): Measurement {
  const [ours, bare] = [rounds.map((round) => round.ours), rounds.map((round) => round.bare)];
  const calls = Object.entries(all)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${(count / lives).toFixed(1)} ${name}`);
  return {
    title: 'CPU of a whole life of a request',
    how:
      `${lives} lives in a round, ${rounds.length} rounds, ${AT_ONCE} at once, each on a machine of its own on the simulated AWS: asked for in Slack, ` +
      'approved in Teams, opened, closed by the clock two seconds later, told in four places' +
      `${afterMs > 0 ? ', looked at again half a minute after its end' : ''}. Drawbridge: the program as \`npm start\` runs it, with its ` +
      'Redis outside; what it uses while nothing happens is subtracted. Bare: one process in which Bolt acknowledges the ' +
      'command, botbuilder checks the pressed button, and the SDKs make as many calls as the program did, with contents ' +
      'like its own, and nothing else happens: no record, no policy, no queue, no lock.',
    rows: [
      { what: 'Drawbridge', unit: 'ms a life', values: ours },
      { what: 'bare calls', unit: 'ms a life', values: bare },
      { what: 'Drawbridge while nothing happens', unit: 'ms a second', values: [idle * 1_000] },
    ],
    goals: [
      {
        what: 'CPU ÷ the bare calls’ (medians)',
        ...ratio(ours, bare),
        most: MOST_RATIO,
        unit: '×',
        cost:
          'Beside the calls each state of a life is committed, hinted at through a queue and published under a lock: a ' +
          'quarter of the CPU is spent on writing to sockets, a tenth on what goes to Redis.',
      },
    ],
    notes: [`Calls of a life: ${calls.join(', ')}.`],
  };
}

/** The part of all calls that one of several lives makes. */
function share(calls: Calls, i: number, of: number): Calls {
  const upTo = (count: number, n: number) => Math.floor((count * n) / of);
  return Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, upTo(count, i + 1) - upTo(count, i)]));
}

function sum(a: Calls, b: Calls): Calls {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
