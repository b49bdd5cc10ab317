import { MINUTE_MS } from '../core/language/instant.ts';
import type { CallSlots } from './call-slots.ts';
import type { Clock } from './clock.ts';
import { isAhead, type Rank, rankNow } from './rank.ts';
import { limited } from './time-limit.ts';
import { type Bucket, full, type Quota, taken, told, waitMs } from './token-bucket.ts';

/** A bucket of its own: the same name has the same quota always. */
export interface Lane {
  readonly name: string;
  readonly quota: Quota;
}

/** Whoever waits for a token of some lanes. */
interface Waiter {
  readonly rank: Rank;
  readonly names: ReadonlySet<string>;
  /** The lane that it waits for longest. In the others it keeps nobody from going: whoever cannot go takes no token. */
  waitsFor?: string;
  /** When its gate opens. Until then it is not in the line. */
  notBefore?: number;
}

/** Whoever is told to come back is promised a token no later than this. */
const MOST_PROMISED_MS = MINUTE_MS;

/** Whoever was sent away comes back before its token is there, and waits for the rest: who is late for it would leave it idle. */
const EARLY = 0.5;

/** For so long it is waited until fewer calls are under way. */
const MOST_SLOT_MS = MINUTE_MS / 2;

const NOTHING = () => {};

/** Keeps calls to the limits that a service publishes, so that it never has to refuse one. */
export class Pacing {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #tooLong: (waitMs: number) => Error;
  readonly #slots: CallSlots | undefined;
  readonly #buckets = new Map<string, Bucket>();
  readonly #shut = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  /** When the last token is there that was promised to whoever was told to come back, by lane and urgency. */
  readonly #promised = new Map<string, number>();

  /**
   * Who would have to wait for longer than `longestMs` gets the error `tooLong`, and tries again later: a lock is held meanwhile. Where there are
   * `slots`, a token is taken once one of them is free: what is taken for a call that is not sent yet is gone for those that are.
   */
  constructor(clock: Clock, longestMs: number, tooLong: (waitMs: number) => Error, slots?: CallSlots) {
    this.#clock = clock;
    this.#slots = slots;
    this.#longestMs = longestMs;
    this.#tooLong = tooLong;
  }

  /**
   * Waits until a call may be made that takes one token of each lane, and whose gate, if it has one, is not shut; those that wait go in the order
   * in which they came, or what they are a part of began (`inOnePiece`), urgent ones first. Whoever gives up takes no token, and whoever is behind
   * a gate that is shut comes into the line once it opens: those who may go do not wait behind it. Gives what is to be called once the call has ended.
   */
  async pass(
    lanes: readonly Lane[],
    signal: AbortSignal,
    { gate, isChange = false }: { readonly gate?: string; readonly isChange?: boolean } = {},
  ): Promise<() => void> {
    const self: Waiter = { rank: rankNow(), names: new Set(lanes.map(({ name }) => name)) };
    let slot: (() => void) | undefined;
    this.#waiting.add(self);
    try {
      for (;;) {
        signal.throwIfAborted();
        const now = this.#clock.now();
        self.notBefore = gate === undefined ? 0 : (this.#shut.get(gate) ?? 0);
        const shut = self.notBefore - now;
        const wait = shut > 0 ? shut : this.#turnOf(lanes, self, now);
        if (wait <= 0) {
          slot ??= this.#slots ? this.#slots.takeFree(self.rank) : NOTHING;
          if (slot) {
            for (const lane of lanes) this.#buckets.set(lane.name, taken(lane.quota, this.#of(lane, now), now));
            const given = slot;
            slot = undefined;
            return given;
          }
          slot = await this.#slotFor(self.rank, isChange, signal);
          continue;
        }
        slot?.();
        slot = undefined;
        if (wait > this.#longestMs)
          throw this.#tooLong(shut > 0 ? shut : this.#promise(lanes, self, now, wait) - this.#longestMs * EARLY);
        await this.#clock.pause(wait, signal);
      }
    } finally {
      this.#waiting.delete(self);
      slot?.();
    }
  }

  /** A service that does not answer keeps all slots: whoever waits longer than its calls may take comes back. */
  async #slotFor(rank: Rank, isChange: boolean, signal: AbortSignal): Promise<(() => void) | undefined> {
    try {
      return await limited(signal, MOST_SLOT_MS, async (within) => this.#slots?.take(rank, isChange, within));
    } catch (error) {
      throw signal.aborted ? error : this.#tooLong(this.#longestMs);
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
    const ahead = [...this.#waiting].filter((one) => isHere(one) && isAhead(one.rank, self.rank)).length;
    return waitMs(lane.quota, this.#of(lane, now), now, { isUrgent: self.rank.isUrgent, ahead });
  }

  /** How long until there is a token that nobody else was promised: else all come back at once, for the same one. */
  #promise(lanes: readonly Lane[], self: Waiter, now: number, wait: number): number {
    const nameOf = ({ name }: Lane) => `${name} ${self.rank.isUrgent}`;
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
