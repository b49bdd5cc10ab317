import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { FullSettings } from '../settings.ts';
import type { Changers } from './changers.ts';
import type { RevokedRules } from './revoked-rules.ts';
import type { Sites } from './sites.ts';

/** What every verb of this adapter works with. */
export interface Aws extends Clock {
  readonly sites: Sites;
  readonly marks: MarkSigner;
  readonly installation: string;
  readonly log: Log;
  /** Quotas of accounts and regions, and when they were read; without a number where they may not be. */
  readonly quotas: Map<string, { readonly at: number; readonly most?: number }>;
  readonly settings: FullSettings;
  readonly revoked: RevokedRules;
  /** Since when groups of leases were seen to be empty. */
  readonly emptySince: Map<string, number>;
  readonly changers: Changers;
}
