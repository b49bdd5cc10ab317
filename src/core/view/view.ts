import type { Instant } from '../language/instant.ts';
import type { Line } from '../language/text.ts';

/** What a button does. The card carries a verb, a request id and a version, and no authority. */
export type Verb = 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend';

/** The verbs that cannot be carried out without a reason: the chat asks for one. */
export const NEEDS_REASON: ReadonlySet<Verb> = new Set(['deny']);

export interface Button {
  readonly verb: Verb;
  readonly label: string;
  readonly style: 'primary' | 'danger' | 'plain';
  /** Ask “are you sure”, with these words. */
  readonly confirm?: string;
}

/** How a card looks: one emoji and colour a tone. Never colour alone. */
export type Tone = 'waiting' | 'opening' | 'open' | 'closing' | 'closed' | 'refused' | 'alarm';

/** One request as people see it: a projection of its newest state. */
export interface View {
  readonly request: string;
  readonly version: number;
  readonly tone: Tone;
  /** `Ada Okafor asks for access to web-1`. */
  readonly title: string;
  /** One line on where it stands: `Open until 14:05`. */
  readonly status: Line;
  readonly facts: readonly { readonly label: string; readonly value: Line }[];
  /** What the requester wrote; shown as a quotation. */
  readonly justification: string;
  /** Warnings and what the reader should know: standing rules, trouble. */
  readonly notes: readonly Line[];
  readonly buttons: readonly Button[];
  /** The milestone to announce below the card, once a place: `asked`, `decided`, `open`, `ending`, `ended`, … */
  readonly announce: string;
  readonly headline: Line;
  /** While open: the end, for chats that can count down. */
  readonly until?: Instant;
}
