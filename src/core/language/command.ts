import type { LockdownWay } from '../machine/lockdown.ts';
import type { Port } from '../rule/port.ts';
import type { BASTION } from './asked-source.ts';
import type { DelegateAsk } from './delegate-ask.ts';
import type { Instant } from './instant.ts';
import type { Until } from './until.ts';
import type { Topic } from './usage.ts';

export type Command =
  | { readonly verb: 'request'; readonly ask?: Ask; readonly typed?: Typed }
  | { readonly verb: 'break-glass'; readonly ask?: Ask & GlassConsent; readonly typed?: Typed }
  | { readonly verb: 'list'; readonly all?: true; readonly whose?: 'mine' | 'pending' }
  | { readonly verb: 'whoami' }
  | { readonly verb: 'help'; readonly about?: Topic }
  | { readonly verb: 'home' | 'recommend' | 'lockdowns' | 'machines' | 'doctor' }
  | { readonly verb: 'board' }
  | { readonly verb: 'close all'; readonly confirm?: string; readonly reason?: string }
  | ({ readonly verb: 'protect' } & ProtectAsk)
  | { readonly verb: 'unprotect'; readonly machine: string }
  | { readonly verb: 'drill'; readonly machine?: string }
  | { readonly verb: 'link'; readonly code?: string }
  | { readonly verb: 'links' }
  | { readonly verb: 'address'; readonly which?: string }
  | { readonly verb: 'match'; readonly which: string; readonly number: string }
  | { readonly verb: 'unlink'; readonly which?: string }
  | ({ readonly verb: 'why' } & WhyAsk)
  | ({ readonly verb: 'explain' } & ExplainAsk)
  | ({ readonly verb: 'restore' } & RestoreAsk)
  | ({ readonly verb: 'consent' } & ConsentAsk)
  | ({ readonly verb: 'rules' } & RulesAsk)
  | { readonly verb: 'revoke' | 'withdraw'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'delegate'; readonly ask: DelegateAsk }
  | { readonly verb: 'nudge'; readonly which?: string }
  | { readonly verb: 'show'; readonly which?: string }
  | { readonly verb: 'approve' | 'deny'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'less'; readonly which?: string; readonly reason?: string; readonly less: LessAsk }
  | { readonly verb: 'ask' | 'answer'; readonly which?: string; readonly words?: string }
  | { readonly verb: 'accept' | 'decline'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'again'; readonly which?: string }
  | { readonly verb: 'reviews' }
  | ReviewAsk
  | ({ readonly verb: 'move' } & MoveAsk)
  | { readonly verb: 'extend'; readonly which?: string; readonly forMs?: number; readonly until?: Until };

/** `protect web-1, web-2 usual`, `protect tag:env=prod 22 from 203.0.113.0/24 for 3h`, as typed. */
export interface ProtectAsk {
  /** Names and ids, `tag:<key>=<value>`, or `not-configured`: one at least. */
  readonly which: readonly string[];
  /** Absent: show the form. */
  readonly ports?: 'usual' | PortLimits;
  /** What becomes of others' rules that open these ports. Absent: show them and ask, if there are any. */
  readonly standing?: LockdownWay | 'leave';
  /** Although another product opens the machine on request. */
  readonly anyway?: true;
  /** The code of the page that showed what will change. */
  readonly confirm?: string;
}

/** `why <machine> [port] [from <source>]`: can this packet get in now? */
export interface WhyAsk {
  readonly machine: string;
  /** Absent: the first one that is protected. */
  readonly port?: Port;
  /** Absent: the source of the person's last request. */
  readonly source?: string;
}

/** `<ports> [from <cidr> [or <cidr>]] [for 3h]`: what may be asked for at these ports, as typed. */
export interface PortLimits {
  readonly ports: readonly Port[];
  /** Empty: any. */
  readonly sources: readonly string[];
  readonly forMs?: number;
}

/** `request <machine> [ports] [for 2h] [from <cidr>] because <reason>`, as typed. */
export interface Ask {
  readonly machine: string;
  /** Empty: the policy's first port. */
  readonly ports: readonly Port[];
  readonly forMs?: number;
  /** When it ends at the latest, however late it is opened; `forMs` is the time until then. */
  readonly until?: Until;
  /** A canonical prefix, the name of a source, or the subnet of the Azure Bastion that reaches the machine. */
  readonly source?: string | typeof BASTION;
  /** From wherever they are themselves: `from me`. */
  readonly isMe?: true;
  /** When it is to start, as it was typed: `at tomorrow 9:00`. Absent: once it is approved. */
  readonly start?: string;
  /** When that is, on the clock of whoever typed it. */
  readonly startsAt?: Instant;
  /** More machines that the same is requested of, each on its own. */
  readonly others?: readonly string[];
  /** Whom it is for, as they were typed; absent: whoever asks. */
  readonly whom?: string;
  readonly justification: string;
}

/** What was typed of a request where something is missing: the form asks for the rest. */
export type Typed = Partial<Ask>;

/** `explain <machine> [ports] [for 2h] [from <source>]`: what would become of such a request? */
export type ExplainAsk = Omit<Ask, 'justification'> & { readonly justification?: string };

/** `[ports] [for 30m] [from <source>]`: what somebody would approve of a request; what is not said stays as it was asked for. */
export interface LessAsk {
  /** Empty: all of them. */
  readonly ports: readonly Port[];
  readonly forMs?: number;
  readonly source?: string;
}

/** `break-glass <machine> [ports] … [confirm <code>] because <reason>`, but for what it asks for. */
export interface GlassConsent {
  /** The code of the page that said who will be told. */
  readonly confirm?: string;
}

/** `consent`, `consent 3f2a90bc11de`, `consent confirm 3f2a90bc11de`, as typed. */
export interface ConsentAsk {
  /** Of the page that is meant. Absent: list them. */
  readonly code?: string;
  /** It was seen, and what it shows may be closed. */
  readonly confirm?: true;
}

/** `restore web-1 everything accepting 3f2a90bc11de confirm a1b2c3`, as typed. */
export interface RestoreAsk {
  /** A machine, or an undo record by its id. */
  readonly which: string;
  /** Also what somebody removed since. */
  readonly whole?: true;
  /** The beginnings of the hashes of records that are not signed. */
  readonly accepting: readonly string[];
  /** The code of the page that showed what will be open. */
  readonly confirm?: string;
}

/** `move web-1 from 203.0.113.9`, as typed. */
export interface MoveAsk {
  readonly which?: string;
  /** A canonical prefix, or the name of a source. Absent: the page that sees it is shown. */
  readonly source?: string;
  /** From wherever they are themselves: `from me`. */
  readonly isMe?: true;
}

/** `review <id> right because <words>`, as typed. */
export interface ReviewAsk {
  readonly verb: 'right' | 'wrong';
  readonly which: string;
  readonly reason?: string;
}

/** `rules`, `rules approve 3f2a90bc11de`, `rules reject 3f2a90bc11de`, as typed. */
export interface RulesAsk {
  /** Absent: show them. */
  readonly verdict?: 'approve' | 'reject';
  readonly code?: string;
}
