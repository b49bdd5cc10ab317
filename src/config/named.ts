import type { Subject } from '../core/people/person.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { notCalled } from './meant.ts';
import { subjectFault } from './people-faults.ts';

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

/** Places that are none. */
export function placeFaults(
  { places = {} }: Known,
  list: readonly (string | undefined)[] = [],
  path: Fault['path'],
): readonly Fault[] {
  return list.flatMap((place, i) =>
    place !== undefined && !Object.hasOwn(places, place)
      ? [{ path: [...path, i], message: notCalled('place', place, Object.keys(places)) }]
      : [],
  );
}
