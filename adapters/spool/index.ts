import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { recordOf } from '../../src/core/audit/record.ts';
import type { Spool } from '../../src/ports/spool.ts';

/** `<host>-<process id>-<random>.jsonl`; nothing else in the folder is read, or written. */
const NAME = /^(.+)-(\d+)-([0-9a-f]{12})\.jsonl$/;
/** What an entry is found again by. */
const named = z.looseObject({ act: z.string(), event: z.string(), outcome: z.string() });

/**
 * One file for each process, a line of JSON for each entry, which is on the disk before `add` resolves. What a process left
 * that died on this computer is merged by the next one. A last line that a crash cut short was never promised.
 */
export function spoolFiles(folder: string): Spool {
  const own = `${hostname()}-${process.pid}-${randomBytes(6).toString('hex')}.jsonl`;
  // Adding and merging take turns: what is merged is dropped as a whole.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    add: (entries) =>
      inTurn(async () => {
        if (entries.length === 0) return;
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = await open(join(folder, own), 'a', 0o600);
        try {
          // Begun on a new line: what a full disk cut short spoils nothing that comes after.
          await file.writeFile(`\n${entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')}`);
          await file.sync();
        } finally {
          await file.close();
        }
      }),
    merge: (write) =>
      inTurn(async () => {
        const names = (await readdir(folder).catch(() => [] as string[])).filter(
          (name) => name === own || isLeft(name),
        );
        let count = 0;
        for (const name of names) {
          const lines = (await readFile(join(folder, name), 'utf8').catch(gone)).split('\n');
          for (const entry of lines.flatMap(entryIn)) {
            await write(entry);
            count += 1;
          }
          await rm(join(folder, name), { force: true });
        }
        return count;
      }),
  };
}

/** Did a process leave it that died on this computer? */
function isLeft(name: string): boolean {
  const [, host, pid] = NAME.exec(name) ?? [];
  if (host !== hostname() || pid === undefined) return false;
  // In a container every process has the same number: one with our own is of before.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Somebody else has just merged it. */
function gone(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

/** Nothing for a line that is no entry: one that cannot be put into texts would hold up all that come after it, for ever. */
function entryIn(line: string): AuditEntry | [] {
  try {
    const read: unknown = JSON.parse(line);
    if (!named.safeParse(read).success) return [];
    const entry = read as AuditEntry;
    recordOf(entry, () => '');
    return entry;
  } catch {
    return [];
  }
}
