import { isMeant, type Person } from '../../src/core/people/person.ts';
import type { ChatName } from '../../src/core/people/place.ts';
import type { Directory } from '../../src/ports/directory.ts';
import { reachIn } from './reach.ts';

/** The people of drawbridge.yaml. Nobody else is known. `chats` are the configured ones, best first; `further` has whose further accounts of Entra are. */
export function staticDirectory(
  people: readonly Person[],
  chats: readonly ChatName[],
  further: ReadonlyMap<string, string> = new Map(),
): Directory {
  const byId = new Map(people.map((person) => [person.id, person]));
  const byChat: Readonly<Record<ChatName, ReadonlyMap<string, Person>>> = {
    slack: new Map(people.flatMap((person) => (person.slack ? [[person.slack, person]] : []))),
    teams: new Map(people.flatMap((person) => (person.entra ? [[person.entra.toLowerCase(), person]] : []))),
  };
  return {
    person: async (chat, user) =>
      byChat[chat].get(chat === 'teams' ? (further.get(user.toLowerCase()) ?? user.toLowerCase()) : user),
    byId: async (id) => byId.get(id),
    members: async (group) => people.filter((person) => isMeant(person, [group])),
    find: async (typed) => byId.get(typed),
    everybody: async () => people,
    accountOf: (chat, id) => (chat === 'slack' ? byId.get(id)?.slack : byId.get(id)?.entra),
    reach: (person) => reachIn(chats, person),
  };
}
