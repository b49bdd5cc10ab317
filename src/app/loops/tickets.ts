import type { Ticket } from '../../core/policy/bounds.ts';
import type { Deps } from '../deps.ts';
import { isOfStore } from '../machine/commit-each.ts';
import { endWithTicket, ticketed } from '../request/end-with-ticket.ts';

/** How many tickets are asked about at a time: their systems have other work. */
const AT_ONCE = 4;

/**
 * Looks whether the tickets are still open that something waits or is open for, and ends what hangs on one that is closed. Of what nobody
 * can tell nothing is ended. Gives how many were ended.
 */
export async function watchTickets(deps: Deps, signal: AbortSignal): Promise<number> {
  const { tickets } = deps;
  if (!tickets) return 0;
  const all = new Map<string, Ticket>();
  for (const request of await ticketed(deps))
    for (const ticket of request.tickets ?? []) all.set(`${ticket.system} ${ticket.id}`, ticket);
  const asked = [...all.values()];
  const errors: unknown[] = [];
  let ended = 0;
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const some = asked.slice(from, from + AT_ONCE);
    const states = await Promise.allSettled(some.map((ticket) => tickets.state(ticket, signal)));
    for (const [i, ticket] of some.entries()) {
      const state = states[i];
      if (state?.status === 'rejected')
        deps.log.warn({ ...ticket, error: state.reason }, 'nobody can tell of a ticket');
      else if (state?.value === 'closed') {
        try {
          ended += await endWithTicket(deps, ticket);
        } catch (error) {
          if (isOfStore(error)) throw error;
          errors.push(error);
        }
      }
    }
  }
  if (errors.length > 0) throw errors[0];
  return ended;
}
