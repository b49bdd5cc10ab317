import type { AwsSettings } from '../../adapters/aws/index.ts';
import type { Settings } from '../../adapters/teams/index.ts';

/** How often each operation of each service was called: `slack chat.postMessage`. */
export type Calls = Readonly<Record<string, number>>;

export type Json = Readonly<Record<string, unknown>>;

/** The simulated services, and the real program on them. */
export interface House {
  /** Of the real program. */
  readonly pid: number;
  readonly slack: { readonly apiUrl: string; readonly botToken: string; readonly signingSecret: string };
  readonly teams: Settings;
  readonly aws: AwsSettings;
  readonly places: Places;
  readonly sample: Sample;
}

/** Where the bare calls go. */
export interface Places {
  readonly slackChannel: string;
  readonly slackUser: string;
  readonly teamsChannel: string;
  readonly teamsUser: string;
  /** An instance and a security group that the program has nothing to do with. */
  readonly instance: string;
  readonly group: string;
}

/** What the real program posts while it waits for a decision: the bare calls post the same. */
export interface Sample {
  readonly blocks: readonly Json[];
  readonly card: Json;
}

export interface Lives {
  /** The first life's number: no two have the same, as no two requests have. */
  readonly first: number;
  readonly count: number;
  readonly atOnce: number;
}

/** What the bare side posted for the approver to press. */
export interface Posted {
  readonly activity: string;
}
