import type { Instant } from '../language/instant.ts';
import type { Port } from '../rule/port.ts';
import type { Who } from './review.ts';

/** What of a request somebody would approve. */
export interface OfferTerms {
  readonly ports: readonly Port[];
  readonly source: string;
  readonly sourceName?: string;
  readonly forMs: number;
}

/** An approver would approve it for less: exactly this, where the requester accepts it. */
export interface Offer extends OfferTerms {
  readonly by: Who;
  /** Whom they decide for, where it is not themselves. */
  readonly for?: Who;
  readonly at: Instant;
  /** The request's version that offers it: a button of an older card accepts nothing. */
  readonly version: number;
  readonly reason?: string;
  /** Who has to approve besides, once the requester accepted it, in words; absent where nobody has. */
  readonly afterwards?: string;
  /** The digest of what would be approved (`seen.ts`). */
  readonly seen: string;
  /** When the requester accepted it. */
  readonly accepted?: Instant;
}
