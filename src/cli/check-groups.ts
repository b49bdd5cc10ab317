import { groupsAsked } from '../config/people-faults.ts';
import type { Config } from '../config/schema.ts';
import { JitError } from '../core/errors/errors.ts';
import { jsonLog } from '../observe/log.ts';
import type { Directory } from '../ports/directory.ts';
import { peopleRoom } from '../rooms.ts';

/** What directories say of the groups that a configuration names: those that are not there, cannot be read, or are empty. */
export async function groupWarnings(config: Config): Promise<readonly string[]> {
  const groups = groupsAsked(config);
  if (groups.length === 0) return [];
  return warningsFrom(await peopleRoom(config, jsonLog('error')), groups);
}

/** The same of these groups in this directory. */
export async function warningsFrom(
  directory: Pick<Directory, 'members'>,
  groups: ReturnType<typeof groupsAsked>,
): Promise<readonly string[]> {
  const all = await Promise.all(
    groups.map(async (group) => {
      try {
        return (await directory.members(group)).length === 0
          ? [`${group}: nobody is in this group, or it is not there`]
          : [];
      } catch (error) {
        if (error instanceof JitError) return [`${group}: ${error.text.replace(/\.$/, '')}`];
        throw error;
      }
    }),
  );
  return all.flat();
}
