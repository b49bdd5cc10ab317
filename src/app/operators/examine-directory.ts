import { JitError } from '../../core/errors/errors.ts';
import type { GroupSubject } from '../../core/people/person.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../core/view/doctor-page.ts';
import type { Directory } from '../../ports/directory.ts';
import type { Examiner } from '../../ports/examiner.ts';

/** At once: directories throttle, and people wait for the same answers. */
const AT_ONCE = 5;
const REMEDY = 'Look at docs/people.md for the rights that the directory needs.';

/** An id that nobody has, in the form that every directory has to be asked about. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

interface Examined {
  readonly directory: Pick<Directory, 'members' | 'byId'>;
}

/** What the configuration takes from directories. */
interface Asked {
  readonly groups: readonly GroupSubject[];
  /** Entra ID is asked about people. */
  readonly hasEntra: boolean;
}

/**
 * Whether Entra ID tells of people, with a sign-in and a read of somebody whom nobody is, and whether the groups that the
 * configuration names are there and may be read, in whatever directory.
 */
export function directoryExaminer(house: Examined, asked: () => Asked): Examiner {
  const people = async (): Promise<Diagnosis> => {
    const [of, what] = ['Entra ID', 'people'];
    try {
      await house.directory.byId(NOBODY, 'now');
      return { of, what, verdict: 'fine' };
    } catch (error) {
      return notRead(of, what, error);
    }
  };
  const look = async (group: GroupSubject): Promise<Diagnosis> => {
    const [of, what] = ['Directory', `group ${group}`];
    try {
      const members = await house.directory.members(group);
      if (members.length > 0) return { of, what, verdict: 'fine' };
      return unknownAt(of, what, 'Nobody is in it, or it is not there.', 'Look for it in the directory.');
    } catch (error) {
      return notRead(of, what, error);
    }
  };
  return {
    async examine() {
      const { groups, hasEntra } = asked();
      const found: Diagnosis[] = hasEntra ? [await people()] : [];
      for (let from = 0; from < groups.length; from += AT_ONCE)
        found.push(...(await Promise.all(groups.slice(from, from + AT_ONCE).map(look))));
      return found;
    },
  };
}

/** What was read of people is kept in Redis: without it nobody can tell what the directory would say. */
function notRead(of: string, what: string, error: unknown): Diagnosis {
  if (error instanceof JitError && error.code === 'storeAway')
    return unknownAt(of, what, meaningOf(error), 'Get Redis back, and run the doctor again.');
  return faultAt(of, what, meaningOf(error), REMEDY);
}
