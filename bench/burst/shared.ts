import type { AwsSettings } from '../../adapters/aws/index.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Placement } from '../../src/core/rule/rule.ts';

export const INSTALLATION = 'bench';
export const MARK_KEYS = [{ id: 'k1', secret: 'a secret of the bench' }] as const;

/** What one round is about. */
export interface Burst {
  readonly machines: number;
  readonly leasesEach: number;
  /** When all of them end. */
  readonly until: Instant;
}

/** A machine with the rules that stand in its group. */
export interface Stood {
  readonly machine: MachineId;
  readonly name: string;
  readonly placements: readonly Placement[];
}

/** The simulated AWS of one round. */
export interface Furnished {
  readonly settings: AwsSettings;
  readonly stood: readonly Stood[];
}

/** What the simulated AWS saw of the closings. */
export interface Closings {
  readonly first: Instant;
  readonly last: Instant;
  /** Calls by action, from the end of the leases on. */
  readonly calls: Readonly<Record<string, number>>;
  /** Rules that still stand. */
  readonly left: number;
}

/** What a side is given: it has everything in place before the leases end. */
export interface Plan extends Furnished {
  readonly redisUrl: string;
  readonly until: Instant;
}
