import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../ports/log.ts';
import type { CommitMemory, StoreStamp } from './commit-watch.ts';

/** Beside the mark key, for each store of its own. */
interface Where {
  readonly marks: { readonly keyFile: string };
  readonly redis: { readonly prefix: string };
}

const kept = z.object({ epoch: z.number(), count: z.number(), id: z.string() });

/** Where the store stood last, in a file of this computer. Written at once, and again as long as it changes meanwhile. */
export function commitFile(file: string, log: Log, doubts = false): CommitMemory {
  let next: StoreStamp | undefined;
  let writing = false;
  let isTold = false;
  const write = async () => {
    while (next) {
      const text = JSON.stringify(next);
      next = undefined;
      const draft = `${file}.${process.pid}.draft`;
      try {
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, file);
        isTold = false;
      } catch (error) {
        // Each commit tries it: once is told.
        if (!isTold) log.warn({ error, file }, 'where Redis stands could not be kept outside of it');
        isTold = true;
      }
    }
    writing = false;
  };
  return {
    doubts,
    recall() {
      try {
        return kept.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        return undefined;
      }
    },
    keep(stamp) {
      next = stamp;
      if (writing) return;
      writing = true;
      try {
        mkdirSync(dirname(file), { recursive: true });
      } catch {
        // Writing says what is wrong.
      }
      void write();
    },
  };
}

/**
 * Whoever works on a store doubts one of which nothing is known here. A command takes it as it is, and leaves the
 * file as it was: it is no witness of what was there before.
 */
export function commitMemory({ marks, redis }: Where, log: Log, works: boolean): CommitMemory {
  const memory = commitFile(join(dirname(marks.keyFile), `commits-${redis.prefix}.json`), log, works);
  return works ? memory : { ...memory, keep: () => {} };
}
