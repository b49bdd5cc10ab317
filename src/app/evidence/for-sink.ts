import { namedIn } from '../../core/audit/record.ts';
import { partsIn, sealedPeople, withoutPeople } from '../../core/audit/sealed.ts';
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

/**
 * Of each person in the batch it is asked anew whether they were erased, and no key outlives a batch: another process may have destroyed one.
 * Nobody else is asked for, however many there are.
 */
async function shownOf(
  links: readonly Link[],
  shown: Exclude<PeopleShown, 'none'>,
  keys: PeopleKeys,
): Promise<readonly Link[]> {
  const people = new Set(links.flatMap((link) => peopleOf(link)));
  const erased = new Map<string, number>();
  for (const person of people) erased.set(person, (await keys.erasedUntil(person)) ?? 0);
  const left = links.map((link) => {
    const isGone = (person: string) => (erased.get(person) ?? 0) >= link.at;
    return { ...link, people: withoutPeople(link.people, isGone, peopleOf(link)) };
  });
  if (shown === 'clear') return left;
  const own = new Map<string, Buffer>();
  for (const link of left)
    for (const person of peopleOf(link)) {
      const key = own.has(person) ? undefined : await keys.of(person, link.at);
      if (key) own.set(person, key);
    }
  return left.map((link) => ({ ...link, people: sealedPeople(link.people, (person) => own.get(person)) }));
}

/** Of whom it says something; of what cannot be read, of whom the record says that it does. */
function peopleOf(link: Link): readonly string[] {
  return link.people === '{}' ? [] : Object.keys(partsIn(link.people) ?? namedIn(link));
}

function withNobody(link: Link): Link {
  return { ...link, people: '{}' };
}
