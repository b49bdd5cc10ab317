import type { Instant } from '../language/instant.ts';
import type { MachineId } from '../machine/machine.ts';
import type { ChatName, Place } from '../people/place.ts';
import type { Quorum } from '../policy/approval.ts';
import type { Ticket } from '../policy/bounds.ts';
import type { Hurried } from '../policy/hurried.ts';
import type { Approver } from '../policy/stage.ts';
import type { Port } from '../rule/port.ts';
import type { Placement, StandingRule } from '../rule/rule.ts';
import type { NamedSource } from '../rule/source.ts';
import type { AskedAgain } from './asked-again.ts';
import type { GlassBroken } from './break-glass.ts';
import type { Question } from './conversation.ts';
import type { Cut } from './cut.ts';
import type { Early } from './early.ts';
import type { Ending, Extension, Lease, OpenLease, Proof, Trouble } from './lease.ts';
import type { Moved } from './moved.ts';
import type { Offer } from './offer.ts';
import type { Review, Who } from './review.ts';
import type { Unused } from './unused.ts';
import type { Whose } from './whose.ts';

/** What was asked and all that happened to it since: the one thing stored. Changed only through life.ts. */
export type Request = Pending | Scheduled | Refused | Activating | Active | Closing | Ended;

/** What every request holds, whatever became of it. */
interface Asked {
  /** Short and speakable: `k7m3q9w`. */
  readonly id: string;
  /** Grows by one with every commit; a commit names the version that it replaces. */
  readonly version: number;
  readonly askedAt: Instant;
  /** When the request for more was asked that this one is less of: stages and ladders count from then. */
  readonly askedFirst?: Instant;
  /** Whose access it is. */
  readonly requester: Who;
  /** Who asked for it, where that is somebody else. */
  readonly askedBy?: Who;
  readonly machine: MachineId;
  readonly machineName: string;
  /** Where it is, in a few words, as it was when it was asked for. */
  readonly location?: string;
  /** What stays the same of a machine for as long as it lives: one made anew under its id has another. */
  readonly identity?: string;
  /** Where people connect to from the source, as it was at the last judgement; absent where the cloud does not tell. */
  readonly addresses?: readonly string[];
  /** Requested with others in one command: its id, and all that were named. Each is decided, opened and closed on its own. */
  readonly together?: {
    readonly id: string;
    readonly machines: readonly string[];
    /** The ids of all that share one card a place; absent where each has its own. */
    readonly members?: readonly string[];
  };
  readonly ports: readonly Port[];
  /** Canonical CIDR. */
  readonly source: string;
  /** The name of the configuration that stood for the source when it was asked for. */
  readonly sourceName?: string;
  /** Whose the source is, as far as that was known when it was asked for. */
  readonly whose?: Whose;
  /** The name of the Azure Bastion whose subnet the source is. */
  readonly bastion?: string;
  readonly forMs: number;
  /** When it is to start, where that is later than its approval: it ends `forMs` after it. */
  readonly startsAt?: Instant;
  /** It ends earlier than was approved. */
  readonly early?: Early;
  /** When it ends at the latest, however late it is approved: it was asked for until then. */
  readonly endBy?: Instant;
  readonly justification: string;
  /** The tickets that it hangs on: it ends when one of them is closed. */
  readonly tickets?: readonly Ticket[];
  /** The lease of a drill: no policy and no approval, but the setting `drill`. */
  readonly drill?: true;
  /** Somebody else wrote it to Redis, or a version that sealed nothing: it opens nothing, and is decided by nobody. */
  readonly isUnsealed?: true;
  /** Opened without a decision, loudly: what is owed for it. */
  readonly breakGlass?: GlassBroken;
  /** The policies that it was judged by last, one or more for all its ports; judged again at each decision and before it opens. */
  readonly policies: readonly string[];
  /** What these policies demanded then, a line for each stage; absent where a version asked that did not keep it. */
  readonly demands?: readonly string[];
  /** What approvers asked the requester, the oldest first. */
  readonly questions?: readonly Question[];
  /** What an approver would approve of it; where it was accepted, another request comes after this one. */
  readonly offer?: Offer;
  /** What the same person asked for on the machine within a day before, where they did. */
  readonly earlier?: Earlier;
  /** Tags of the machine that cards show, as they were when it was asked for. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The request that this one comes after: it was asked again, or for less. */
  readonly follows?: string;
  /** The `traceparent` of the last click that changed it (W3C Trace Context): for traces alone. Absent where nothing is traced. */
  readonly trace?: string;
  /** Where it may be moved to without another decision, as the policies said when it was judged last; none, or absent: nowhere. */
  readonly moveWithin?: readonly NamedSource[];
  /** Whether it is closed early where nobody connects; absent: no policy of it wants that. */
  readonly unused?: Unused;
  /** The one that it comes after was moved here. */
  readonly moved?: Moved;
  /** How the one that it comes after was denied. */
  readonly denied?: { readonly by: Who; readonly at: Instant; readonly reason?: string };
  /** What these said then: a short hash. Absent where a version judged it that kept none. */
  readonly policyVersion?: string;
  /** Who was asked to decide. Addressing only: whether somebody may decide is judged at the click. */
  readonly asked: readonly AskedPerson[];
  /** Who could decide, and was not asked: they are out of office, or not at work at that hour. */
  readonly leftOut?: readonly (Who & { readonly why: 'away' | 'off work' })[];
  /** Places that took no card while it waited, and whose they are; each is told once. */
  readonly unreached?: readonly Unreached[];
  /** When others were asked before their time, as too few of those who decide could be told. */
  readonly hurried?: readonly Hurried[];
  /** Who is asked and got no card of their own, as they had got so many. */
  readonly heldBack?: readonly HeldBack[];
  /** Every place that holds a card of this request. */
  readonly places: readonly Place[];
  readonly reviews: readonly Review[];
  /** Whose reviews it no longer has. */
  readonly named?: readonly Who[];
  /** Rules of others that keep a port of the machine open, as last seen. */
  readonly standing: readonly StandingRule[];
  /** Are open sessions cut at the end, as it was when it was asked? */
  readonly cutsSessions?: boolean;
  /** Why they are not, in a few words, where the cloud told. */
  readonly sessionsStay?: string;
  /** What the cloud said, when it was asked, of how it will be closed. */
  readonly warnings?: readonly string[];
  readonly timeline: readonly Moment[];
}

