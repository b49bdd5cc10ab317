import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { JitError } from '../core/errors/errors.ts';

const LOOK_AGAIN_MS = 50;
/** SQLite's result code for a lock that somebody else holds: https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Runs `work` while no other process on this computer does the same for this folder. A process that dies lets go at
 * once, because the lock is the kernel's: a lock file with a process id in it would need guessing whether that process
 * is still the same one, and in containers it usually is not.
 *
 * @param folder an existing folder; a file `start.lock` stays in it
 * @param limitMs how long to wait before giving up
 */
export async function withFolderLock<T>(folder: string, limitMs: number, work: () => Promise<T>): Promise<T> {
  const file = new DatabaseSync(join(folder, 'start.lock'), { timeout: 0 });
  try {
    const giveUpAt = performance.now() + limitMs;
    while (!tryLock(file)) {
      if (performance.now() > giveUpAt) {
        throw new JitError('redisFailed', {
          why: `another program has been starting it in ${folder} for too long`,
          fix: 'Stop that program and try again.',
        });
      }
      await wait(LOOK_AGAIN_MS);
    }
    return await work();
  } finally {
    file.close();
  }
}

function tryLock(file: DatabaseSync): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
