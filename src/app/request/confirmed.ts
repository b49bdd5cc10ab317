import type { Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';

/** What an address is kept under that somebody confirmed in chat. */
export function confirmedKey({ id }: Pick<Person, 'id'>): string {
  return `from ${id}`;
}

/** The address that somebody confirmed lately, to be told with what they ask for; undefined where there is none, and where nobody can tell. */
export async function confirmedBy({ pages, store }: Deps, person: Person): Promise<string | undefined> {
  // It only informs: a request does not fail for it.
  const ceremony = await pages?.ceremonies.read(confirmedKey(person)).catch(() => undefined);
  if (!ceremony) return undefined;
  const { at, epoch = 0, wentBack } = await store.now();
  return wentBack || ceremony.epoch !== epoch || at >= ceremony.until ? undefined : ceremony.seen?.[0];
}
