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
  /**
   * Whoever remembers nothing of a store that has commits, or of whose memory it shows nothing, doubts it, until somebody who does
   * remember vouches for it, or nobody does.
   */
  readonly doubts?: boolean;
  keep(stamp: StoreStamp): void;
}

/** So long others have to vouch for a store that this process knows nothing of. They do so every second. */
const VOUCH_MS = 10_000;
/** After so long without an answer it is counted from the start: where Redis was away for one process, it may have been for all. */
const UNHEARD_MS = 3_000;

/** Whether a store may be relied on that this process came to without knowing anything of it. */
export type Met = 'known' | 'waiting' | 'nobody knows';

/** As every answer has it. */
export interface AnswerStamp extends StoreStamp {
  readonly redis: number;
  readonly isCompared: boolean;
}

/** Reads `<Redis's time> <epoch> <count> <id> <1 while not compared>`. */
export function readStamp(text: string): AnswerStamp {
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
  /**
   * How it was when it was met: in which epoch, and when somebody vouched for it last; since when it answers without a gap, and when it
   * did last, by a clock that only goes forward.
   */
  #met:
    | { readonly epoch: number; readonly vouched: string; readonly atMs: number; readonly heardMs: number }
    | undefined;

  constructor(log: Log, memory?: CommitMemory) {
    this.#log = log;
    this.#memory = memory;
    this.#last = memory?.recall();
    this.#isDoubted = this.#last !== undefined;
    this.#isStrange = this.#last === undefined && memory?.doubts === true;
  }

  /** It has commits, and nothing is known of them here, or nothing that it shows. */
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
    const isLater = last !== undefined && stamp.epoch > last.epoch;
    if (isLater && this.#isDoubted && this.#forget()) return true;
    const isNew = last === undefined || isLater;
    if (isNew || !(this.#isDoubted || this.#isBehind)) this.#accept(stamp);
    return this.#isDoubted || this.#isBehind || !isCompared;
  }

  /**
   * Of one that is strange here: somebody vouched for it since it was met, or it is compared anyway, or was in an epoch that began
   * since; or nobody does. `vouched` is when somebody did so last: in a restored store that stands still.
   */
  meet(stamp: AnswerStamp, vouched: string, nowMs: number): Met {
    const met = this.#met ?? { epoch: stamp.epoch, vouched, atMs: nowMs, heardMs: nowMs };
    if (!stamp.isCompared || stamp.epoch > met.epoch || vouched !== met.vouched) {
      this.acquaint(stamp);
      return 'known';
    }
    if (!this.#met) {
      const { count } = stamp;
      this.#log.warn({ commits: count }, 'nothing is known here of what Redis holds: until it is, nothing is opened');
    }
    const atMs = nowMs - met.heardMs > UNHEARD_MS ? nowMs : met.atMs;
    this.#met = { ...met, atMs, heardMs: nowMs };
    return nowMs - atMs < VOUCH_MS ? 'waiting' : 'nobody knows';
  }

  /** From now on it is remembered. */
  acquaint(stamp: StoreStamp): void {
    this.#isStrange = false;
    this.#met = undefined;
    this.#accept(stamp);
  }

  /** `shown` is the id of the commit that is remembered; empty where the store does not keep it any more: nobody here can tell then. */
  verify(asked: StoreStamp | undefined, shown: string, stamp: StoreStamp): void {
    if (!asked || asked !== this.#last || this.#isBehind || this.#isStrange) return;
    const id = stamp.count === asked.count ? stamp.id : shown;
    if (stamp.epoch === asked.epoch && asked.count > 0 && id !== '' && id !== asked.id) {
      this.#behind(stamp, asked);
      return;
    }
    const isShown = stamp.epoch === asked.epoch && id === asked.id;
    if (!isShown && this.#isDoubted && this.#forget()) return;
    this.#accept(stamp);
  }

  /** What is remembered says nothing of this store. False for whoever takes it as it is. */
  #forget(): boolean {
    this.#isStrange = this.#memory?.doubts === true;
    return this.#isStrange;
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
