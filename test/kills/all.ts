import type { Throws } from '../chaos/dice.ts';
import { FLOWS, type Flow } from './flows.ts';
import type { Point } from './order.ts';
import { type Kill, openWorld } from './run.ts';

/** A world of its own for each so many kills of a flow. */
const PER_WORLD = 50;
/** So many worlds at a time: they mostly wait, but each start of the program takes seconds of a processor. */
const WORLDS = 4;
/** A point that was not reached is tried so often: what runs side by side in the program comes in another order at times. */
const TRIES = 2;

type World = Awaited<ReturnType<typeof openWorld>>;

export interface Result {
  readonly flow: string;
  readonly points: number;
  /** Each point before and after. */
  readonly kills: number;
  readonly killed: number;
  readonly unreached: readonly string[];
  readonly violations: readonly string[];
  readonly latenessMs: readonly number[];
}

/** Each point, right before it and right after it. */
export function killsOf(points: readonly Point[]): readonly Kill[] {
  return points.flatMap((point): Kill[] => [
    { ...point, when: 'before' },
    { ...point, when: 'after' },
  ]);
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
}

/** Kills at every point of every flow. */
export async function killEverywhere({ flows = FLOWS, print = () => {}, choose = (kills) => kills }: Killing = {}) {
  const [room, doors] = [new Room(WORLDS), new Room(1)];
  return Promise.all(flows.map((flow) => killIn(flow, { print, choose, room, doors })));
}

interface Hands extends Required<Pick<Killing, 'print' | 'choose'>> {
  readonly room: Room;
  /** One world is opened at a time. */
  readonly doors: Room;
}

async function killIn(flow: Flow, { print, choose, room, doors }: Hands): Promise<Result> {
  const inWorld = <T>(work: (world: World) => Promise<T>) =>
    room.take(async () => {
      const world = await doors.take(() => openWorld(flow, print));
      try {
        return await work(world);
      } finally {
        await world.stop();
      }
    });
  let others: readonly Promise<Share>[] = [];
  const first = await inWorld(async (world) => {
    const points = await world.record();
    const all = killsOf(points);
    const kills = [...choose(all)];
    print(`${flow.name}: ${points.length} points, ${kills.length} of ${all.length} kills`);
    const more = Math.ceil(kills.length / PER_WORLD) - 1;
    others = Array.from({ length: more }, () => inWorld((other) => killEach(other, kills)));
    return { points: points.length, kills: all.length, share: await killEach(world, kills) };
  });
  const shares = [first.share, ...(await Promise.all(others))];
  return {
    flow: flow.name,
    points: first.points,
    kills: first.kills,
    killed: shares.reduce((sum, { killed }) => sum + killed, 0),
    unreached: shares.flatMap(({ unreached }) => unreached),
    violations: shares.flatMap(({ violations }) => violations),
    latenessMs: shares.flatMap(({ latenessMs }) => latenessMs),
  };
}

type Share = Pick<Result, 'killed' | 'unreached' | 'violations' | 'latenessMs'>;

/** Takes one after the other from the list, until it is empty. */
async function killEach(world: World, kills: Kill[]): Promise<Share> {
  const violations: string[] = [];
  const unreached: string[] = [];
  let killed = 0;
  for (let kill = kills.shift(); kill; kill = kills.shift()) {
    const outcome = await killAt(world, kill);
    violations.push(...outcome.violations);
    if (outcome.isReached) killed += 1;
    else unreached.push(nameOf(kill));
  }
  return { violations, unreached, killed, latenessMs: world.latenessMs };
}

/** Lets so many in at a time. */
class Room {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

async function killAt(world: World, kill: Kill) {
  const violations: string[] = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const outcome = await world.kill(kill);
    violations.push(...outcome.violations.map((what) => `${nameOf(kill)}: ${what}`));
    if (outcome.isReached) return { isReached: true, violations };
  }
  return { isReached: false, violations };
}

function nameOf({ when, name, nth }: Kill): string {
  return `${when} ${name} (${nth})`;
}
