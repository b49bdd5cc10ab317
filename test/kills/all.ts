import type { Throws } from '../chaos/dice.ts';
import { FLOWS, type Flow } from './flows.ts';
import { type Done, Journal } from './journal.ts';
import type { RecordedPoint } from './order.ts';
import { type Kill, type Outcome, openWorld } from './run.ts';

/** So many kills of one flow, in one world, before those of the next flow: what is remembered in a world grows. */
const TURN = 4;
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
  /** What was done, with when it was late and how busy the machine was. */
  readonly done: readonly Done[];
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

/**
 * Kills at every point of every flow: after the points of all flows first, and some of each flow in turn, the one that was killed
 * least first, so that a run that is cut short saw each flow.
 */
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
  const left: Turn[] = [];
  for (const flow of flows) {
    if (signal.aborted) break;
    const points = journal.pointsOf(flow.name) ?? (await record(flow, hands));
    const kills = choose(killsOf(points));
    left.push({ flow, kills: kills.filter((kill) => !journal.isDone(flow.name, kill)) });
    print(`${flow.name}: ${points.length} points, ${left.at(-1)?.kills.length} of ${kills.length} kills to be done`);
  }
  const killedIn = ({ flow }: Turn) => journal.doneIn(flow.name).length;
  left.sort((one, other) => killedIn(one) - killedIn(other));
  const turns = ['after', 'before'].flatMap((when) =>
    inTurns(left.map(({ flow, kills }) => ({ flow, kills: kills.filter((kill) => kill.when === when) }))),
  );
  const work = async () => {
    for (let turn = turns.shift(); turn && !signal.aborted; turn = turns.shift()) await killEach(turn, hands);
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return resultsOf(flows, journal);
}

/** What a journal tells of each flow. */
export function resultsOf(flows: readonly Flow[], journal: Journal): readonly Result[] {
  return flows.map(({ name }) => resultOf(name, journal));
}

interface Turn {
  readonly flow: Flow;
  readonly kills: readonly Kill[];
}

/** Some of the first flow, some of the next one, and so on; then more of each, until none is left. */
function inTurns(left: readonly Turn[]): readonly Turn[] {
  const rounds = Math.ceil(Math.max(0, ...left.map(({ kills }) => kills.length)) / TURN);
  return Array.from({ length: rounds }, (_, round) =>
    left.map(({ flow, kills }) => ({ flow, kills: kills.slice(round * TURN, (round + 1) * TURN) })),
  )
    .flat()
    .filter(({ kills }) => kills.length > 0);
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

/** One after the other. A world in which something was that must not be is left. */
async function killEach({ flow, kills }: Turn, { journal, print, signal }: Hands): Promise<void> {
  let world: World | undefined;
  try {
    for (const kill of kills) {
      if (signal.aborted) break;
      world ??= await openWorld(flow, print);
      const outcome = await killAt(world, kill);
      journal.keep({ flow: flow.name, kill, ...outcome }, world.logFile);
      if (outcome.violations.length === 0) continue;
      await world.stop();
      world = undefined;
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
    done,
  };
}

function nameOf({ kill }: Done): string {
  return titleOf(kill);
}

/** `after redis drawbridge-save (2)`. */
export function titleOf({ when, name, nth }: Kill): string {
  return `${when} ${name} (${nth})`;
}
