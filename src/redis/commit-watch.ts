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
  keep(stamp: StoreStamp): void;
}

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

  constructor(log: Log, memory?: CommitMemory) {
    this.#log = log;
    this.#memory = memory;
    this.#last = memory?.recall();
    this.#isDoubted = this.#last !== undefined;
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
    const last = this.#last;
    const isOld = last !== undefined && isBefore(stamp, last);
    if (isOld) this.#behind(stamp, last);
    const isNew = last === undefined || stamp.epoch > last.epoch;
    if (isNew || !(this.#isDoubted || this.#isBehind)) this.#accept(stamp);
    return this.#isDoubted || this.#isBehind || !isCompared;
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
