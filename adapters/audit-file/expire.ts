import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dayIn, firstRecordIn } from '../../src/core/evidence/names.ts';
import { auditFiles } from './tail.ts';

/**
 * Deletes files whose records are all older; the last one stays. Gives the record that the rest begins with, where some were deleted, and
 * tells it before it deletes the first: a kill in between leaves less deleted than was told, and never more.
 */
export async function expireFiles(
  folder: string,
  before: number,
  tell: (begins: number) => Promise<void>,
): Promise<number | undefined> {
  const names = await auditFiles(folder);
  // All of a file was written before the day on which the next one was begun is over.
  const kept = names.findIndex((_, i) => {
    const next = names[i + 1];
    return next === undefined || Date.parse(`${dayIn(next)}T23:59:59.999Z`) >= before;
  });
  const first = names[kept];
  if (kept <= 0 || first === undefined) return undefined;
  const begins = firstRecordIn(first);
  await tell(begins);
  for (const name of names.slice(0, kept)) await rm(join(folder, name), { force: true });
  return begins;
}