/** So much was asked for before. */
export interface Earlier {
  readonly count: number;
  readonly denied: number;
}

/** A place that took no card. */
export interface Unreached {
  readonly place: Place;
  /** The chat's own code for why. */
  readonly code: string;
  /** Whose chat it is; absent of a channel. */
  readonly who?: Who;
  /** They are asked in this chat in its place; whether that reached them shows there. */
  readonly instead?: ChatName;
}

/** Somebody who is asked to decide. */
export interface AskedPerson extends Who {
  /** As what: the policy’s word that means them, such as `manager` or `onCall:payments`. */
  readonly as?: Approver;
  /** They have no chat of their own here: nobody tells them. */
  readonly isUntold?: true;
  /** In whose place they are asked. */
  readonly for?: Who;
}

/** Somebody who is asked and got no card of it in their own chat, since they had got so many: they are told in a summary. */
export interface HeldBack {
  readonly id: string;
  /** Since when; absent: since it was asked. */
  readonly since?: Instant;
  /** When the summary told them. */
  readonly toldAt?: Instant;
}

/** There is something left to do for it. */
interface Watched {
  /** When to look next: the score in the due index. */
  readonly lookAt: Instant;
}

interface Troubled {
  /** The last thing that did not work, while it still does not. */
  readonly trouble?: Trouble;
}

/** Waits for a decision. */
export interface Pending extends Asked, Watched {
  readonly status: 'pending';
  /** When it expires unanswered. */
  readonly answerBy: Instant;
  /** It is asked again, since something is not as it was shown: decisions on what older versions showed count no more. */
  readonly again?: AskedAgain;
  /** How far the approvals have come, as it was judged last: one for each stage. */
  readonly quorum?: readonly Quorum[];
  /** When others may approve as well, where it comes to that. */
  readonly escalatesAt?: Instant;
  /** When those who are asked are reminded, the next time first. */
  readonly reminders?: readonly Instant[];
}

/** Approved, and its time is still to come: nothing is opened before. */
export interface Scheduled extends Asked, Watched {
  readonly status: 'scheduled';
  readonly startsAt: Instant;
}

/** Over before anything was opened. */
export interface Refused extends Asked {
  readonly status: 'denied' | 'withdrawn' | 'expired';
}

interface Extensible {
  /** An extension that waits for a decision. Until it is approved the old end holds. */
  readonly extension?: Extension;
}

/** Approved, and not open yet. */
export interface Activating extends Asked, Watched, Troubled, Extensible {
  readonly status: 'activating';
  readonly lease: Lease;
}

export interface Active extends Asked, Watched, Troubled, Extensible {
  readonly status: 'active';
  readonly lease: OpenLease;
  /** The five-minute warning was given for this end. */
  readonly remindedFor?: Instant;
}

/** Its rules should exist now, as long as its end has not come. */
export type InForce = Activating | Active;

export interface Closing extends Asked, Watched, Troubled {
  readonly status: 'closing';
  readonly lease: Lease;
  readonly ending: Ending;
}

export interface Ended extends Asked, Troubled, Partial<Watched> {
  readonly status: 'ended';
  readonly lease: Lease;
  readonly ending: Ending;
  readonly proof: Proof;
  /** Look at the cloud again until then, for a rule that lands late. */
  readonly watchUntil?: Instant;
  /** What becomes of open sessions, where the machine has to be told. */
  readonly cut?: Cut;
}

/** Whatever was approved, once or now. */
export type Approved = InForce | Closing | Ended;

export function isInForce(request: Request): request is InForce {
  return request.status === 'activating' || request.status === 'active';
}

export function isApproved(request: Request): request is Approved {
  return isInForce(request) || request.status === 'closing' || request.status === 'ended';
}

/** Where its rules are, or were; none before it was approved. */
export function placementsOf(request: Request): readonly Placement[] {
  return isApproved(request) ? request.lease.placements : [];
}

/** Over, was it open before? */
export function wasOpen({ lease }: Approved): boolean {
  return lease.openedAt !== undefined;
}

/** The extension that waits for a decision. */
export function extensionOf(request: Request): Extension | undefined {
  return isInForce(request) ? request.extension : undefined;
}

/** Does it, or its extension, wait for a decision? */
export function isWaiting(request: Request): boolean {
  return request.status === 'pending' || extensionOf(request) !== undefined;
}

/** One line of a request's timeline. */
export interface Moment {
  readonly at: Instant;
  readonly event: string;
  readonly by?: string;
  readonly text?: string;
  /** The version of the card on which it was pressed: pressed there again, it is the same. Absent where none was. */
  readonly shown?: number;
}

const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';

/** May this be the id of a request, in its letters? */
export function isRequestId(word: string): boolean {
  return /^[2-9a-z]{7}$/.test(word);
}

/** Seven letters and digits without look-alikes, from random bytes: 31^7 ids. A clash is refused by the store. */
export function requestId(random: Uint8Array): string {
  return [...random.slice(0, 7)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}
