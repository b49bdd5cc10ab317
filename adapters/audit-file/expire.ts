import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dayIn, firstRecordIn } from '../../src/core/evidence/names.ts';
import { auditFiles } from './tail.ts';

/** Deletes files whose records are all older; the last one stays. Gives the record that the rest begins with, where some were deleted. */
export async function expireFiles(folder: string, before: number): Promise<number | undefined> {
  const names = await auditFiles(folder);
  let begins: number | undefined;
  for (const [i, name] of names.entries()) {
    const next = names[i + 1];
    // All of a file was written before the day on which the next one was begun is over.
    if (next === undefined || Date.parse(`${dayIn(next)}T23:59:59.999Z`) >= before) break;
    await rm(join(folder, name), { force: true });
    begins = firstRecordIn(next);
  }
  return begins;
}
