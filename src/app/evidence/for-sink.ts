import { sealedPeople, withoutPeople } from '../../core/audit/sealed.ts';
import type { Link } from '../../core/evidence/chain.ts';
import type { PeopleKeys } from '../../ports/people-keys.ts';
import type { Sink } from '../../ports/sink.ts';

/** What a sink gets of people: their names, accounts, sources, and words in clear; sealed with a key for each person; or their ids alone. */
export type PeopleShown = 'clear' | 'sealed' | 'none';

/** A sink that gets so much of people, and of those who were erased nothing more. */
export function forSink(sink: Sink, shown: PeopleShown, keys: PeopleKeys): Sink {
  return {
    ...sink,
    async write(batch, signal) {
      const links = shown === 'none' ? batch.links.map(withNobody) : await shownOf(batch.links, shown, keys);
      await sink.write({ ...batch, links }, signal);
    },
  };
}

/** Keys are asked for anew for each batch: another process may have destroyed one. */
async function shownOf(
  links: readonly Link[],
  shown: Exclude<PeopleShown, 'none'>,
  keys: PeopleKeys,
): Promise<readonly Link[]> {
  const erased = await keys.erased();
  const left = links.map((link) => {
    const isGone = (person: string) => (erased.of(person) ?? 0) >= link.at;
    return erased.all.size === 0 ? link : { ...link, people: withoutPeople(link.people, isGone) };
  });
  if (shown === 'clear') return left;
  const own = new Map<string, Buffer>();
  for (const { people, at } of left)
    for (const person of Object.keys(JSON.parse(people) as object)) {
      const key = own.has(person) ? undefined : await keys.of(person, at);
      if (key) own.set(person, key);
    }
  return left.map((link) => ({ ...link, people: sealedPeople(link.people, (person) => own.get(person)) }));
}

function withNobody(link: Link): Link {
  return { ...link, people: '{}' };
}
