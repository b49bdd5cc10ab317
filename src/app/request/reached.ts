import type { ChatName } from '../../core/people/place.ts';
import { cardIdOf } from '../../core/request/group.ts';
import type { Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';

const CHATS: Readonly<Record<ChatName, string>> = { slack: 'Slack', teams: 'Teams' };

/** In which chat of their own those who are asked have a card, by their ids; those whom nothing reached are missing. */
export async function reachedOf(
  deps: Pick<Deps, 'store' | 'directory'>,
  request: Request,
): Promise<ReadonlyMap<string, string>> {
  const cards = (await deps.store.cards(cardIdOf(request))).filter(({ place, ref }) => place.kind === 'private' && ref);
  const reached = request.asked.flatMap(({ id: person }) => {
    const card = cards.find(
      ({ place }) => deps.directory.accountOf(place.chat, person)?.toLowerCase() === place.id.toLowerCase(),
    );
    return card ? [[person, CHATS[card.place.chat]] as const] : [];
  });
  return new Map(reached);
}
