import { partsOf, type Subject } from '../core/people/person.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { didYouMean } from './meant.ts';

/** Subjects that lead nowhere. */
export function subjectFaults(
  config: Known,
  list: readonly (Subject | undefined)[] = [],
  path: Fault['path'],
): readonly Fault[] {
  return list.flatMap((subject, i) => {
    const message = subject && subjectFault(config, subject);
    return message ? [{ path: [...path, i], message }] : [];
  });
}

function subjectFault({ people = [], groups = {} }: Known, subject: Subject): string | undefined {
  if (subject === 'manager' || subject === 'managersManager') return undefined;
  const [kind, named] = partsOf(subject);
  if (kind === 'group')
    return Object.hasOwn(groups, named)
      ? undefined
      : `no group is called ${named}${didYouMean(named, Object.keys(groups))}`;
  if (kind !== 'person') return undefined;
  const ids = people.flatMap((person) => person?.id ?? []);
  return ids.includes(named) ? undefined : `no person has the id ${named}${didYouMean(named, ids)}`;
}

/** Places that are none. */
export function placeFaults(
  { places = {} }: Known,
  list: readonly (string | undefined)[] = [],
  path: Fault['path'],
): readonly Fault[] {
  return list.flatMap((place, i) =>
    place !== undefined && !Object.hasOwn(places, place)
      ? [{ path: [...path, i], message: `no place is called ${place}${didYouMean(place, Object.keys(places))}` }]
      : [],
  );
}
