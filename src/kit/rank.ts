import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose turn is first: urgent ones, then by when what it is a part of began, then by when it came itself. Whoever waits is asked for it anew: it may move up. */
export interface Rank {
  readonly isUrgent: boolean;
  readonly began: number;
  readonly came: number;
}

const urgent = new AsyncLocalStorage<boolean>();
const pieces = new AsyncLocalStorage<Piece>();
let latest = 0;

/** Work that is done as a whole. */
interface Piece {
  began: number;
  closes: boolean;
}

/** Lets the calls of this work go before all others: closing never waits behind opening. */
export function urgently<T>(work: () => Promise<T>): Promise<T> {
  const piece = pieces.getStore();
  if (piece) piece.closes = true;
  return urgent.run(true, work);
}

/** The same for what is read for a closing of the same piece of work: behind the closings of others its proof would be given up, and all made anew. */
export function proving<T>(work: () => Promise<T>): Promise<T> {
  return pieces.getStore()?.closes ? urgently(work) : work();
}

/**
 * Lets the calls of this work go before those of what begins later: where there are too few for all, some end and the rest has not begun,
 * instead of all being half done and given up. One that `closes` reads urgently from its beginning.
 */
export function inOnePiece<T>(work: () => Promise<T>, closes = false): Promise<T> {
  latest += 1;
  return pieces.run({ began: latest, closes }, work);
}

/** The place of work that several may wait for. */
export interface SharedPlace {
  /** Lets the calls of this work go in that place, whoever begins it. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Somebody waits for it who is before: it goes in the place of that one from now on, also where it waits already. */
  moveUp(rank: Rank): void;
}

/** The place of somebody who has waited for it. */
export function inPlaceOf({ isUrgent, began }: Rank): SharedPlace {
  const piece: Piece = { began, closes: isUrgent };
  return {
    run: (work) => urgent.run(isUrgent, () => pieces.run(piece, work)),
    moveUp(rank) {
      piece.began = Math.min(piece.began, rank.began);
    },
  };
}

/** The rank of what comes now, as a part of the work in which it comes. */
export function rankNow(): Rank {
  latest += 1;
  const piece = pieces.getStore();
  const came = latest;
  return {
    isUrgent: urgent.getStore() ?? false,
    came,
    get began() {
      return piece?.began ?? came;
    },
  };
}

export function isAhead(one: Rank, other: Rank): boolean {
  if (one.isUrgent !== other.isUrgent) return one.isUrgent;
  return one.began < other.began || (one.began === other.began && one.came < other.came);
}

/** Undefined where there is none. */
export function first(ranks: Iterable<Rank>): Rank | undefined {
  let found: Rank | undefined;
  for (const rank of ranks) if (!found || isAhead(rank, found)) found = rank;
  return found;
}
