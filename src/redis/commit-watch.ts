import type { Log } from '../ports/log.ts';

/** Where a store stands. A later epoch begins when it was found to have gone back. */
export interface StoreStamp {
  readonly epoch: number;
  /** Commits so far. */
  readonly count: number;
  /** Of the last commit; it follows from all before. */
  readonly id: string;
}

/** What a process remembers outside of Redis. */
export interface CommitMemory {
  recall(): StoreStamp | undefined;
  /** Whoever remembers nothing of a store that has commits doubts it, until somebody who does remember vouches for it, or nobody does. */
  readonly doubts?: boolean;
  keep(stamp: StoreStamp): void;
}

/** So long others have to vouch for a store that this process knows nothing of. They do so every second. */
const VOUCH_MS = 10_000;

/** Whether a store may be relied on that this process came to without knowing anything of it. */
export type Met = 'known' | 'waiting' | 'nobody knows';

/** Reads `<Redis's time> <epoch> <count> <id> <1 while not compared>`. */
export function readStamp(text: string): StoreStamp & { readonly redis: number; readonly isCompared: boolean } {
  const [redis, epoch, count, id = '-', uncompared] = text.split(' ');
  return { redis: Number(redis), epoch: Number(epoch), count: Number(count), id, isCompared: uncompared !== '1' };
}

/**
 * Notices a store that lost commits: every answer says where it stands, and is compared with the last one. After a connection
 * broke, and at the start, others may have gone on meanwhile: then the store has to show the commit that is remembered.
 */
export class CommitWatch {
  readonly #log: Log;
  readonly #memory: CommitMemory | undefined;
  #last: StoreStamp | undefined;
  #isDoubted: boolean;
  #isBehind = false;
  #isStrange: boolean;
  /** How it was when it was met: in which epoch, when somebody vouched for it last, and when that was, by a clock that only goes forward. */
  #met: { readonly epoch: number; readonly vouched: string; readonly atMs: number } | undefined;

  constructor(log: Log, memory?: CommitMemory) {
    this.#log = log;
    this.#memory = memory;
    this.#last = memory?.recall();
    this.#isDoubted = this.#last !== undefined;
    this.#isStrange = this.#last === undefined && memory?.doubts === true;
  }

  /** It has commits, and nothing is known of them here. */
  get isStrange(): boolean {
    return this.#isStrange;
  }

  /** Nothing is in doubt: this process would have noticed that it went back. */
  get isSure(): boolean {
    return this.#memory?.doubts === true && !(this.#isStrange || this.#isDoubted || this.#isBehind);
  }

  /** What the store has to show. */
  get last(): StoreStamp | undefined {
    return this.#last;
  }

  /** It is known to have gone back, and nobody has begun another epoch yet. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** The connection broke. */
  doubt(): void {
    this.#isDoubted = this.#last !== undefined;
  }

  /** Gives whether the store may have gone back. */
  judge(stamp: StoreStamp, isCompared: boolean): boolean {
    // The first start: there is nothing that could be lost.
    if (this.#isStrange && stamp.count === 0 && stamp.epoch === 0) this.#isStrange = false;
    if (this.#isStrange) return true;
    const last = this.#last;
    const isOld = last !== undefined && isBefore(stamp, last);
    if (isOld) this.#behind(stamp, last);
    const isNew = last === undefined || stamp.epoch > last.epoch;
    if (isNew || !(this.#isDoubted || this.#isBehind)) this.#accept(stamp);
    return this.#isDoubted || this.#isBehind || !isCompared;
  }

  /**
   * Of one that is strange here: somebody vouched for it since it was met, or another epoch began, in which it is compared; or nobody
   * does. `vouched` is when somebody did so last: in a restored store that stands still.
   */
  meet(stamp: StoreStamp, vouched: string, nowMs: number): Met {
    if (!this.#met) {
      const { count } = stamp;
      this.#log.warn({ commits: count }, 'nothing is known here of what Redis holds: until it is, nothing is opened');
    }
    this.#met ??= { epoch: stamp.epoch, vouched, atMs: nowMs };
    if (stamp.epoch > this.#met.epoch || vouched !== this.#met.vouched) {
      this.acquaint(stamp);
      return 'known';
    }
    return nowMs - this.#met.atMs < VOUCH_MS ? 'waiting' : 'nobody knows';
  }

  /** From now on it is remembered. */
  acquaint(stamp: StoreStamp): void {
    this.#isStrange = false;
    this.#accept(stamp);
  }

  /** `shown` is the id of the commit that is remembered; empty where the store does not keep it any more: others were there all along. */
  verify(asked: StoreStamp | undefined, shown: string, stamp: StoreStamp): void {
    if (!asked || asked !== this.#last || this.#isBehind) return;
    if (stamp.epoch === asked.epoch && asked.count > 0 && shown !== '' && shown !== asked.id) {
      this.#behind(stamp, asked);
      return;
    }
    this.#accept(stamp);
  }

  #accept(stamp: StoreStamp): void {
    this.#isDoubted = false;
    this.#isBehind = false;
    const { epoch, count, id } = stamp;
    if (this.#last?.epoch === epoch && this.#last.count === count) return;
    this.#last = { epoch, count, id };
    this.#memory?.keep(this.#last);
  }

  #behind(stamp: StoreStamp, last: StoreStamp): void {
    if (!this.#isBehind)
      this.#log.error(
        { remembered: last, found: { epoch: stamp.epoch, count: stamp.count, id: stamp.id } },
        'Redis went back: it lost commits. Nothing is opened until clouds and records were compared',
      );
    this.#isBehind = true;
  }
}

function isBefore(stamp: StoreStamp, last: StoreStamp): boolean {
  if (stamp.epoch !== last.epoch) return stamp.epoch < last.epoch;
  return stamp.count < last.count || (stamp.count === last.count && stamp.id !== last.id);
}
