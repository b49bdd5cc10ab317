import type { Instant } from '../../core/language/instant.ts';
import type { Person } from '../../core/people/person.ts';
import { isAtWork } from '../../core/people/work.ts';
import type { Absences } from '../../core/policy/routing.ts';
import type { Judging } from './judging.ts';

/** Who of these people is out of office, or not at work at this hour. Of whom nobody can tell counts as there. */
export async function absencesOf(
  { directory, log }: Pick<Judging, 'directory' | 'log'>,
  people: readonly Person[],
  now: Instant,
): Promise<Absences> {
  const absences = new Map<string, 'away' | 'off work'>();
  for (const { id, away, work } of people) {
    if (away) absences.set(id, 'away');
    else if (work && !isAtWork(work, now)) absences.set(id, 'off work');
  }
  const others = people.filter(({ id, away }) => away === undefined && !absences.has(id));
  try {
    for (const id of (await directory.away?.(others)) ?? []) absences.set(id, 'away');
  } catch (error) {
    log.warn({ error }, 'who is out of office could not be told; everybody counts as there');
  }
  return absences;
}
