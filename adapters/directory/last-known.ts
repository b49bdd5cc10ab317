import type { Person } from '../../src/core/people/person.ts';
import type { Directory, Freshness } from '../../src/ports/directory.ts';
import type { KnownPerson, LastKnown } from '../../src/ports/last-known.ts';
import { Kept } from './kept.ts';

/** They are kept anew every ten minutes, and asked for several times by whoever lists what concerns them. */
const BELIEVED_MS = 5_000;
const ALL = 'all';

/**
 * The same directory, in which those who may always close are known although a process is new and nobody answers: by what was kept
 * of them. For `last` alone, which only ends access; whoever a directory told anything of is as it told.
 *
 * @param now monotonic milliseconds
 */
export function withLastKnown(
  directory: Directory,
  lastKnown: Pick<LastKnown, 'all'>,
  now: () => number = () => performance.now(),
): Directory {
  const read = new Kept<readonly KnownPerson[]>(now);
  const all = async () =>
    read.within(ALL, BELIEVED_MS) ?? (await read.anew(ALL, () => lastKnown.all()).catch(() => undefined)) ?? [];
  const orKept = async (
    found: Person | undefined,
    freshness: Freshness | undefined,
    isThem: (one: KnownPerson) => boolean,
  ) => {
    // What came without an origin came without asking.
    if (freshness !== 'last' || !found || found.origins) return found;
    const known = (await all()).find(isThem);
    return known ? { ...found, ...known, groups: [...new Set([...found.groups, ...known.groups])] } : found;
  };
  return {
    async person(chat, user, freshness) {
      const found = await directory.person(chat, user, freshness);
      const isThem = ({ slack, entra }: KnownPerson) =>
        chat === 'slack' ? slack === user : entra?.toLowerCase() === user.toLowerCase();
      return orKept(found, freshness, isThem);
    },
    async byId(id, freshness) {
      return orKept(await directory.byId(id, freshness), freshness, (one) => one.id === id);
    },
    members: (group) => directory.members(group),
    find: (typed) => directory.find(typed),
    accountOf: (chat, id) => directory.accountOf(chat, id),
    reach: (person) => directory.reach(person),
    ...(directory.everybody ? { everybody: () => directory.everybody?.() ?? Promise.resolve([]) } : {}),
    ...(directory.away ? { away: (people) => directory.away?.(people) ?? Promise.resolve([]) } : {}),
  };
}
