import type { ExposureOverTime } from '../core/board/exposure.ts';
import type { BoardFilter } from '../core/board/filter.ts';
import type { BoardRow } from '../core/board/row.ts';
import type { Timeline } from '../core/board/timeline.ts';
import type { Instant } from '../core/language/instant.ts';
import type { StepPage } from './steps.ts';

/** Who looks at the board, as long as their session lasts. */
export interface BoardViewer {
  readonly name: string;
  readonly id: string;
  /** When the session ends at the latest. */
  readonly until: Instant;
  /** Everybody’s rows, those of some policies beside their own, or their own. */
  readonly reads: 'everything' | 'some' | 'own';
  /** Signed in with the organization’s own sign-in: a link from chat only reads. */
  readonly mayAct: boolean;
  readonly mayProtect: boolean;
}

/** A row, and whether the viewer may close it now. */
export interface ShownRow extends BoardRow {
  readonly mayClose?: true;
}

export interface BoardNow {
  readonly now: Instant;
  readonly open: readonly ShownRow[];
  readonly waiting: readonly ShownRow[];
  readonly scheduled: readonly ShownRow[];
  /** How many there are of each, where more than are listed. */
  readonly counts: {
    readonly open: number;
    readonly waiting: number;
    readonly scheduled: number;
    readonly late: number;
  };
}

export interface BoardHistory {
  readonly now: Instant;
  readonly rows: readonly BoardRow[];
  readonly all: number;
  /** Not all that is kept was looked through: the oldest was left out. */
  readonly isCut: boolean;
}

export type MachineStanding = 'protected' | 'open' | 'unprotected' | 'unsupported';

export interface BoardMachine {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** As its id begins. */
  readonly cloud: string;
  /** `open`: although it is protected. */
  readonly standing: MachineStanding;
  /** Through what it is open, or why it is not protected; in sentences. */
  readonly why: readonly string[];
  /** Leases that are open on it now. */
  readonly leases: number;
}

export interface BoardMachines {
  /** When the clouds were read; absent while they are read for the first time. */
  readonly at?: Instant;
  readonly isReading: boolean;
  readonly machines: readonly BoardMachine[];
  readonly all: number;
  readonly counts: Readonly<Record<MachineStanding, number>>;
  /** What could not be read, in words. */
  readonly unread: readonly string[];
}

/** One line of a story: what the record says, or the audit. */
export interface BoardMoment {
  readonly at: Instant;
  readonly event: string;
  readonly by?: string;
  readonly text?: string;
}

export interface BoardEntry {
  /** Epoch and sequence: where it stands in the audit. */
  readonly place: string;
  readonly at: Instant;
  readonly event: string;
  readonly outcome: string;
  readonly by: string;
  readonly as: string;
  readonly hash: string;
  /** It is what was hashed. */
  readonly isIntact: boolean;
}

/** One request with all that is known of it. */
export interface BoardStory {
  readonly now: Instant;
  readonly row: ShownRow;
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly justification: string;
  readonly moments: readonly BoardMoment[];
  /** What reading the cloud back showed, a sentence each; empty before. */
  readonly proof: readonly string[];
  readonly entries: readonly BoardEntry[];
}

/** What an address names by ids, as far as the viewer may read a row of it. */
export interface BoardNames {
  readonly machine?: string;
  readonly person?: string;
}

export interface Paging {
  readonly skip: number;
  readonly most: number;
}

/** What the board shows one viewer: their own rows, and those that the rules let them read. Throws `storeAway`. */
export interface BoardDesk {
  readonly viewer: BoardViewer;
  now(filter: BoardFilter): Promise<BoardNow>;
  history(filter: BoardFilter, paging: Paging): Promise<BoardHistory>;
  timeline(filter: BoardFilter, paging: Paging): Promise<Timeline>;
  exposure(filter: BoardFilter): Promise<ExposureOverTime & { readonly now: Instant }>;
  csv(filter: BoardFilter): Promise<string>;
  /** For the filters that are on. */
  names(filter: BoardFilter): Promise<BoardNames>;
  machines(filter: BoardFilter & { readonly standing?: string }, paging: Paging): Promise<BoardMachines>;
  /** Throws `unknownRequest`, also for what they may not read. */
  story(id: string): Promise<BoardStory>;
  /** Gives the versions of what is shown: one at once, one after each change, and the same again once in ten seconds, until the signal. */
  changes(signal: AbortSignal): AsyncIterable<number>;
  /** Gives what was done, in words. Throws `boardReads` for a session that only reads, and what the use cases throw. */
  close(id: string, reason: string): Promise<string>;
  protect(machine: string): Promise<string>;
}

/** Who gets to the board, and how. */
export interface Board {
  /** The instant by the store's own clock, for filters. */
  now(): Promise<Instant>;
  /** The page of a link from chat. Throws `linkOver`. */
  show(ticket: string): Promise<StepPage>;
  /** The button was pressed: the link is used up. Gives the session. */
  open(ticket: string): Promise<NewSession>;
  /** Begins a sign-in in this browser, a fresh one if asked, to come back to `path`; gives where to go. Throws `boardNoSignIn` where there is none. */
  signIn(browser: string, path: string, isFresh?: boolean): Promise<string>;
  readonly hasSignIn: boolean;
  /** The sign-in is done, in this browser. Gives the session, and where to go on. */
  enter(ticket: string, browser: string | undefined): Promise<NewSession & { readonly path: string }>;
  /** Undefined for a session that is over, or whose person may do nothing any more. */
  desk(session: string): Promise<BoardDesk | undefined>;
  leave(session: string): Promise<void>;
}

export interface NewSession {
  /** What the browser keeps: 43 letters, unguessable. */
  readonly session: string;
  readonly forMs: number;
}

/** The page of the board, as it was built. */
export interface BuiltPage {
  readonly index: string;
  /** By their names, which change with what is in them. */
  readonly files: ReadonlyMap<
    string,
    { readonly type: string; readonly body: Uint8Array; readonly packed: Uint8Array }
  >;
}
