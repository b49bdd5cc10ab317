import { first, inPlaceOf, type Rank, rankNow, type SharedPlace } from './rank.ts';
import { ENDLESS, orAborted, untimed } from './time-limit.ts';

/** Readings of one thing at once: one that hangs holds up no other. */
const ON_THE_WAY = 2;

/** A reading that has not begun. */
interface Next<V> {
  /** The ranks of those who wait for it. */
  readonly wanted: Set<Rank>;
  readonly begin: () => void;
  readonly done: Promise<V>;
}

interface Going<V> {
  readonly underWay: Set<SharedPlace>;
  next?: Next<V>;
}

/**
 * Joins readings of the same thing that are asked for while others of it are on the way or wait for their turn: many who close behind one group
 * would each take a call from the others. A reading never begins before it is asked for, and nothing is kept. A joined one goes in the place of
 * whoever is first of those who wait for it, and so do those on the way, which it waits for and which may wait for their turn themselves.
 */
export class JoinedReads<V> {
  readonly #going = new Map<string, Going<V>>();

  /** `load` reads what the key names. Throws the signal's reason once that aborts; a reading that others wait for goes on then. */
  async read(key: string, signal: AbortSignal, load: (signal: AbortSignal) => Promise<V>): Promise<V> {
    signal.throwIfAborted();
    // What is urgent does not wait for the turn of what is not.
    const rank = rankNow();
    const name = `${rank.isUrgent} ${key}`;
    const going = this.#going.get(name) ?? { underWay: new Set() };
    this.#going.set(name, going);
    if (going.underWay.size < ON_THE_WAY && !going.next) return this.#run(name, going, rank, () => load(signal));
    const next = going.next ?? this.#plan(name, going, load);
    going.next = next;
    next.wanted.add(rank);
    for (const place of going.underWay) place.moveUp(rank);
    try {
      return await untimed(() => orAborted(next.done, signal));
    } finally {
      next.wanted.delete(rank);
    }
  }

  #plan(name: string, going: Going<V>, load: (signal: AbortSignal) => Promise<V>): Next<V> {
    const { promise: turn, resolve: begin } = Promise.withResolvers<void>();
    const run = async () => {
      await turn;
      const rank = first(next.wanted);
      // All have given up: nothing is asked for them.
      if (!rank) throw new DOMException('Nobody waits for this reading', 'AbortError');
      return this.#run(name, going, rank, () => load(ENDLESS));
    };
    const next: Next<V> = { wanted: new Set(), begin, done: run() };
    return next;
  }

  async #run(name: string, going: Going<V>, rank: Rank, load: () => Promise<V>): Promise<V> {
    const place = inPlaceOf(rank);
    going.underWay.add(place);
    try {
      return await place.run(load);
    } finally {
      going.underWay.delete(place);
      const { next } = going;
      delete going.next;
      next?.begin();
      if (!next && going.underWay.size === 0) this.#going.delete(name);
    }
  }
}
