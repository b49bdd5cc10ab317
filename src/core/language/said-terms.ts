import type { Port } from '../rule/port.ts';
import type { SaidTarget } from './target.ts';
import type { TermTime } from './term-times.ts';
import type { Token } from './token.ts';

/** What may stand in terms, besides ports, a time and a source. */
export interface TermsWanted {
  /** So many machines at most. */
  readonly machines: number;
  /** No end by the clock, and several sources. */
  readonly isLimits?: true;
  /** Machines need no comma between them. */
  readonly isSpaced?: true;
  /** What is not understood is not taken for a reason. */
  readonly noReason?: true;
  /** Reads what else may stand there: how many words from one on are its own. */
  readonly others?: OtherTerms;
}

/** How many words from one on are theirs; none where it is something else. */
export interface OtherTerms {
  readonly take: (tokens: readonly Token[], at: number) => number;
  /** The same of a start behind `from`. */
  readonly behindFrom?: (tokens: readonly Token[], at: number) => number;
  /** The same of a moment that stands there without `at` or `until`; it may be a name as well. */
  readonly alone?: (tokens: readonly Token[], at: number, mayBeName: boolean) => number;
}

export interface SaidTerms extends TermTime {
  readonly targets: readonly SaidTarget[];
  readonly ports: readonly Port[];
  /** As they were typed; each can be read. */
  readonly sources: readonly string[];
  readonly isMe?: true;
  /** Words that can only be a reason. */
  readonly reason?: string;
  /** A word behind `for` that may be somebody's name, where a reason stands there anyway. */
  readonly somebody?: string;
}
