import type { Code } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import type { LockdownWay } from '../machine/lockdown.ts';
import type { CloudName, MachineId } from '../machine/machine.ts';
import type { Person } from '../people/person.ts';
import type { ChatName, OutsideChat } from '../people/place.ts';
import type { Port } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';

/** A person, and the chat account they spoke through where they did. */
export interface PersonActing {
  readonly person: Pick<Person, 'id' | 'name'>;
  readonly chat?: ChatName;
  /** Slack user id, or Entra object id. */
  readonly account?: string;
  /** What they spoke through, where it was no chat. */
  readonly through?: OutsideChat;
}

/** A user of the computer that Drawbridge runs on. */
export interface CommandLine {
  readonly user: string;
  readonly host: string;
}

/** Who acts; `drawbridge` is the program by itself, `configuration` what stands in drawbridge.yaml. */
export type Actor = PersonActing | CommandLine | 'drawbridge' | 'configuration';

/** As what somebody acts: what gave them the right to. */
export type Capacity =
  | 'requester'
  | 'approver'
  | 'reviewer'
  | 'protector'
  | 'security'
  | 'owner'
  | 'commandLine'
  | 'patrol'
  | 'reader'
  | 'program';

/** `begun` is written before the first call; `shown` is a page that asks for consent. */
export type ActOutcome = 'begun' | 'done' | 'failed' | 'refused' | 'shown';

/** Signed: what was read back after closing, and when (core/evidence/receipt.ts). */
export interface Receipt {
  /** What it is called in a message. */
  readonly code: string;
  readonly installation: string;
  /** By the store's time. */
  readonly at: Instant;
  /** By the cloud's own clock, where it tells. */
  readonly cloudAt?: Instant;
  /** The last line of a signed note. */
  readonly signature: string;
}

/** What an act is about, as far as it is known. */
export interface AuditFacts {
  readonly cloud?: CloudName;
  readonly machine?: MachineId;
  readonly machineName?: string;
  readonly ports?: readonly Port[];
  /** Ports with the limits that they are protected with, a line each. */
  readonly limits?: readonly string[];
  /** Whose request or lease it is. */
  readonly requester?: Pick<Person, 'id' | 'name'>;
  /** The canonical source of the request or rule. */
  readonly source?: string;
  /** The name of the configuration that stood for it. */
  readonly sourceName?: string;
  readonly until?: Instant;
  /** When it is to start, where that is later than its approval. */
  readonly startsAt?: Instant;
  readonly policies?: readonly string[];
  /** What these said then: a short hash. */
  readonly policyVersion?: string;
  readonly request?: string;
  /** The request that this one comes after: it was asked again, for less, or from elsewhere. */
  readonly follows?: string;
  /** The version of the request that came of it. */
  readonly version?: number;
  /** The digest of what was approved (`core/request/seen.ts`). */
  readonly decision?: string;
  /** Calls that the cloud carried out for it, with the cloud's own ids: `AuthorizeSecurityGroupIngress 9a6…`. */
  readonly calls?: readonly string[];
  /** What was read back after closing, a port each: `22 closed`. */
  readonly proof?: readonly string[];
  readonly receipt?: Receipt;
  /** Signed, a note for each of somebody's IDs: that they were erased (core/evidence/erasure.ts). */
  readonly erasure?: readonly string[];
  /** Signed, a note: that what is older was deleted (core/evidence/retained.ts). */
  readonly retention?: string;
  /** Rules of others: to be closed when it begins; closed, or put back, when it is done. */
  readonly standing?: readonly StandingRule[];
  readonly way?: LockdownWay;
  /** Ids of the records that are put back. */
  readonly undo?: readonly string[];
  /** What putting back opens, in sentences. */
  readonly opens?: readonly string[];
  /** What stays as it was, in sentences. */
  readonly stays?: readonly string[];
  /** The code of the page that was seen before. */
  readonly page?: string;
  readonly code?: Code;
  /** Why, in Drawbridge's own words. */
  readonly why?: string;
  /** What the actor wrote. */
  readonly words?: string;
}

/** What `why` says of an act that found all as it was to be. */
export const NOTHING_CHANGED = 'nothing had to be changed';

/** One line of evidence. A commit has one; every other act has one before its first call, and one with its outcome. */
export interface AuditEntry extends AuditFacts {
  /** The same in all entries of one act: `k7m3q9x-3` for version 3 of a request. */
  readonly act: string;
  /** Of a request: `asked`, `approved`, `opened`, …, and `request` where it was refused before there was one; `protect`, `unprotect`, `lock down`, `put back`, `consent`, `close found`, `close all`, `reattach`, `detach`, `drill`, `break glass`, `broke glass`, `link`, `unlink`, `delegate`, `end delegation`, `doctor`, `rules`, `configure`, `start`, `audit key`, `retain`, `erase`, `post again`, `log compared`, `log unread`, `sign in`; `explain` and `read`, which change nothing. All of them: docs/audit.md. */
  readonly event: string;
  readonly outcome: ActOutcome;
  readonly by: Actor;
  readonly as: Capacity;
}
