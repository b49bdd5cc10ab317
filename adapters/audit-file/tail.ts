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
  /** What stands behind the last record and may be its signed head, the last one first. */
  readonly notes: readonly string[];
  /** The same before it, as far as was looked. */
  readonly older: readonly string[];
}

/**
 * How the last file ends. A last line that was cut short is taken away first: it was never promised. Files that were begun, and nothing written
 * to them, are passed over, however many there are: what is before them is not lost. So are those without a signed head.
 */
export async function tailOf(folder: string): Promise<Tail | undefined> {
  const [name, ...before] = (await auditFiles(folder)).toReversed();
  if (name === undefined) return undefined;
  const last = await endOf(folder, name);
  let { end, notes, older } = last;
  for (const one of before) {
    if (end && notes.length + older.length > 0) break;
    const more = await endOf(folder, one);
    if (end) older = [...more.notes, ...more.older];
    else [end, notes, older] = [more.end, [...notes, ...more.notes], more.older];
  }
  return { name, ...last, end, notes, older };
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
  const { whole, isSigned, end, notes, older } = endIn(buffer, start === 0 || tailBytes >= MOST_TAIL_BYTES);
  const isUnclear = !end || notes.length + older.length === 0;
  if (isUnclear && start > 0 && tailBytes < MOST_TAIL_BYTES) return ending(file, size, MOST_TAIL_BYTES);
  const bytes = start + whole;
  if (bytes < size) {
    await file.truncate(bytes);
    await file.sync();
  }
  return {
    bytes,
    end: end && { index: end.index, head: end.head, epoch: end.epoch, sequence: end.sequence },
    isSigned: isSigned ?? false,
    notes,
    older,
  };
}

interface End extends Pick<Tail, 'end' | 'notes' | 'older'> {
  /** So many bytes are whole lines. */
  readonly whole: number;
  readonly isSigned: boolean | undefined;
}

/** @param isAll the first line begins where the bytes do: else it may be the rest of one */
function endIn(buffer: Buffer, isAll: boolean): End {
  let whole = buffer.lastIndexOf(LINE_FEED) + 1;
  let isSigned: boolean | undefined;
  const notes: string[] = [];
  for (let to = whole; to > 0; ) {
    const from = buffer.lastIndexOf(LINE_FEED, to - 2) + 1;
    if (from === 0 && !isAll) break;
    const read = readLine(buffer.subarray(from, to - 1));
    // At the end alone: what was damaged later is for whoever verifies it.
    if (!read && isSigned === undefined) whole = from;
    else isSigned ??= read !== undefined && 'note' in read;
    if (read && 'head' in read)
      return { whole, isSigned, end: read, notes, older: notesIn(buffer.subarray(0, from), isAll) };
    if (read && 'note' in read) notes.push(read.note);
    to = from;
  }
  return { whole, isSigned, end: undefined, notes, older: [] };
}

const NOTE = '{"note":';

/** What may be signed heads among whole lines, the last one first. */
function notesIn(buffer: Buffer, isAll: boolean): readonly string[] {
  const notes: string[] = [];
  for (let to = buffer.length; to > 0; ) {
    const from = buffer.lastIndexOf(LINE_FEED, to - 2) + 1;
    if (from === 0 && !isAll) break;
    const read =
      buffer.toString('latin1', from, from + NOTE.length) === NOTE && readLine(buffer.subarray(from, to - 1));
    if (read && 'note' in read) notes.push(read.note);
    to = from;
  }
  return notes;
}
