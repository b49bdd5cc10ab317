import type { Person } from '../../src/core/people/person.ts';
import type { Directory } from '../../src/ports/directory.ts';

/** A program that requests access by itself. */
export interface Service {
  readonly id: string;
  readonly name: string;
  /** The id of the person who answers for it. */
  readonly owner: string;
}

/**
 * The same directory, in which services are known by their id. A service has no account, no group, and no attribute, so that only a
 * policy that names it covers it; it is disabled as soon as its owner is disabled or gone, and its manager is theirs.
 */
export function withServices(directory: Directory, services: readonly Service[]): Directory {
  if (services.length === 0) return directory;
  const known = new Map(services.map((service) => [service.id, service]));
  /** As they were found last, for those who are told what a service requests. */
  const owners = new Map<string, Person>();
  const byId: Directory['byId'] = async (id, freshness) => {
    const service = known.get(id);
    if (!service) return directory.byId(id, freshness);
    const { name, owner } = service;
    const person = await directory.byId(owner, freshness);
    if (person) owners.set(owner, person);
    const { manager, above, origins } = person ?? {};
    return {
      ...{ id, name, owner, groups: [] },
      ...(manager === undefined ? {} : { manager }),
      ...(above === undefined ? {} : { above }),
      ...(origins === undefined ? {} : { origins }),
      ...(!person || person.disabled ? { disabled: true } : {}),
    };
  };
  return {
    byId,
    person: (chat, user, freshness) => directory.person(chat, user, freshness),
    members: (group) => directory.members(group),
    find: async (typed) => (known.has(typed) ? byId(typed) : directory.find(typed)),
    accountOf: (chat, id) => (known.has(id) ? undefined : directory.accountOf(chat, id)),
    reach(person) {
      if (person.owner === undefined) return directory.reach(person);
      const owner = owners.get(person.owner);
      return owner ? directory.reach(owner) : [];
    },
    ...(directory.everybody ? { everybody: () => directory.everybody?.() ?? Promise.resolve([]) } : {}),
    ...(directory.away ? { away: (people) => directory.away?.(people) ?? Promise.resolve([]) } : {}),
  };
}
