import type { GroupSubject } from '../../core/people/person.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../core/view/doctor-page.ts';
import type { Directory } from '../../ports/directory.ts';
import type { Examiner } from '../../ports/examiner.ts';

/** At once: directories throttle, and people wait for the same answers. */
const AT_ONCE = 5;

/** Whether the groups that the configuration names are there and may be read, in whatever directory. */
export function groupExaminer(
  house: { readonly directory: Pick<Directory, 'members'> },
  asked: () => readonly GroupSubject[],
): Examiner {
  const look = async (group: GroupSubject): Promise<Diagnosis> => {
    const [of, what] = ['Directory', `group ${group}`];
    try {
      const members = await house.directory.members(group);
      if (members.length > 0) return { of, what, verdict: 'fine' };
      return unknownAt(of, what, 'Nobody is in it, or it is not there.', 'Look for it in the directory.');
    } catch (error) {
      return faultAt(of, what, meaningOf(error), 'Look at docs/people.md for the rights that the directory needs.');
    }
  };
  return {
    async examine() {
      const groups = asked();
      const found: Diagnosis[] = [];
      for (let from = 0; from < groups.length; from += AT_ONCE)
        found.push(...(await Promise.all(groups.slice(from, from + AT_ONCE).map(look))));
      return found;
    },
  };
}
