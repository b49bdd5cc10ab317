import type { Throws } from '../chaos/dice.ts';
import { FLOWS, type Flow } from './flows.ts';
import { type Done, Journal } from './journal.ts';
import type { RecordedPoint } from './order.ts';
import { type Kill, type Outcome, openWorld } from './run.ts';

/** A world is new after so many kills: what is remembered in it grows. */
const PER_WORLD = 25;
/** So many worlds at a time: they mostly wait, but each start of the program takes seconds of a processor. */
const WORLDS = 4;
/** A point that was not reached is tried so often: what runs side by side in the program comes in another order at times. */
const TRIES = 2;

/** Keeps the card of one place. */
const CARDS = /^redis drawbridge-keep-card$/;

type World = Awaited<ReturnType<typeof openWorld>>;

export interface Result {
  readonly flow: string;
  readonly points: number;
  /** That have something of their own to show. */
  readonly kills: number;
  readonly killed: number;
  readonly unreached: readonly string[];
  readonly violations: readonly string[];
  readonly latenessMs: readonly number[];
}

/**
 * Which kills show all that kills at these points can. All that come after a point are first.
 *
 * A dead process has no memory, so the next one goes on from what left the dead one, and from nothing else. What had left it right
 * before a point is what had left it right after the one before, whichever sockets the two went through: the answer that was heard
 * in between is forgotten, unless something was written because of it, which is a point. So there is a kill right before a point
 * only where it is the first one (nothing was done), and where something was taken in between (`takenBefore`).
 *
 * Of a run of one script that keeps a card a time, each in another place, with nothing in between, the first and the last are
 * killed: no place's line depends on another's, and each of them is there after one, and not after the other.
 */
export function killsOf(points: readonly RecordedPoint[]): readonly Kill[] {
  const isInside = (at: number) =>
    CARDS.test(nameAt(at - 1)) && nameAt(at) === nameAt(at - 1) && nameAt(at) === nameAt(at + 1);
  const nameAt = (at: number) => points[at]?.name ?? '';
  const after = points.filter((_, at) => !isInside(at));
  const before = points.filter(({ takenBefore }, at) => at === 0 || takenBefore);
  const all = (some: readonly RecordedPoint[], when: Kill['when']) =>
    some.map(({ name, nth }): Kill => ({ name, nth, when }));
  return [...all(after, 'after'), ...all(before, 'before')];
}

/** So many of them, at random. */
export function pick(kills: readonly Kill[], count: number, dice: Throws): readonly Kill[] {
  const left = [...kills];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(dice.between(0, left.length - 1), 1),
  ).flat();
}

export interface Killing {
  readonly flows?: readonly Flow[];
  readonly print?: (line: string) => void;
  /** Which of a flow's kills are done, and in which order: all unless told. */
  readonly choose?: (kills: readonly Kill[]) => readonly Kill[];
  /** What was done before, and gets what is done now. */
  readonly journal?: Journal;
  /** How many worlds at a time. */
  readonly jobs?: number;
  /** No kill is begun any more once it says so. */
  readonly signal?: AbortSignal;
}

type Hands = Required<Killing>;

/** Kills at every point of every flow: after the points of all flows first, so that a run that is cut short saw each flow. */
export async function killEverywhere(killing: Killing = {}): Promise<readonly Result[]> {
  const hands: Hands = {
    flows: FLOWS,
    print: () => {},
    choose: (kills) => kills,
    journal: new Journal(),
    jobs: WORLDS,
    signal: new AbortController().signal,
    ...killing,
  };
  const { flows, journal, choose, jobs, signal, print } = hands;
  const left: { readonly flow: Flow; readonly kills: readonly Kill[] }[] = [];
  for (const flow of flows) {
    if (signal.aborted) break;
    const points = journal.pointsOf(flow.name) ?? (await record(flow, hands));
    const kills = choose(killsOf(points));
    left.push({ flow, kills: kills.filter((kill) => !journal.isDone(flow.name, kill)) });
    print(`${flow.name}: ${points.length} points, ${left.at(-1)?.kills.length} of ${kills.length} kills to be done`);
  }
  for (const when of ['after', 'before']) {
    for (const { flow, kills } of left) {
      const own = kills.filter((kill) => kill.when === when);
      const worlds = Array.from({ length: Math.min(jobs, own.length) }, () => killEach(flow, own, hands));
      await Promise.all(worlds);
    }
  }
  return flows.map(({ name }) => resultOf(name, journal));
}

async function record(flow: Flow, { journal, print }: Hands): Promise<readonly RecordedPoint[]> {
  const world = await openWorld(flow, print);
  try {
    const points = await world.record();
    journal.keep({ flow: flow.name, points });
    return points;
  } finally {
    await world.stop();
  }
}

/** Takes one after the other from the list, until it is empty. A world in which something was that must not be is left. */
async function killEach(flow: Flow, kills: Kill[], { journal, print, signal }: Hands): Promise<void> {
  let world: World | undefined;
  let plays = 0;
  try {
    for (let kill = kills.shift(); kill && !signal.aborted; kill = kills.shift()) {
      world ??= await openWorld(flow, print);
      const outcome = await killAt(world, kill);
      journal.keep({ flow: flow.name, kill, ...outcome }, world.logFile);
      plays += 1;
      if (outcome.violations.length === 0 && plays < PER_WORLD) continue;
      await world.stop();
      world = undefined;
      plays = 0;
    }
  } finally {
    await world?.stop();
  }
}

async function killAt(world: World, kill: Kill): Promise<Outcome> {
  let outcome = await world.kill(kill);
  for (let tries = 1; tries < TRIES && !outcome.isReached && outcome.violations.length === 0; tries += 1)
    outcome = await world.kill(kill);
  return outcome;
}

function resultOf(flow: string, journal: Journal): Result {
  const points = journal.pointsOf(flow) ?? [];
  const done = journal.doneIn(flow);
  return {
    flow,
    points: points.length,
    kills: killsOf(points).length,
    killed: done.filter(({ isReached }) => isReached).length,
    unreached: done.filter(({ isReached }) => !isReached).map(nameOf),
    violations: done.flatMap((one) => one.violations.map((what) => `${nameOf(one)}: ${what}`)),
    latenessMs: done.flatMap(({ latenessMs }) => latenessMs),
  };
}

function nameOf({ kill: { when, name, nth } }: Done): string {
  return `${when} ${name} (${nth})`;
}
