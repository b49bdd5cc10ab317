import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { mustBeThere } from './place.ts';
import { auditFiles } from './tail.ts';

/** To its end, by no link: it may lead to where nothing is kept. */
export const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;
/** The whole of it anew, by no link either. */
export const ANEW = constants.O_TRUNC | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;

/** On the disk once it resolves; of a write that fails, what came of it is taken away by the next one. */
export async function append(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const file = await open(path, APPEND, 0o600);
  try {
    const { size } = await file.stat();
    const end = size + Buffer.byteLength(text);
    await file.writeFile(text);
    await synced(file, size, end);
    await mustBeThere(file, path, end);
    // A new file is kept by its folder.
    if (size === 0) await syncFolder(folder);
  } finally {
    await file.close();
  }
}

/**
 * What the disk refused stays in the cache of the system, which shows it from then on, and never writes it: it is taken away, to be
 * written anew.
 */
async function synced(file: FileHandle, before: number, end: number): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    // Behind it, another process has written meanwhile: that is not to be cut off.
    const { size } = await file.stat();
    if (size === end) await cutTo(file, before, error);
    throw error;
  }
}

async function cutTo(file: FileHandle, before: number, error: unknown): Promise<void> {
  try {
    await file.truncate(before);
  } catch (other) {
    throw new Error(`${saidBy(error)}; and what came of it could not be taken away: ${saidBy(other)}`, {
      cause: error,
    });
  }
}

function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Brings to the disk what was written and may be in the cache of the system alone, as after a kill: a batch is in one file, the last one with records. */
export async function syncLast(folder: string): Promise<void> {
  for (const name of (await auditFiles(folder)).slice(-2)) {
    const file = await open(join(folder, name), constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }
  await syncFolder(folder);
}

export async function syncFolder(folder: string): Promise<void> {
  const own = await open(folder, 'r');
  try {
    await own.sync();
  } finally {
    await own.close();
  }
}
