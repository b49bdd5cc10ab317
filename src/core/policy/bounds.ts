import type { NamedSource } from '../rule/source.ts';

/** Written permission to let in without a decision, within these bounds. */
export interface Auto {
  /** Only from within these; absent: from wherever the policy allows. */
  readonly from?: readonly NamedSource[];
  readonly upToMs: number;
}

/** What a reason has to have. */
export interface ReasonRule {
  /** One of its words must be like this. */
  readonly ticket?: { readonly text: string; readonly isIn: (word: string) => boolean };
  readonly leastLetters?: number;
  /** The ticket system that is asked whether it is open. */
  readonly check?: string;
}

/** A ticket, in a system of the configuration. */
export interface Ticket {
  readonly system: string;
  readonly id: string;
}
