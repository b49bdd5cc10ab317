import type { Ticket } from '../core/policy/bounds.ts';

/** What ticket systems say. */
export interface Tickets {
  /**
   * Whether it is still to be worked on. Throws `ticketUnknown` where nobody can tell, also for one that is not found: that
   * refuses, and ends nothing.
   */
  state(ticket: Ticket, signal: AbortSignal): Promise<'open' | 'closed'>;
}
