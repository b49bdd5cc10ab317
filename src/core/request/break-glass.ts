import type { Instant } from '../language/instant.ts';
import type { Who } from './review.ts';

/** What is owed for access that nobody approved. */
export interface GlassBroken {
  /** When somebody else has to have said whether it was right. */
  readonly reviewBy: Instant;
  /** Since when reviewers are asked: from its end on. */
  readonly askedAt?: Instant;
  /** When they were asked last. */
  readonly remindedAt?: Instant;
  /** It is overdue, and others are asked as well. */
  readonly isLate?: true;
  readonly review?: GlassReview;
  /** The key that it was signed with, where it came without a chat: `SHA256:…`. */
  readonly key?: string;
  /** The ways besides chats that it was told by. */
  readonly alarmed?: readonly string[];
}

/** What somebody else said of it afterwards. */
export interface GlassReview {
  readonly by: Who;
  readonly at: Instant;
  readonly verdict: GlassVerdict;
  readonly words: string;
}

export type GlassVerdict = 'right' | 'wrong';
