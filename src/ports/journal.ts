import type { Instant } from '../core/language/instant.ts';
import type { ChatName } from '../core/people/place.ts';

/** Keeps what a chat was told that it is accepted until it is done, whatever becomes of the process that took it. */
export interface Journal {
  /**
   * Whether the delivery is seen for the first time; in the same round trip it is kept, where it has something to be done. What cannot be
   * kept is not accepted: throws `tooLongToKeep`, `tooMuchToKeep`.
   */
  accept(incoming: Incoming): Promise<Accepted>;
  /** It was done, and answered. The answer is what the same delivery is given when it comes again. Never throws. */
  done(key: string, answer?: string): Promise<void>;
  /**
   * The person could not be told how it went: it is gone on with, by this process or another one, and not before `waitMs`, which the
   * chat asked for. Never throws.
   */
  leave(key: string, waitMs?: number): Promise<void>;
  /** Says that this process lives, and takes over what dead ones had accepted, and what was left. */
  unfinished(limit: number): Promise<{ readonly entries: readonly Unfinished[]; readonly now: Instant }>;
  /** How many deliveries this process accepted that are neither done nor left. */
  inHand?(): number;
}

export interface Incoming {
  readonly chat: ChatName;
  /** The same for the same delivery. */
  readonly key: string;
  /** For so long a second one is known as such. */
  readonly ttlMs: number;
  /** All that is needed to do it, in the chat's own terms, and no secrets; absent where nothing is to be done later. */
  readonly what?: string;
  /** It only closes: where it cannot be kept it is done all the same, as long as this process lives. */
  readonly onlyCloses?: boolean;
}

export type Accepted = { readonly isNew: true } | { readonly isNew: false; readonly answer?: string };

export interface Unfinished {
  readonly key: string;
  readonly chat: ChatName;
  readonly what: string;
  /** When it was accepted. */
  readonly at: Instant;
  /** How many processes have tried to go on with it, this one included. */
  readonly tries: number;
  /** For so long the chat wanted to be left alone: that is nobody's lateness. */
  readonly waitedMs?: number;
}
