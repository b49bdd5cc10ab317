import type { ApprovedRules, ProposedRules } from '../core/policy/rule-change.ts';
import type { Who } from '../core/request/review.ts';

/** Which configuration is approved, and which one waits. Without them a changed file is taken up as it is. */
export interface RuleRecords {
  approved(): Promise<ApprovedRules | undefined>;
  /** Where else rules of this installation are approved, on the same Redis; undefined where nowhere. */
  elsewhere(): Promise<string | undefined>;
  /** Puts one back that was approved, and was lost by the store since. */
  putBack(rules: ApprovedRules): Promise<void>;
  /** Keeps the first one that nobody approved; gives whether there was none. */
  keepFirst(rules: ApprovedRules): Promise<boolean>;
  proposed(): Promise<(ProposedRules & { readonly approvedBy: readonly Who[] }) | undefined>;
  /** Takes the place of one that waits, whose approvals count no more. */
  propose(rules: ProposedRules): Promise<void>;
  /** Somebody approves it; gives all who did. */
  agree(code: string, who: Who): Promise<readonly Who[]>;
  /** It is approved; false where it does not wait any more. */
  take(rules: ApprovedRules): Promise<boolean>;
  /** It waits no more. */
  drop(code: string): Promise<boolean>;
}

/** The newest approved rules as this computer knew them last, outside of the store. */
export interface RuleMemory {
  /** Undefined where there are none, or none that this installation kept. */
  recall(): Promise<ApprovedRules | undefined>;
  keep(rules: ApprovedRules): Promise<void>;
}
