import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { RevokedRules } from '../lease/revoked.ts';
import type { FullSettings } from '../settings.ts';
import type { Sites } from './sites.ts';

/** What every verb of this adapter works with. */
export interface Aws {
  readonly sites: Sites;
  readonly marks: MarkSigner;
  readonly installation: string;
  readonly log: Log;
  /** The process clock, for what is kept a while only. */
  now(): number;
  /** Quotas of accounts and regions, and when they were read; without a number where they may not be. */
  readonly quotas: Map<string, { readonly at: number; readonly most?: number }>;
  readonly settings: FullSettings;
  readonly revoked: RevokedRules;
  /** Since when groups of leases were seen to be empty. */
  readonly emptySince: Map<string, number>;
  /** Waits, or throws when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}
