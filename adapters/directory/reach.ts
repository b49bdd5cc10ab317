import type { Person } from '../../src/core/people/person.ts';
import type { ChatName, Place } from '../../src/core/people/place.ts';

/** The person's own chats, the one they prefer first. `chats` are the configured ones, best first. */
export function reachIn(chats: readonly ChatName[], person: Person): readonly Place[] {
  return [...chats]
    .sort((a, b) => Number(b === person.prefers) - Number(a === person.prefers))
    .flatMap((chat): Place[] => {
      const id = chat === 'slack' ? person.slack : person.entra?.toLowerCase();
      return id === undefined ? [] : [{ chat, kind: 'private', id }];
    });
}
