import type { Code, KeptError } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import type { Quorum } from '../policy/approval.ts';
import type { Port } from '../rule/port.ts';
import type { Way } from '../rule/reach.ts';
import type { Placement } from '../rule/rule.ts';
import type { MovedTo } from './moved.ts';
import type { Review, Who } from './review.ts';

/** What an approved request allows: its rules until an instant that was fixed at the approval. */
export interface Lease {
  readonly from: Instant;
  readonly until: Instant;
  /** Kept here before the cloud is called. */
  readonly placements: readonly Placement[];
  readonly openedAt?: Instant;
  /** The end that the cloud was last seen to carry; another one than `until` means that a remark is owed. */
  readonly seenUntil?: Instant;
  /** Where to connect, when the cloud says (a firewall's public address and port). */
  readonly connect?: string;
}

/** Of rules that were opened. */
export interface OpenLease extends Lease {
  readonly openedAt: Instant;
  readonly seenUntil: Instant;
}

export interface Extension {
  readonly by: Who;
  readonly at: Instant;
  /** The request's version that asked: a button of an older card cannot decide it. */
  readonly version: number;
  /** How much longer than the present end. */
  readonly forMs: number;
  readonly answerBy: Instant;
  readonly reviews: readonly Review[];
  readonly quorum?: readonly Quorum[];
  readonly escalatesAt?: Instant;
  readonly reminders?: readonly Instant[];
}

export interface Trouble {
  readonly code: Code;
  readonly say: string;
  /** What its sentence was filled with. */
  readonly words?: KeptError['words'];
  readonly since: Instant;
  /** In vain; 0 while it waits for its turn alone. */
  readonly tries: number;
}

/** Why access is over. `say` are words for people: a reason that was given, or what failed. */
export type Ending =
  | { readonly why: 'elapsed'; readonly at: Instant }
  | {
      readonly why: 'revoked';
      readonly at: Instant;
      readonly by: Who;
      readonly say?: string;
      readonly movedTo?: MovedTo;
    }
  | ({ readonly why: 'failed'; readonly at: Instant } & KeptError);

/** What reading the cloud back showed after closing, for each port that was asked for. Only `closed` may be called proven. */
export interface Proof {
  readonly at: Instant;
  /** The worst of its ports. */
  readonly verdict: PortProof['verdict'];
  /** The worst first. */
  readonly ports: readonly PortProof[];
  /** What the audit has signed of it: its code, and the cloud's own time of it where that tells (core/evidence/receipt.ts). */
  readonly receipt?: { readonly code: string; readonly cloudAt?: Instant };
}

/**
 * Ours is gone, or another lease of ours still needs it until `until`; and of everything else:
 *
 *   open      something else opens the port, widest first
 *   unknown   nobody can tell, and why
 *   shared    nothing else opens it
 *   closed    nothing opens it
 */
export type PortProof = { readonly port: Port } & (
  | { readonly verdict: 'open'; readonly ways: readonly Way[]; readonly until?: Instant }
  | { readonly verdict: 'unknown'; readonly why: string; readonly until?: Instant }
  | { readonly verdict: 'shared'; readonly until: Instant }
  | { readonly verdict: 'closed' }
);
