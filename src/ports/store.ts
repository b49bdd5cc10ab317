import type { AuditEntry } from '../core/audit/entry.ts';
import type { Instant } from '../core/language/instant.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Place } from '../core/people/place.ts';
import type { EndWanted } from '../core/request/closing-budget.ts';
import type { Request } from '../core/request/request.ts';
import type { Strays } from '../core/request/stray.ts';
import type { CardRef } from './chat.ts';

/** The store's own time, read in the script that answered. `trusted` is false after a jump: then nothing is opened. */
export interface Now {
  readonly at: Instant;
  readonly trusted: boolean;
  /** The store may not hold what it held before, and clouds and records were not compared since: then nothing is opened either. */
  readonly wentBack?: true;
  /** Of that: it is not known yet, as nobody here remembers the store; whoever does may still say so. */
  readonly isUnsettled?: true;
  /** Grows with each time that the store went back. */
  readonly epoch?: number;
}

/**
 * Keeps requests. One script commits a request together with its indexes, when to look again and its audit entry.
 * What `core/request/record.ts` derives from the record (`indexesOf`) is kept in step with it in that script.
 */
export interface Store {
  now(): Promise<Now>;
  /** Writes, and changes nothing that counts: throws while the store cannot be written, whatever can be read. */
  write(): Promise<Now>;
  /** Clouds and records were compared in this epoch; where the store went back again meanwhile, that counts for nothing. */
  compared(epoch: number): Promise<void>;
  /** When it was found last that the store went back; undefined where it never did. */
  wentBackAt(): Promise<Instant | undefined>;
  /** Was it then only that nobody who lives remembered it? */
  wasStrange?(): Promise<boolean>;
  load(id: string): Promise<Loaded>;
  /** Takes several commits in one round trip; each succeeds or is stale by itself, but for those `with` another one. */
  save(changes: readonly Commit[]): Promise<readonly Saved[]>;
  /**
   * All that a cloud may have something of on these machines: in force, closing, and ended ones still watched. Of those that wait
   * for a decision only some whose time has come.
   */
  liveOn(...machines: readonly MachineId[]): Promise<{ readonly requests: readonly Request[]; readonly now: Now }>;
  /** What is to be closed now, on whatever machine, and takes one of these locks. May give some that are not (any more). */
  ending(locks: readonly string[], limit: number): Promise<readonly Request[]>;
  /** What had to be gone by now and is not proven to be, the longest overdue first. */
  overdue(limit: number): Promise<readonly Request[]>;
  /** Puts right where these are found: their indexes were written by another version, or their locks are others by now. */
  reindex(requests: readonly Request[]): Promise<void>;
  /** Newest first: what is live anywhere, what is current and found so, and what the person asked for last. */
  live(limit: number): Promise<readonly Request[]>;
  /** The same, shown in pages to whoever keeps little of each. What changes meanwhile may be in two pages, or in none. */
  showLive(limit: number, see: (page: readonly Request[]) => void): Promise<void>;
  find(finding: Finding, limit: number): Promise<readonly Request[]>;
  recent(person: string, limit: number): Promise<readonly Request[]>;
  /** How many requests are current. */
  counts(person: string, machine: MachineId): Promise<Counts>;
  /** Machines whose time to look has come; each is put off by `againMs`, so that a dead worker's share comes back. */
  claim(
    limit: number,
    againMs: number,
  ): Promise<{ readonly machines: readonly MachineId[]; readonly next?: Instant; readonly now: Now }>;
  /** Machines whose time to look comes that soon: among them what was claimed, and is in hand or lost. Puts off none. */
  dueWithin(withinMs: number, limit: number): Promise<readonly MachineId[]>;
  /**
   * Keeps an end for a request that is going to be approved: the latest that is free (`latestFree`), counted from then on; the
   * request's next commit takes its place. `others`: how many end from then until the wish. Undefined where none is free.
   */
  keepEnd(request: Pick<Request, 'id' | 'machine'>, wanted: EndWanted): Promise<EndKept | undefined>;
  /** After a look at the machine: its next time is again the earliest of its requests. */
  settle(machine: MachineId): Promise<void>;
  /** Sets right machines that have live requests and are missing from the due index. Gives how many there were. */
  mend(): Promise<number>;
  /** The newest approvals anywhere, newest first, also of what is over: one for each request. */
  approvals(limit: number): Promise<readonly Approval[]>;
  /** The source of what was opened for the person on the machine last: of what was not, nothing is remembered. */
  lastSource(person: string, machine: MachineId): Promise<string | undefined>;
  /** The request that was made by this delivery, if one was. */
  madeBy(key: string): Promise<string | undefined>;
  /** The request that stands, where one asks for the same; it may have ended since. */
  standing(sameness: string): Promise<string | undefined>;
  /** The request that placed a rule there (for the patrol), if the store knows one. */
  placedBy(placementKey: string): Promise<string | undefined>;
  /** Rules that no request is known for, as the last patrol found them; undefined where none finished lately. */
  strays(): Promise<Strays | undefined>;
  keepStrays(found: Strays): Promise<void>;
  /** True the first time a key is seen within `ttlMs`. */
  once(key: string, ttlMs: number): Promise<boolean>;
  /** Who said this first within `ttlMs`: `who`, where nobody had. */
  firstSaid(key: string, who: string, ttlMs: number): Promise<string>;
  /** As if nobody had said it. */
  unsaid(key: string): Promise<void>;
  cards(id: string): Promise<readonly Card[]>;
  keepCard(id: string, card: Card): Promise<void>;
  /** All cards show this version: the request is no longer behind, unless it moved on meanwhile. */
  published(id: string, version: number): Promise<void>;
  /** Requests whose cards have been behind for `forMs` or longer. */
  behind(forMs: number, limit: number): Promise<readonly { readonly id: string; readonly version: number }[]>;
}

