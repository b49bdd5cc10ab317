import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { beginTicket } from '../people/tickets.ts';

/** What the keys of links to the board begin with. */
export const BOARD_LINK = 'board ';

/** `/jit board`: a link for whoever types it alone. The one before it is void. Throws `boardNotSet`. */
export async function boardLink(deps: Deps, person: Person, sender: Sender): Promise<readonly Line[]> {
  const { pages, board } = deps;
  if (!pages || !board) throw new JitError('boardNotSet');
  const key = `${BOARD_LINK}${person.id}`;
  const ticket = await beginTicket(deps, pages, key, { chat: sender.chat, account: sender.user });
  return [
    [
      say`What is open, what waits, and what was: `,
      { link: `${pages.url}/board/open/${ticket}`, name: 'open the board' },
      '.',
    ],
    [say`The link is for you alone, works once, and for ten minutes. What it opens only shows, for half an hour.`],
  ];
}
