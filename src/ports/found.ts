import type { Instant } from '../core/language/instant.ts';
import type { MarkedRule } from '../core/rule/rule.ts';

/** What the patrol came across. */
export interface Found extends MarkedRule {
  /** The cloud's own clock (the `Date` of a reply), where it was told. */
  readonly cloudNow?: Instant;
}
