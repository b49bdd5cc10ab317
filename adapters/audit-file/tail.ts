import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChainEnd } from '../../src/core/evidence/chain.ts';
import { readLine } from '../../src/core/evidence/line.ts';
import { isRecordsName, RECORDS } from '../../src/core/evidence/names.ts';

/** What the last lines take as a rule: they are read before each batch. */
const TAIL_BYTES = 65_536;
/** More than a batch has: so much is looked through where the last lines were damaged, or are longer. */
const MOST_TAIL_BYTES = 4_000_000;
const LINE_FEED = 10;

/** The files of a folder, in their order; none where there is no folder. */
export async function auditFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter(isRecordsName).toSorted();
}

/** Files beside them that are called nearly so, and that nobody reads: somebody packed, renamed, or copied what may be records. */
export async function nearlyAuditFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(RECORDS) && !isRecordsName(name)).toSorted();
}

export interface Tail {
  /** The last file. */
  readonly name: string;
  readonly bytes: number;
  /** The last record of the folder. */
  readonly end: ChainEnd | undefined;
  /** A signed head is the last line. */
  readonly isSigned: boolean;
  /** The last signed head behind the last record. */
  readonly note: string | undefined;
}

/**
 * How the last file ends. A last line that was cut short is taken away first: it was never promised. Files that were begun, and nothing written
 * to them, are passed over, however many there are: what is before them is not lost.
 */
export async function tailOf(folder: string): Promise<Tail | undefined> {
  const [name, ...before] = (await auditFiles(folder)).toReversed();
  if (name === undefined) return undefined;
  const last = await endOf(folder, name);
  let { end } = last;
  for (const one of before) {
    if (end) break;
    ({ end } = await endOf(folder, one));
  }
  return { name, ...last, end };
}

async function endOf(folder: string, name: string): Promise<Omit<Tail, 'name'>> {
  // By no link: what is cut short is taken away, and that of somebody else is not to be.
  const file = await open(join(folder, name), constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    return await ending(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function ending(file: FileHandle, size: number, tailBytes = TAIL_BYTES): Promise<Omit<Tail, 'name'>> {
  const start = Math.max(0, size - tailBytes);
  const buffer = Buffer.alloc(size - start);
  await file.read(buffer, 0, buffer.length, start);
  const { whole, isSigned, end, note } = endIn(buffer, start === 0 || tailBytes >= MOST_TAIL_BYTES);
  if (!end && start > 0 && tailBytes < MOST_TAIL_BYTES) return ending(file, size, MOST_TAIL_BYTES);
  const bytes = start + whole;
  if (bytes < size) {
    await file.truncate(bytes);
    await file.sync();
  }
  return {
    bytes,
    end: end && { index: end.index, head: end.head, epoch: end.epoch, sequence: end.sequence },
    isSigned: isSigned ?? false,
    note,
  };
}

interface End {
  /** So many bytes are whole lines. */
  readonly whole: number;
  readonly isSigned: boolean | undefined;
  readonly end: ChainEnd | undefined;
  readonly note: string | undefined;
}

/** @param isAll the first line begins where the bytes do: else it may be the rest of one */
function endIn(buffer: Buffer, isAll: boolean): End {
  let whole = buffer.lastIndexOf(LINE_FEED) + 1;
  let isSigned: boolean | undefined;
  let note: string | undefined;
  for (let to = whole; to > 0; ) {
    const from = buffer.lastIndexOf(LINE_FEED, to - 2) + 1;
    if (from === 0 && !isAll) break;
    const read = readLine(buffer.subarray(from, to - 1));
    // At the end alone: what was damaged later is for whoever verifies it.
    if (!read && isSigned === undefined) whole = from;
    else isSigned ??= read !== undefined && 'note' in read;
    if (read && 'head' in read) return { whole, isSigned, end: read, note };
    if (read && 'note' in read) note ??= read.note;
    to = from;
  }
  return { whole, isSigned, end: undefined, note };
}
