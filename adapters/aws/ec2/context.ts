import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { Closed } from '../lease/closed.ts';
import type { AwsSettings } from './clients.ts';
import type { Sites } from './sites.ts';

export type Strategy = 'dedicated' | 'perRequest';

/** What every verb of this adapter works with. */
export interface Aws {
  readonly sites: Sites;
  readonly marks: MarkSigner;
  readonly installation: string;
  /** A rule for each lease in the machine's own group, or a group for each (`perRequest`). */
  readonly strategy: Strategy;
  readonly log: Log;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Quotas of accounts and regions, and when they were read; without a number where they may not be. */
  readonly limits: Map<string, { readonly at: number; readonly most?: number }>;
  readonly settings: AwsSettings;
  /** The longest that one call may take. */
  readonly callMs: number;
  readonly closed: Closed;
  /** Since when groups of leases were seen to be empty. */
  readonly emptySince: Map<string, number>;
  /** Waits, or throws when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}
