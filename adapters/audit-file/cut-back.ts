import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readLine } from '../../src/core/evidence/line.ts';
import { syncFolder } from './append.ts';
import { auditFiles } from './tail.ts';

/** More than a batch has; where that is not enough, more is read. */
const TAIL_BYTES = 4_000_000;
const LINE_FEED = 10;

/**
 * Takes away what stands behind a record, which nobody said is kept, to be written anew. The system tells of what a disk refused once, shows it from its
 * cache from then on, and never writes it: that it can be synced later proves nothing. Throws where it cannot be taken away.
 */
export async function cutBack(folder: string, index: number): Promise<void> {
  for (const name of (await auditFiles(folder)).toReversed()) {
    const keep = await cutIn(join(folder, name), index);
    if (keep > 0) return;
    // All of it is to be written anew, and may begin another file.
    await rm(join(folder, name));
    await syncFolder(folder);
  }
}

/** Gives the bytes that it keeps. */
async function cutIn(path: string, index: number): Promise<number> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const keep = await endOf(file, size, index);
    if (keep > 0 && keep < size) {
      await file.truncate(keep);
      await file.sync();
    }
    return keep;
  } finally {
    await file.close();
  }
}

/** Where the last record up to this one ends, with its signed head; 0 where the file has none. */
async function endOf(file: FileHandle, size: number, index: number, tailBytes = TAIL_BYTES): Promise<number> {
  const start = Math.max(0, size - tailBytes);
  const buffer = Buffer.alloc(size - start);
  await file.read(buffer, 0, buffer.length, start);
  let keep = 0;
  let isBehind = false;
  for (let from = 0, to = buffer.indexOf(LINE_FEED); to >= 0; from = to + 1, to = buffer.indexOf(LINE_FEED, from)) {
    const read = readLine(buffer.subarray(from, to));
    if (read && 'head' in read) isBehind = read.index > index;
    if (read && !isBehind && ('head' in read || keep > 0)) keep = to + 1;
  }
  if (keep === 0 && start > 0) return endOf(file, size, index, 4 * tailBytes);
  return keep === 0 ? 0 : start + keep;
}
