import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { personLines } from '../../core/view/person.ts';
import type { Deps } from '../deps.ts';

type Known = Pick<Deps, 'directory'>;

/** Who somebody is, through what, with which groups and managers. Managers are named as far as that needs no waiting. */
export async function whoIs({ directory }: Known, person: Person): Promise<readonly Line[]> {
  const ids = [...new Set([person.manager, person.owner, ...(person.above ?? [])])].filter((id) => id !== undefined);
  const names = new Map<string, string>();
  for (const id of ids) {
    const found = await directory.byId(id, 'last').catch(() => undefined);
    if (found) names.set(id, found.name);
  }
  return personLines({ person, names });
}
