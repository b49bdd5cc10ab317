import type { Person } from '../../core/people/person.ts';
import type { ChatName } from '../../core/people/place.ts';
import type { Deps } from '../deps.ts';

/** Whoever is meant by a mention, an id, an e-mail address, or a name that nobody else has; undefined for nobody. */
export async function personCalled(
  { directory }: Pick<Deps, 'directory'>,
  typed: string,
  chat: ChatName,
): Promise<Person | undefined> {
  const mention = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(typed)?.[1];
  const word = calledText(typed);
  return mention ? directory.person(chat, mention) : ((await directory.find(word)) ?? (await called(directory, word)));
}

/** As it is shown. */
export function calledText(typed: string): string {
  return typed.replace(/^@/, '').trim();
}

/** One alone who has this name, or this first name. */
async function called(directory: Deps['directory'], word: string): Promise<Person | undefined> {
  const wanted = word.toLowerCase();
  const all = (await directory.everybody?.()) ?? [];
  const same = all.filter(({ name }) => name.toLowerCase() === wanted || name.toLowerCase().split(' ')[0] === wanted);
  return same.length === 1 ? same[0] : undefined;
}
