import type { Actor } from '../core/audit/entry.ts';
import type { CloudName } from '../core/machine/machine.ts';
import type { ChatName } from '../core/people/place.ts';
import type { HouseRules } from '../core/policy/policy.ts';
import type { Ended } from '../core/request/request.ts';
import type { AlarmWay } from '../ports/alarm-way.ts';
import type { Audit } from '../ports/audit.ts';
import type { BoardRows } from '../ports/board-rows.ts';
import type { BrowserRoom, PageRoom } from '../ports/browser-room.ts';
import type { CallIds } from '../ports/call-ids.ts';
import type { Ceremonies } from '../ports/ceremonies.ts';
import type { Chat } from '../ports/chat.ts';
import type { Cloud } from '../ports/cloud.ts';
import type { Delegations } from '../ports/delegations.ts';
import type { Directory } from '../ports/directory.ts';
import type { Driller, DrillRecords } from '../ports/drill.ts';
import type { EvidenceRoom } from '../ports/evidence-room.ts';
import type { Examiner } from '../ports/examiner.ts';
import type { GlassSnapshot } from '../ports/glass-snapshot.ts';
import type { Homes } from '../ports/homes.ts';
import type { Journal } from '../ports/journal.ts';
import type { LastKnown } from '../ports/last-known.ts';
import type { Lock } from '../ports/lock.ts';
import type { Log } from '../ports/log.ts';
import type { Meter } from '../ports/meter.ts';
import type { OnCall } from '../ports/on-call.ts';
import type { PersonalRecords } from '../ports/personal.ts';
import type { ProtectionRecords } from '../ports/protection-records.ts';
import type { PublishedNetworks } from '../ports/published-networks.ts';
import type { Queue } from '../ports/queue.ts';
import type { Replicas } from '../ports/replicas.ts';
import type { RuleRecords } from '../ports/rule-records.ts';
import type { Signatures } from '../ports/signatures.ts';
import type { Store } from '../ports/store.ts';
import type { Tickets } from '../ports/tickets.ts';
import type { Traces } from '../ports/traces.ts';
import type { UndoRecords } from '../ports/undo.ts';
import type { Witness } from '../ports/witness.ts';
import type { LogMarks } from '../ports/write-log.ts';

/** What is needed where no chat says who somebody is. */
export interface Offline {
  readonly installation: string;
  readonly signatures: Signatures;
  readonly snapshot: GlassSnapshot;
}

/** All that the use cases need of the world. Made in compose.ts; in tests, made of twins. */
export interface Deps {
  readonly store: Store;
  /** Asked before anything is opened; absent where the store has none. */
  readonly replicas?: Replicas;
  readonly queue: Queue;
  /** What chats were told is accepted; absent where nothing outlives the process. */
  readonly journal?: Journal;
  readonly audit: Audit;
  /** What the audit is chained, kept and proven with; absent where nothing keeps it beyond the store. */
  readonly evidence?: EvidenceRoom;
  /** What the store says of people, to be given or taken away; absent where it keeps nothing. */
  readonly personal?: PersonalRecords;
  /** How far the clouds' own logs were compared with the audit; absent where they are not. */
  readonly logMarks?: LogMarks;
  readonly lock: Lock;
  /** How rules of others were before they were closed. */
  readonly undo: UndoRecords;
  /** What people were asked to agree to, and who protected what. */
  readonly records: ProtectionRecords;
  readonly clouds: ReadonlyMap<CloudName, Cloud>;
  /** Knows what the clouds call what they carried out; absent where nothing tells. */
  readonly calls?: CallIds;
  readonly chats: ReadonlyMap<ChatName, Chat>;
  readonly directory: Directory;
  /** Who may always close, for when no directory answers; absent where nothing is kept of them. */
  readonly lastKnown?: LastKnown;
  /** Who is on call; without it nobody can tell. */
  readonly onCall?: OnCall;
  /** Who decides for whom; absent where nobody can. */
  readonly delegations?: Delegations;
  /** Whose pages are kept fresh; absent where nothing is kept of them. */
  readonly homes?: Homes;
  readonly rules: HouseRules;
  /** Tries connections from here, where that is wanted. */
  readonly witness?: Witness;
  /** What databases on disk say of addresses, where there are some. */
  readonly published?: PublishedNetworks;
  /** Takes work that nothing may wait for, not even the next look at the same machine. Without it, it is waited for. */
  readonly aside?: (work: Promise<void>) => void;
  /** Lets the calls of this work go before those of work that begins later, and of all that does not close where it `closes`; absent where nobody paces them. */
  readonly inOnePiece?: <T>(work: () => Promise<T>, closes?: boolean) => Promise<T>;
  /** Is told of each closing once it is proven. */
  readonly proven?: (request: Ended) => void;
  /** What the doctor looks through besides chats and clouds. */
  readonly examiners?: readonly Examiner[];
  /** What came of the last drill; absent where none is kept. */
  readonly drills?: DrillRecords;
  /** What is under way, a step at a time; absent where it is kept nowhere. */
  readonly ceremonies?: Ceremonies;
  /** Absent where no page is served. */
  readonly pages?: PageRoom;
  /** What the board shows; absent where there is none. */
  readonly board?: BoardRows;
  /** Absent where nobody signs in with a browser. */
  readonly browser?: BrowserRoom;
  /** What ticket systems say; absent where none is configured. */
  readonly tickets?: Tickets;
  /** Ways to be told that need no chat; absent where none is configured. */
  readonly ways?: readonly AlarmWay[];
  /** Breaking glass without a chat. */
  readonly offline?: Offline;
  /** Which configuration is approved, where changes need approval. */
  readonly ruleRecords?: RuleRecords;
  /** Does the store still keep what it is given? Throws `unsafeRedis`. Absent where nothing can be lost. */
  readonly keeps?: () => Promise<void>;
  /** Runs drills, in processes that serve chats. */
  readonly driller?: Driller;
  /** As what this process looks at machines, for records alone: `queue`, `patrol`, `command line`. */
  readonly via?: string;
  readonly log: Log;
  /** Traces what happens; absent where nobody reads it. */
  readonly traces?: Traces;
  /** Counts what happens; absent where nobody reads it. */
  readonly meter?: Meter;
  /** `n` random bytes. */
  readonly random: (n: number) => Uint8Array;
  /** A clock that only goes forward and counts the computer's sleep, in milliseconds: for time limits within one process, never for instants. */
  readonly monotonic: () => number;
  /** Throws why nothing may be opened now, as far as this process knows; absent where nothing ever keeps it from opening. */
  readonly mayOpen?: () => void;
  /** Throws `rulesDiffer` while processes live that judge by other rules; absent where there is one alone. */
  readonly mustAgree?: () => Promise<void>;
  /** Whose words are being answered, and through what they came: for the audit alone, never for judging. Absent for what the program does by itself. */
  readonly acting?: Actor;
}
