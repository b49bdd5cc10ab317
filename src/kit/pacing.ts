import { AsyncLocalStorage } from 'node:async_hooks';
import { MINUTE_MS } from '../core/language/instant.ts';
import type { Clock } from './clock.ts';
import { type Bucket, full, type Quota, taken, told, waitMs } from './token-bucket.ts';

/** A bucket of its own: the same name has the same quota always. */
export interface Lane {
  readonly name: string;
  readonly quota: Quota;
}

/** Whoever waits for a token of some lanes. */
interface Waiter {
  readonly names: ReadonlySet<string>;
  readonly isUrgent: boolean;
  /** When what it is a part of began, and when it came itself: among those that began together. */
  readonly began: number;
  readonly came: number;
  /** The lane that it waits for longest. In the others it keeps nobody from going: whoever cannot go takes no token. */
  waitsFor?: string;
  /** When its gate opens. Until then it is not in the line. */
  notBefore?: number;
}

/** Whoever is told to come back is promised a token no later than this. */
const MOST_PROMISED_MS = MINUTE_MS;

/** Whoever was sent away comes back before its token is there, and waits for the rest: who is late for it would leave it idle. */
const EARLY = 0.5;

const urgent = new AsyncLocalStorage<boolean>();
const pieces = new AsyncLocalStorage<Piece>();
let latest = 0;

/** Work that is done as a whole. */
interface Piece {
  readonly began: number;
  closes: boolean;
}

/** Lets the calls of this work go before all others: closing never waits behind opening. */
export function urgently<T>(work: () => Promise<T>): Promise<T> {
  const piece = pieces.getStore();
  if (piece) piece.closes = true;
  return urgent.run(true, work);
}

/** The same for what proves a closing of the same piece of work: behind the closings of others it would be given up, and all made anew. */
export function proving<T>(work: () => Promise<T>): Promise<T> {
  return pieces.getStore()?.closes ? urgently(work) : work();
}

/**
 * Lets the calls of this work go before those of what begins later: where there are too few for all, some end and the rest has not begun,
 * instead of all being half done and given up.
 */
export function inOnePiece<T>(work: () => Promise<T>): Promise<T> {
  latest += 1;
  return pieces.run({ began: latest, closes: false }, work);
}

function waiterFor(lanes: readonly Lane[]): Waiter {
  latest += 1;
  const names = new Set(lanes.map(({ name }) => name));
  return { names, isUrgent: urgent.getStore() ?? false, began: pieces.getStore()?.began ?? latest, came: latest };
}

function isBefore(one: Waiter, other: Waiter): boolean {
  return one.began < other.began || (one.began === other.began && one.came < other.came);
}

/** Keeps calls to the limits that a service publishes, so that it never has to refuse one. */
export class Pacing {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #tooLong: (waitMs: number) => Error;
  readonly #buckets = new Map<string, Bucket>();
  readonly #shut = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  /** When the last token is there that was promised to whoever was told to come back, by lane and urgency. */
  readonly #promised = new Map<string, number>();

  /** Who would have to wait for longer than `longestMs` gets the error `tooLong`, and tries again later: a lock is held meanwhile. */
  constructor(clock: Clock, longestMs: number, tooLong: (waitMs: number) => Error) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#tooLong = tooLong;
  }

  /**
   * Waits until a call may be made that takes one token of each lane, and whose gate, if it has one, is not shut; those that wait go in the order
   * in which they came, or what they are a part of began (`inOnePiece`), urgent ones first. Whoever gives up takes no token, and whoever is behind a gate that is shut comes into the line once it
   * opens: those who may go do not wait behind it.
   */
  async pass(lanes: readonly Lane[], signal: AbortSignal, gate?: string): Promise<void> {
    const self = waiterFor(lanes);
    this.#waiting.add(self);
    try {
      for (;;) {
        signal.throwIfAborted();
        const now = this.#clock.now();
        self.notBefore = gate === undefined ? 0 : (this.#shut.get(gate) ?? 0);
        const shut = self.notBefore - now;
        const wait = shut > 0 ? shut : this.#turnOf(lanes, self, now);
        if (wait <= 0) {
          for (const lane of lanes) this.#buckets.set(lane.name, taken(lane.quota, this.#of(lane, now), now));
          return;
        }
        if (wait > this.#longestMs)
          throw this.#tooLong(shut > 0 ? shut : this.#promise(lanes, self, now, wait) - this.#longestMs * EARLY);
        await this.#clock.pause(wait, signal);
      }
    } finally {
      this.#waiting.delete(self);
    }
  }

  /** The service said what is left of a lane: others may call with the same right. */
  left(lane: Lane, count: number): void {
    const now = this.#clock.now();
    this.#buckets.set(lane.name, told(lane.quota, this.#of(lane, now), now, count));
  }

  /** The service wants no calls through a gate for so long. A longer wish that was said before stays. */
  shut(gate: string, forMs: number): void {
    this.#shut.set(gate, Math.max(this.#shut.get(gate) ?? 0, this.#clock.now() + forMs));
  }

  /** How long until there is a token for it in every lane; and keeps which of them it waits for. */
  #turnOf(lanes: readonly Lane[], self: Waiter, now: number): number {
    let longest = 0;
    delete self.waitsFor;
    for (const lane of lanes) {
      const wait = this.#waitFor(lane, self, now);
      if (wait > longest) self.waitsFor = lane.name;
      longest = Math.max(longest, wait);
    }
    return longest;
  }

  #waitFor(lane: Lane, self: Waiter, now: number): number {
    const isHere = (one: Waiter) =>
      one.names.has(lane.name) && (one.notBefore ?? 0) <= now && (one.waitsFor ?? lane.name) === lane.name;
    const isAhead = (one: Waiter) => (one.isUrgent === self.isUrgent ? isBefore(one, self) : one.isUrgent);
    const ahead = [...this.#waiting].filter((one) => isHere(one) && isAhead(one)).length;
    return waitMs(lane.quota, this.#of(lane, now), now, { isUrgent: self.isUrgent, ahead });
  }

  /** How long until there is a token that nobody else was promised: else all come back at once, for the same one. */
  #promise(lanes: readonly Lane[], self: Waiter, now: number, wait: number): number {
    const nameOf = ({ name }: Lane) => `${name} ${self.isUrgent}`;
    const short = lanes.filter((lane) => this.#waitFor(lane, self, now) > 0);
    const free = short.map((lane) => (this.#promised.get(nameOf(lane)) ?? 0) + Math.ceil(1_000 / lane.quota.perSecond));
    const at = Math.min(Math.max(now + wait, ...free), now + Math.max(wait, MOST_PROMISED_MS));
    for (const lane of short) this.#promised.set(nameOf(lane), at);
    return at - now;
  }

  #of({ name, quota }: Lane, now: number): Bucket {
    return this.#buckets.get(name) ?? full(quota, now);
  }
}
