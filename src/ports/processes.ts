import type { Instant } from '../core/language/instant.ts';

/** A process that serves or works on the same store, as it says itself. */
export interface LiveProcess {
  /** Its own for each start. */
  readonly id: string;
  readonly host: string;
  /** `web`, `work`, or both. */
  readonly roles: string;
  /** The version of its configuration. */
  readonly config: string;
  /** Which rules it judges by; one of an older version does not say. */
  readonly rules?: string;
  /** The version of the program. */
  readonly program: string;
  /** When it started, by its computer's clock. */
  readonly since: Instant;
}

/** Who lives. What says nothing for half a minute is taken to be gone. */
export interface ProcessRecords {
  /** Says that this one lives, and gives all that do, itself among them, the oldest first. */
  beat(own: LiveProcess): Promise<readonly LiveProcess[]>;
  /** All that live now, the oldest first. */
  live(): Promise<readonly LiveProcess[]>;
  leave(id: string): Promise<void>;
}
