import { badConfig } from '../../src/core/errors/bad-config.ts';
import type { Published } from '../../src/core/request/whose.ts';
import { isAny, isGroup } from '../../src/core/rule/source.ts';
import type { Log } from '../../src/ports/log.ts';
import type { PublishedNetworks } from '../../src/ports/published-networks.ts';
import { DatabaseFile } from './file.ts';
import { publishedIn } from './record.ts';

/** What is needed besides the files; `now` in ms. */
interface Around {
  readonly log: Log;
  readonly now: () => number;
  /** A file that cannot be read is an error; else it is told, and done without: whoever closes from the command line needs none. */
  readonly mustBe?: boolean;
}

/**
 * Networks and countries from files in MaxMind's format ("MaxMind DB File Format Specification" 2.0): GeoLite2 and DB-IP call their fields alike,
 * IPinfo otherwise. What an earlier file knows is not asked of a later one. Throws `badConfig` with each file that cannot be read, where they must be there.
 */
export async function addressDatabases(
  paths: readonly string[],
  { log, now, mustBe = true }: Around,
): Promise<PublishedNetworks> {
  const opened = await Promise.allSettled(paths.map((path) => DatabaseFile.open(path, now)));
  const faults = opened.flatMap((one, i) =>
    one.status === 'rejected' ? [`addressDatabases: ${paths[i]} cannot be read: ${reasonOf(one.reason)}`] : [],
  );
  if (faults.length > 0 && mustBe) throw badConfig(faults);
  for (const fault of faults) log.warn({ fault }, 'an address database is done without');
  const files = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return {
    async of(source) {
      if (isGroup(source) || isAny(source)) return undefined;
      let known: Published = {};
      for (const file of files) {
        try {
          await file.refresh((error) =>
            log.warn({ error, file: file.path }, 'a changed address database cannot be read'),
          );
          known = { ...publishedIn(file.find(source)), ...known };
        } catch (error) {
          log.warn({ error, file: file.path }, 'an address database could not be asked');
        }
      }
      return Object.keys(known).length > 0 ? known : undefined;
    },
  };
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'this user may not read it';
  return error instanceof Error ? error.message : String(error);
}
