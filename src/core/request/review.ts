import type { Instant } from '../language/instant.ts';
import type { StepUp } from '../policy/step-up.ts';

export interface Who {
  readonly id: string;
  readonly name: string;
}

/** Stands for the id of a person where somebody acted at the command line: no person's id has a blank. */
export const COMMAND_LINE = 'command line';

export interface Review {
  readonly by: Who;
  readonly at: Instant;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string;
  /** Whom they decided for; absent: they may decide themselves. */
  readonly for?: Who;
  /** The digest of what was approved (`seen.ts`); absent where a version approved that did not keep it. */
  readonly seen?: string;
  /** What the approver proved besides. */
  readonly stepUp?: StepUp;
  /** The request for more that was approved: this one is less of it. */
  readonly more?: string;
  /** Of the policies that it was decided under, as they were then. */
  readonly policyVersion?: string;
  /** It was about more time, and not about the request itself. */
  readonly extension?: true;
}

/** Records of older versions do not say it; but nothing of a request that was approved is denied but more time. */
export function isOfExtension({ extension, verdict }: Review, status: string): boolean {
  return extension === true || (verdict === 'deny' && status !== 'denied');
}
