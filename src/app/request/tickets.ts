import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Ticket } from '../../core/policy/bounds.ts';
import { ticketsOf } from '../../core/policy/needs.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { Judging } from './judging.ts';

/** Why the tickets that the reason names allow nothing: closed, or nobody can tell. Those of policies that have them looked up alone. */
export async function againstTickets(
  deps: Pick<Judging, 'tickets'>,
  policies: readonly Policy[],
  because: string | undefined,
  signal: AbortSignal,
): Promise<readonly JitError[]> {
  if (because === undefined) return [];
  const found = await Promise.all(ticketsOf(policies, because).map((ticket) => against(deps, ticket, signal)));
  return found.flatMap((error) => error ?? []);
}

async function against(
  { tickets }: Pick<Judging, 'tickets'>,
  ticket: Ticket,
  signal: AbortSignal,
): Promise<JitError | undefined> {
  const { id } = ticket;
  try {
    if (!tickets) throw new JitError('ticketUnknown', { ticket: id, why: say`no ticket system is configured` });
    const state = await tickets.state(ticket, signal);
    return state === 'closed' ? new JitError('ticketClosed', { ticket: id }) : undefined;
  } catch (error) {
    if (error instanceof JitError) return error;
    return new JitError(
      'ticketUnknown',
      { ticket: id, why: say`the ticket system could not be asked` },
      { cause: error },
    );
  }
}
