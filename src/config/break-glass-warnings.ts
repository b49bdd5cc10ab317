import { isMeant, type Person, type Subject } from '../core/people/person.ts';
import type { BreakGlass } from '../core/policy/policy.ts';
import type { Fault } from './fault.ts';

const MOST_NAMED = 3;

/** Of people of the file: whose break-glass access nobody else could review. Directories are not asked. */
export function glassWarnings(
  rules: readonly BreakGlass[],
  people: readonly Person[],
  isOfFile: (reviewer: Subject) => boolean,
): readonly Fault[] {
  return rules.flatMap(({ who, review }, i): readonly Fault[] => {
    const reviewers = [...review.by, ...(review.later ?? [])];
    if (!reviewers.every(isOfFile)) return [];
    const alone = people.filter(
      (person) =>
        isMeant(person, who) && !people.some((other) => other.id !== person.id && isMeant(other, reviewers, person)),
    );
    if (alone.length === 0) return [];
    const names = alone.slice(0, MOST_NAMED).map(({ name }) => name);
    const more = alone.length > MOST_NAMED ? ` and ${alone.length - MOST_NAMED} more` : '';
    const message = `nobody can review what ${names.join(', ')}${more} breaks; name somebody else as well`;
    return [{ path: ['breakGlass', i, 'review', 'by'], message }];
  });
}
