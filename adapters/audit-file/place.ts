import { type FileHandle, open, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { notesIn, writerOfNote } from '../../src/core/evidence/head.ts';
import { auditFiles } from './tail.ts';

/** A signed head is shorter, and the last line of a file has one. */
const TAIL_BYTES = 64_000;
/** File systems in memory: `TMPFS_MAGIC` and `RAMFS_MAGIC` of Linux (statfs(2)). */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Rights of a mode (chmod(2)): to write for the group and all others, to read for all others. */
const WRITTEN_BY_OTHERS = 0o022;
const READ_BY_ALL = 0o004;

/** The installation whose head the folder ends with; undefined where it has none. */
export async function writerOf(folder: string): Promise<string | undefined> {
  for (const name of (await auditFiles(folder)).toReversed()) {
    const writer = await writerIn(join(folder, name));
    if (writer !== undefined) return writer;
  }
  return undefined;
}

async function writerIn(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return writerOfNote(notesIn(buffer.toString('utf8', 0, bytesRead)).at(-1) ?? '');
  } finally {
    await file.close();
  }
}

/** What is wrong with a folder, in one sentence: somebody else writes there, or a restart loses it. Undefined where nothing is. */
export async function wrongWith(
  folder: string,
  installation: string,
  typeOf: (path: string) => Promise<number> = async (path) => (await statfs(path)).type,
): Promise<string | undefined> {
  const writer = await writerOf(folder);
  if (writer !== undefined && writer !== installation)
    return `The installation “${writer}” writes its audit to ${folder}: each needs a folder of its own.`;
  const open = await openTo(folder);
  if (open !== undefined) return open;
  const type = await typeOf(await present(resolve(folder)));
  return IN_MEMORY.has(type) ? `${folder} is in memory, and lost at the next restart of the computer.` : undefined;
}

/** Whoever may write there may take out what is newest; the files say who has access, from where, and why. */
async function openTo(folder: string): Promise<string | undefined> {
  const last = (await auditFiles(folder)).at(-1);
  for (const path of [folder, ...(last === undefined ? [] : [join(folder, last)])]) {
    const read = path === folder ? 0 : READ_BY_ALL;
    const { mode = 0 } = (await stat(path).catch(() => undefined)) ?? {};
    if ((mode & (WRITTEN_BY_OTHERS | read)) !== 0)
      return `Others than its owner may ${(mode & WRITTEN_BY_OTHERS) === 0 ? 'read' : 'write to'} ${path}: take these rights away.`;
  }
  return undefined;
}

/** The folder, or the next one above it that is there. */
async function present(path: string): Promise<string> {
  return (await stat(path).catch(() => undefined)) || dirname(path) === path ? path : present(dirname(path));
}

/** What was deleted, replaced, or cut off while it was written to is kept nowhere. */
export async function mustBeThere(file: FileHandle, path: string, bytes = 0): Promise<void> {
  const [own, there] = [await file.stat(), await stat(path)];
  if (own.ino !== there.ino || own.dev !== there.dev) throw new Error(`${path} was replaced while it was written to`);
  if (there.size < bytes) throw new Error(`${path} was cut off while it was written to`);
}
