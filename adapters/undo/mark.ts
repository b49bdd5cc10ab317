import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JitError } from '../../src/core/errors/errors.ts';
import type { FolderMark } from '../../src/ports/undo.ts';

const NAME = 'folder-id';
const ID = /^[0-9a-f-]{36}\n$/;
/** Whoever makes it writes it at once; on a network disk that may take a moment to be seen. */
const LOOKS = 20;
const AGAIN_MS = 100;

/** The mark of a folder is a file in it with a random id, made once, by whoever comes first. A copy of all of it is as good. */
export function folderMark(path: string): FolderMark {
  const file = join(path, NAME);
  const fails = (why: string, cause?: unknown) =>
    new JitError('undoFolder', { folder: path, why }, cause === undefined ? {} : { cause });
  return {
    path,
    async read() {
      try {
        for (let look = 0; look < LOOKS; look += 1) {
          const text = await readFile(file, 'utf8').catch(absent);
          if (text !== undefined && ID.test(text)) return text.trim();
          if (text === undefined) await make(path, file);
          else await pause(AGAIN_MS);
        }
      } catch (error) {
        throw fails(
          `${NAME} can be neither read nor made (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
          error,
        );
      }
      throw fails(`${NAME} is damaged`);
    },
  };
}

/** Only where there is none: of several that do so at once, one makes it. Links would do it whole, and not every network disk has them. */
async function make(path: string, file: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  try {
    await handle?.writeFile(`${randomUUID()}\n`);
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
