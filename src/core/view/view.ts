import type { Instant } from '../language/instant.ts';
import type { Line, Phrase, Shown } from '../language/text.ts';
import type { GlassVerdict } from '../request/break-glass.ts';

/** What changes a request. */
export type DecidingVerb =
  | 'approve'
  | 'deny'
  | 'withdraw'
  | 'revoke'
  | 'extend'
  | 'move'
  | 'less'
  | 'accept'
  | 'decline'
  | 'ask'
  | 'answer'
  | 'again'
  | GlassVerdict;

/** What a button does: `why` and `details` only tell, and `nudge` reminds. The card carries a verb, a request id and a version, and no authority. */
export type Verb = DecidingVerb | 'nudge' | 'why' | 'details';

export const VERBS = [
  'approve',
  'deny',
  'withdraw',
  'revoke',
  'extend',
  'move',
  'less',
  'accept',
  'decline',
  'ask',
  'answer',
  'again',
  'nudge',
  'why',
  'details',
  'right',
  'wrong',
] as const satisfies readonly Verb[];

export interface Button {
  readonly verb: Verb;
  readonly label: Phrase;
  readonly style: 'primary' | 'danger' | 'plain';
  /** Ask “are you sure”, with these words. */
  readonly confirm?: Phrase;
  /** What stands in its box at first. */
  readonly initial?: string;
}

/** How a card looks: one emoji and colour a tone. Never colour alone. `notice`: over, and a port is still open to some. `glass`: nobody approved it. */
export type Tone = 'waiting' | 'opening' | 'open' | 'glass' | 'closing' | 'closed' | 'notice' | 'refused' | 'alarm';

/** What the reader should know besides the facts. */
export interface Note {
  /** `alarm` is for what is open to everybody, or may be. */
  readonly tone: 'info' | 'warning' | 'alarm';
  readonly text: Line;
}

/** What somebody wrote, shown whole and as a quotation. */
export interface Remark {
  readonly by: Shown;
  readonly text: string;
}

export interface Fact {
  readonly label: Phrase;
  readonly value: Line;
}

/** One request as people see it: a projection of its newest state. */
export interface View {
  readonly request: string;
  /** Whose clock instants are on where the chat does not know its reader's: the owner's of a private chat, in a channel the requester's. */
  readonly zone?: string;
  readonly version: number;
  readonly tone: Tone;
  /** `Ada Okafor asks for access to web-1` while it waits, then `Access to web-1: open`. */
  readonly title: Phrase;
  /** One line on where it stands: `Open until 14:05`. */
  readonly status: Line;
  /** Both in one sentence: `Access to web-1: open until 14:05`. */
  readonly summary: Line;
  /** What a decision needs besides the reason, a line each: what, on which machine. Shown above the reason. */
  readonly brief: readonly Line[];
  /** Whom it waits for, or who let it in; below the reason. */
  readonly people: readonly Line[];
  /** All the rest, one press away. */
  readonly facts: readonly Fact[];
  /** What the requester wrote; shown as a quotation. */
  readonly justification: string;
  /** What those who decided or ended it wrote. */
  readonly remarks: readonly Remark[];
  /** The loudest first. */
  readonly notes: readonly Note[];
  /** All that somebody may press; of these each reader gets their own (readers.ts). */
  readonly buttons: readonly Button[];
  /** Where many read it: ids of those who may press something of their own, as far as the request names them. */
  readonly readers?: readonly string[];
  /** Where many read it: ids of those whom a new message may mention, so that each is called once a milestone; everybody where absent. */
  readonly calls?: readonly string[];
  /** The milestone to announce below the card, once a place: `asked`, `decided`, `open`, `ending`, `ended`, … */
  readonly announce: string;
  /** What the notification says; enough to act on by itself. */
  readonly headline: Line;
  /** The same for a place that sees it for the first time, where that is another: whoever is asked there heard of nothing before. */
  readonly first?: Line;
  /** While open: the end, for chats that can count down. */
  readonly until?: Instant;
}
