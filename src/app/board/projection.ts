import { namedRow } from '../../core/board/names.ts';
import { PastRows } from '../../core/board/past.ts';
import { type BoardRow, isOpenRow, isWaitingRow, restsAt } from '../../core/board/row.ts';
import { RowTable } from '../../core/board/table.ts';
import { type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { nameText } from '../../core/language/names-apart.ts';
import type { BoardRows } from '../../ports/board-rows.ts';
import type { Deps } from '../deps.ts';

/** What is as old as this is new enough for everybody who asks: all of them together cost one read. */
const FRESH_MS = 400;
/** Nobody asked for so long: what is remembered is let go. */
const IDLE_MS = 15 * MINUTE_MS;
const AT_ONCE = 2_000;
/** The most of what is over that is remembered: some 100 MB. */
const MOST_PAST = 200_000;
const MOST_WORDS = 200_000;

export interface Projected {
  /** Waits, is to start, is open, or is being closed. */
  readonly current: ReadonlyMap<string, BoardRow>;
  /** What is over; its table has what is current, too. */
  readonly past: PastRows;
  readonly now: Instant;
  /** Another one after every change. */
  readonly version: number;
  /** Not all that is kept is remembered: the oldest is left out. */
  readonly isCut: boolean;
}

/**
 * All rows of the board, in memory: read whole when the first one asks, then what changed since. So a filter of any kind over 100,000
 * rows costs milliseconds, and Redis is asked for little. Each process has its own; none of it is the truth.
 */
export class Projection {
  readonly #rows: BoardRows;
  readonly #deps: Pick<Deps, 'store' | 'monotonic'>;
  #current = new Map<string, BoardRow>();
  #past = new PastRows(new RowTable());
  #words = new Map<string, string>();
  /** By what they were given as. */
  #names = new Map<string, string>();
  #since = 0;
  #generation: string | undefined;
  #now = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #version = 1;
  #isCut = false;
  #reading: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(rows: BoardRows, deps: Pick<Deps, 'store' | 'monotonic'>) {
    this.#rows = rows;
    this.#deps = deps;
  }

  /** As it is now, or was 400 ms ago. Throws `storeAway`: what is not known to be so is not shown. */
  async read(): Promise<Projected> {
    if (this.#deps.monotonic() - this.#readAt > FRESH_MS) {
      this.#reading ??= this.#catchUp().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#forget(), IDLE_MS);
    this.#idle.unref();
    return {
      current: this.#current,
      past: this.#past,
      now: this.#now,
      version: this.#version,
      isCut: this.#isCut,
    };
  }

  async #catchUp(): Promise<void> {
    const { at, epoch = 0 } = await this.#deps.store.now();
    // A store that went back may have lost what is remembered; of a person who was erased it is to be forgotten.
    const generation = `${epoch} ${await this.#rows.generation()}`;
    if (this.#generation !== generation) this.#forget();
    this.#generation = generation;
    for await (const changed of this.#rows.changed(this.#since, AT_ONCE)) {
      for (const { at: changedAt, row } of changed) {
        this.#take(row);
        this.#since = Math.max(this.#since, changedAt);
      }
    }
    this.#prune(at);
    this.#now = at;
    this.#readAt = this.#deps.monotonic();
  }

  #take(row: BoardRow): void {
    const before = this.#past.table.get(row.id);
    if (before && before.version >= row.version) return;
    this.#version += 1;
    const lean = this.#lean(row);
    if (isOpenRow(row) || isWaitingRow(row) || row.status === 'scheduled') {
      this.#past.delete(row.id);
      this.#past.table.put(lean);
      this.#current.set(row.id, lean);
    } else {
      this.#current.delete(row.id);
      this.#past.put(lean);
    }
  }

  #prune(now: Instant): void {
    for (let row = this.#past.oldest; row; row = this.#past.oldest) {
      const isOld = restsAt(row) < now - this.#rows.keptMs;
      if (!isOld && this.#past.size <= MOST_PAST) return;
      this.#isCut ||= !isOld;
      this.#past.delete(row.id);
    }
  }

  /** With names as they may be shown; of a text that many rows have, one is kept. */
  #lean(row: BoardRow): BoardRow {
    const one = <T extends string>(text: T): T => keptIn(this.#words, text, () => text) as T;
    const named = namedRow(row, (text) => keptIn(this.#names, text, () => nameText(text)));
    return {
      ...named,
      machine: one(row.machine),
      requester: { ...named.requester, id: one(row.requester.id) },
      people: row.people.map(one),
      policies: row.policies.map(one),
    };
  }

  #forget(): void {
    this.#current = new Map();
    this.#past = new PastRows(new RowTable());
    this.#words = new Map();
    this.#names = new Map();
    this.#since = 0;
    this.#isCut = false;
    this.#readAt = Number.NEGATIVE_INFINITY;
    this.#version += 1;
  }
}

function keptIn(kept: Map<string, string>, text: string, make: () => string): string {
  const known = kept.get(text);
  if (known !== undefined) return known;
  // Of rows that are gone, words would stay for ever.
  if (kept.size >= MOST_WORDS) kept.clear();
  const made = make();
  kept.set(text, made);
  return made;
}