/** Current requests by who asked, whom they asked, a policy that they are judged by, a machine's name in any case; all that are `open`, or hang on tickets (`ticketed`), or may be closed because nobody connects (`useWatched`), or are to be summed up for somebody (`heldBack`); or, current or not, those whose review is `owed`, the most urgent first. */
export interface Finding {
  readonly by: 'requester' | 'asked' | 'policy' | 'machineName' | 'state' | 'review';
  readonly which: string;
}

/** Of one person, on one machine, and in all. */
export interface Counts {
  readonly person: number;
  readonly machine: number;
  readonly all: number;
}

export interface EndKept {
  readonly until: Instant;
  readonly others: number;
}

/** Who was given access to what. */
export interface Approval {
  readonly machine: MachineId;
  /** The requester's id. */
  readonly person: string;
  readonly at: Instant;
}

export interface Loaded {
  readonly request: Request | undefined;
  /** There is a record, and this version cannot read it. */
  readonly isUnreadable?: true;
  readonly now: Now;
}

export interface Commit {
  readonly next: Request;
  /** The version that it replaces; 0 for a new request. */
  readonly from: number;
  /** Written in the same script; absent where the change is no fact for anybody: a look, the same trouble again. */
  readonly audit?: AuditEntry;
  /** The delivery that made a new request: a second one with the same key is stale. */
  readonly key?: string;
  /** A new request is `full` where so many are current already. */
  readonly most?: Counts;
  /** A new request is `same` where one that stands asks for the same (`core/request/same.ts`). */
  readonly alone?: true;
  /** Stale where the change before it in the same round trip was not saved. */
  readonly with?: true;
}

export type Saved = 'saved' | 'stale' | 'full' | 'same';

export interface Card {
  readonly place: Place;
  readonly nonce: string;
  readonly ref?: CardRef;
  /** The request's version that was last published here; 0 while a first post is under way. */
  readonly version: number;
  /** The version whose publishing was begun, and not kept as done. */
  readonly trying?: number;
  /** What was begun was refused before anything of it was done: there is nothing to look for. */
  readonly untried?: true;
  readonly announced?: string;
  /** What the published view looked like; an equal one is not published again. */
  readonly digest?: string;
}
