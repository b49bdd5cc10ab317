import type { Link } from '../../src/core/evidence/chain.ts';
import { isAmong } from '../../src/core/evidence/line.ts';
import { firstRecordIn } from '../../src/core/evidence/names.ts';
import { readFileLines } from './read.ts';
import { auditFiles } from './tail.ts';

/** Files that are looked through at most: the last ones that may have it; some of them a crash left empty. */
const MOST_FILES = 3;

/** Is this record there, or another one in its place? Of one that is there no more, deleted after its time or by somebody, nobody can tell: undefined. */
export async function isThere(folder: string, link: Link): Promise<boolean | undefined> {
  const names = (await auditFiles(folder)).filter((name) => firstRecordIn(name) <= link.index);
  let found: boolean | undefined;
  for (const name of names.slice(-MOST_FILES).toReversed()) {
    if (found !== undefined) break;
    await readFileLines(folder, name, (line) => {
      found ??= isAmong([line], link);
    });
  }
  return found;
}
