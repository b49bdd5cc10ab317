import type { Language } from '../language/text.ts';
import type { Machine } from '../machine/machine.ts';
import type { ProtectedPort } from '../machine/protection.ts';
import type { Hearing } from '../people/hearing.ts';
import type { Person, Subject } from '../people/person.ts';
import { isMeant } from '../people/person.ts';
import type { Place } from '../people/place.ts';
import type { Port } from '../rule/port.ts';
import type { NamedSource, SourceNames } from '../rule/source.ts';
import type { Auto, ReasonRule } from './bounds.ts';
import type { Condition } from './condition.ts';
import type { DrillRules } from './drill.ts';
import type { During } from './during.ts';
import type { CardLimits, FloodLimits } from './floods.ts';
import type { Holds } from './holds.ts';
import type { Hours } from './hours.ts';
import { type MachinesMeant, matchMachine } from './machines.ts';
import type { Readers } from './readers.ts';
import type { ReviewRule } from './review.ts';
import type { RuleChanges } from './rule-change.ts';
import type { Stage } from './stage.ts';
import type { StepUp } from './step-up.ts';

/** Who may ask for what, from where, for how long, and who decides. */
export interface Policy {
  readonly name: string;
  readonly who: readonly Subject[];
  readonly machines: MachinesMeant;
  /** Covers nothing before and after. */
  readonly during?: During;
  /** The first is the default when somebody names no port. */
  readonly ports: readonly Port[];
  /** A source must lie within one of these; absent where it may be any. */
  readonly sources?: readonly NamedSource[];
  /** No source may have a part in any of these; absent: none is kept out. */
  readonly neverFrom?: readonly NamedSource[];
  /** The shortest prefix length that is allowed, for each family, unless any source is. */
  readonly widest: { readonly ipv4: number; readonly ipv6: number };
  /** Written permission to open to everybody. */
  readonly anySource: boolean;
  /** Written permission to open to the whole subnet of an Azure Bastion, however wide. */
  readonly bastion: boolean;
  /** Only where open sessions are cut when a rule goes. */
  readonly cutSessions: boolean;
  readonly longestMs: number;
  /** Written permission to ask for somebody else's access. */
  readonly onBehalf?: true;
  /** So far ahead a request may start; absent: a week. */
  readonly aheadMs?: number;
  /** When nobody says how long. */
  readonly usualMs?: number;
  readonly hours?: Hours;
  readonly because?: ReasonRule;
  readonly auto?: Auto;
  /** What must be so besides. */
  readonly when?: Condition;
  /** What an approver has to do besides pressing a button; absent: nothing. */
  readonly stepUp?: StepUp;
  /** Who decides: one after the other. */
  readonly stages: readonly Stage[];
  /** Written permission to move an open access to another address within these; absent: none. */
  readonly moveWithin?: readonly NamedSource[];
  /** Close it so long after its opening unless somebody connected by then; absent: it stays open until its end. */
  readonly endUnusedMs?: number;
  /** Written permission to extend without a decision, by so much in all. */
  readonly extendSelfUpToMs: number;
  /** So often at most; absent: as often as the time lasts. */
  readonly extendSelfTimes?: number;
  /** So long after a stage began, those who are asked are reminded. */
  readonly remindMs?: readonly number[];
  /** How long a request waits for an answer. */
  readonly unansweredMs: number;
  /** Nobody decides for somebody else. */
  readonly noDelegation?: true;
  readonly tell: readonly Place[];
}

/** Who may open at once where it burns, without a decision: judged as a policy is, and by itself. Nothing refuses what it allows. */
export interface BreakGlass extends Policy {
  readonly review: ReviewRule;
}

/** What it takes to break glass without a chat. */
export interface GlassKeys {
  /** Public keys of SSH, by the id of whoever they are enrolled for. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** What was kept of people counts for so long, while no directory answers. */
  readonly oldestMs: number;
}

/** What nobody may ask for, whatever other policies say. */
export interface Refusal {
  readonly name: string;
  /** Absent: everybody. */
  readonly who?: readonly Subject[];
  readonly machines: MachinesMeant;
  /** Absent: every port. */
  readonly ports?: readonly Port[];
  readonly during?: During;
  /** Why, in words for whoever asks. */
  readonly reason: string;
}

/** What drawbridge.yaml rules, as far as the use cases ask. */
export interface HouseRules {
  /** What is told to nobody in particular is in this language; absent: English. */
  readonly language?: Language;
  readonly policies: readonly Policy[];
  /** Looked at before any policy, in whatever place of the file they stand; absent: none. */
  readonly refusals?: readonly Refusal[];
  /** For its own people and its own way alone; absent: nobody may. */
  readonly breakGlass?: readonly BreakGlass[];
  /** Who may do so without a chat; absent: nobody. */
  readonly glassKeys?: GlassKeys;
  /** Who may protect machines from chat. */
  readonly protectors: readonly Subject[];
  /** Who may list and close anything at any time. */
  readonly security: readonly Subject[];
  /** Is what people hold who left closed (unless `keep`)? */
  readonly leaver?: 'close' | 'keep';
  /** Who may read what is somebody else's, beside `security`; absent: nobody. */
  readonly readers?: readonly Readers[];
  readonly shortestMs: number;
  /** The sources that have a name, in the order of the file. */
  readonly sources: SourceNames;
  readonly digest?: Digest;
  /** Who approves a changed configuration; absent: nobody has to. */
  readonly policyChanges?: RuleChanges;
  /** Places that are told of trouble with the program itself; absent where none is named. */
  readonly operators?: readonly Place[];
  /** What channels want to hear of requests, by `placeKey`; a channel that is not here: everything. */
  readonly hearings?: ReadonlyMap<string, Hearing>;
  /** On what a drill may be run; absent: on nothing. */
  readonly drill?: DrillRules;
  /** How many requests there may be at once; as usual (`FLOOD_LIMITS`) where it is not said. */
  readonly floods?: FloodLimits;
  /** How many cards of their own an approver gets at once; as usual (`CARD_LIMITS`) where it is not said. */
  readonly cards?: CardLimits;
  /** Keys of machines' tags that cards show among their details; absent: none. */
  readonly cardTags?: readonly string[];
  /** What is to be protected whoever asks; absent: nothing. */
  readonly protections?: readonly ProtectionEntry[];
}

/** Machines that the file wants protected at these ports. The first entry of a machine and a port is the one that counts. */
export interface ProtectionEntry {
  readonly name: string;
  readonly machines: MachinesMeant;
  readonly ports: readonly ProtectedPort[];
  /** Standing rules that open these ports are closed, once somebody agreed to a page that shows what that changes; it goes to these places. */
  readonly lockdown?: { readonly ask: readonly Place[] };
}

/** When and where it is told every day what should be protected. */
export interface Digest {
  /** Minute of the day in the zone. */
  readonly atMinute: number;
  /** IANA time zone. */
  readonly zone: string;
  readonly tell: readonly Place[];
}

/** Policies under which this person may ask for this machine at all, now or at another time, in the file's order. */
export function policiesFor(policies: readonly Policy[], person: Person, machine: Machine): readonly Policy[] {
  return policies.filter((policy) => covers(policy, person, machine) !== false);
}

/** Does it mean this person and this machine? */
export function covers(one: Policy | Refusal, person: Person, machine: Machine): Holds {
  if (one.who && !isMeant(person, one.who)) return false;
  return matchMachine(one.machines, machine);
}
