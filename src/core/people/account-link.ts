import type { Instant } from '../language/instant.ts';

/** A Slack account that somebody proved to be theirs, by signing in to Entra ID and saying so in Slack. */
export interface AccountLink {
  /** Slack user id. */
  readonly slack: string;
  /** Entra object id, in lower case. */
  readonly entra: string;
  /** As Entra had it then. */
  readonly name: string;
  readonly at: Instant;
}
