import type { Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';

/** The pages of all whom this request is about are to be drawn anew. Never throws: a page is drawn when it is opened, too. */
export async function homesChanged(deps: Pick<Deps, 'homes' | 'directory' | 'log'>, request: Request): Promise<void> {
  const { homes, directory, log } = deps;
  if (!homes) return;
  const people = [request.requester, ...request.asked, ...request.reviews.map(({ by }) => by)];
  const named = people.flatMap(({ id }) => directory.accountOf('slack', id) ?? []);
  // Whoever was asked before, or asked for somebody else, is named no more, and has had a card.
  const shown = request.places.flatMap(({ chat, kind, id }) => (chat === 'slack' && kind === 'private' ? [id] : []));
  const users = [...named, ...shown];
  try {
    await homes.changed('slack', [...new Set(users)]);
  } catch (error) {
    log.warn({ error }, 'whose page is out of date could not be kept');
  }
}
