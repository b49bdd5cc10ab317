import { isGroupSubject, type Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';

/** Keeps who may always close, as directories know them now: for a process that begins while none of them answers. */
export async function keepLastKnown(deps: Deps): Promise<void> {
  const { directory, lastKnown, rules, log } = deps;
  if (!lastKnown) return;
  const people = new Map<string, Person>();
  try {
    for (const subject of rules.security) {
      const id = /^person:(.+)$/.exec(subject)?.[1];
      const one = id === undefined ? undefined : await directory.byId(id, 'lately');
      const found = isGroupSubject(subject) ? await directory.members(subject) : one ? [one] : [];
      for (const person of found) {
        if (person.disabled) continue;
        const groups = [...new Set([...(people.get(person.id)?.groups ?? []), ...person.groups])];
        people.set(person.id, { ...people.get(person.id), ...person, groups });
      }
    }
  } catch (error) {
    // Then what was kept before stays.
    log.warn({ error }, 'those who may always close could not be read; what is kept of them stays');
    return;
  }
  await lastKnown.keep(
    [...people.values()].map(({ id, name, slack, entra, groups }) => ({
      id,
      name,
      ...(slack === undefined ? {} : { slack }),
      ...(entra === undefined ? {} : { entra }),
      groups,
    })),
  );
}
