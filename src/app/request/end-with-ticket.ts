import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { Ticket } from '../../core/policy/bounds.ts';
import { failed } from '../../core/request/closing.ts';
import { denied } from '../../core/request/life.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import type { Decision } from '../machine/commit.ts';
import { commitEach } from '../machine/commit-each.ts';

/** Requests that are looked through in one round. */
const MOST = 50_000;
const OURS = { id: 'drawbridge', name: 'Drawbridge' };

/** What waits or is open, and hangs on a ticket. */
export async function ticketed({ store }: Pick<Deps, 'store'>): Promise<readonly Request[]> {
  const live = await store.find({ by: 'state', which: 'ticketed' }, MOST);
  return live.filter(
    (one) => one.tickets && (one.status === 'pending' || one.status === 'scheduled' || isInForce(one)),
  );
}

/**
 * A ticket was closed: what waits for it is refused, and what is open for it is closed at once. Only ever called for what is known to be
 * closed. Gives how many were ended.
 */
export async function endWithTicket(deps: Deps, ticket: Ticket): Promise<number> {
  const all = (await ticketed(deps)).filter((request) => hangsOn(request, ticket));
  let ended = 0;
  const ids = all.map(({ id }) => id);
  await commitEach(deps, ids, (request, { at }) => {
    const own = hangsOn(request, ticket);
    const decision = own && decisionOn(request, own, at);
    if (decision) ended += 1;
    return decision;
  });
  if (ended > 0) deps.log.info({ ...ticket, ended }, 'what hung on a ticket was ended with it');
  return ended;
}

/** Its own ticket that is meant, as it was asked with. */
function hangsOn({ tickets = [] }: Request, { system, id }: Ticket): Ticket | undefined {
  return tickets.find((one) => one.system === system && one.id.toLowerCase() === id.toLowerCase());
}

function decisionOn(request: Request, { id }: Ticket, at: Instant): Decision | undefined {
  const error = new JitError('ticketOver', { ticket: id });
  const about = { by: OURS.id, text: error.code };
  if (request.status === 'pending' || request.status === 'scheduled') {
    const review = { by: OURS, at, verdict: 'deny' as const, reason: error.say };
    return { next: denied(request, review), event: 'denied', ...about };
  }
  return isInForce(request) ? { next: failed(request, error, at), event: 'failed', ...about } : undefined;
}
