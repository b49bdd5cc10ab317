import type { RoleBearer } from './roles.ts';

export interface CreateOptions {
  readonly for?: RoleBearer;
  /** The digest that stood under what it would do. */
  readonly yes?: string;
  readonly dryRun?: boolean;
  /** AWS: the ARN of what Drawbridge runs as. */
  readonly principal?: string;
  /** AWS: the log group of flow logs, where those are read. */
  readonly flowLogs?: string;
}

/** What is to be done for one role. */
export interface RoleStep {
  readonly name: string;
  /** What it does, in words. */
  readonly lines: readonly string[];
  /** What it writes, for the digest: whoever says yes says it to this. */
  readonly writes: unknown;
  /** Does it. Throws a `JitError` where it did not work, or nobody can tell. */
  done(signal: AbortSignal): Promise<void>;
}

/** All that is to be done in a cloud, and what to say of it. */
export interface RolePlan {
  readonly steps: readonly RoleStep[];
  /** What is left alone. */
  readonly notes: readonly string[];
  /** Said when all is done. */
  readonly after: string;
  /** Rights that it takes, where some of it failed. */
  readonly takes: string;
}
