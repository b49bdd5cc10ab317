import type { Instant } from '../language/instant.ts';
import type { Who } from './review.ts';

/** What an approver asked the requester of a request that waits, and what was answered. */
export interface Question {
  readonly by: Who;
  readonly at: Instant;
  readonly text: string;
  readonly answer?: { readonly at: Instant; readonly text: string };
}
