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
  /** Whether AWS is called through a gate that can be shut. */
  readonly isGated?: boolean;
  /** Whether EC2's token buckets are on. */
  readonly isThrottled?: boolean;
  /** Machines beyond these that have no lease. */
  readonly more?: number;
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
  /** AWS itself, where the settings lead through a gate. */
  readonly behindGate: string;
  readonly stood: readonly Stood[];
}

/** What the simulated AWS saw of the closings. */
export interface Closings {
  readonly first: Instant;
  readonly last: Instant;
  /** Calls by action, from the end of the leases on. */
  readonly calls: Readonly<Record<string, number>>;
  /** Those of them that the token buckets refused. */
  readonly refused: Readonly<Record<string, number>>;
  /** When rules were opened. */
  readonly opened: readonly Instant[];
  /** Rules that still stand. */
  readonly left: number;
}

/** What a side is given: it has everything in place before the leases end. */
export interface Plan extends Furnished {
  readonly redisUrl: string;
  /** An empty database, for those that need one. */
  readonly postgresUrl?: string;
  readonly until: Instant;
  /** True in a process that goes on where another one was killed: its jobs are there. */
  readonly isAgain?: boolean;
  /** For BullMQ: how long a job is locked, and how often it looks for stalled ones; 30 s unless told. */
  readonly stalledMs?: number;
}

/** Drawbridge, and what people would pick instead. */
export const SIDES = ['ours', 'bullmq', 'pgBoss', 'graphile', 'timers'] as const;
export type Side = (typeof SIDES)[number];

export const NAMES: Readonly<Record<Side, string>> = {
  ours: 'Drawbridge',
  bullmq: 'plain BullMQ',
  pgBoss: 'pg-boss',
  graphile: 'graphile-worker',
  timers: 'plain timers',
};

/** The programs that close. */
export const CLOSERS: Readonly<Record<Side, URL>> = {
  ours: new URL('./ours.ts', import.meta.url),
  bullmq: new URL('./bullmq.ts', import.meta.url),
  pgBoss: new URL('./pg-boss.ts', import.meta.url),
  graphile: new URL('./graphile.ts', import.meta.url),
  timers: new URL('./timers.ts', import.meta.url),
};

export function needsPostgres(side: Side): boolean {
  return side === 'pgBoss' || side === 'graphile';
}
