import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namedIn } from '../../src/core/audit/record.ts';
import { partsIn, withoutPeople } from '../../src/core/audit/sealed.ts';
import { readErasure } from '../../src/core/evidence/erasure.ts';
import { timedKey } from '../../src/core/evidence/key-times.ts';
import { lineOf, noteLine, readLine } from '../../src/core/evidence/line.ts';
import { isRecordsName } from '../../src/core/evidence/names.ts';
import { noteVerifier } from '../../src/core/evidence/note.ts';
import type { ErasedPeople } from '../../src/ports/people-keys.ts';
import type { KeptErasure, PersonalPlace } from '../../src/ports/personal.ts';
import { ANEW, APPEND } from './append.ts';
import { eachLine, readFileLines } from './read.ts';
import { auditFiles } from './tail.ts';

/** Beside the files: a hash of the ID of each person who was erased, and until when, a line each; behind it what is signed of that, which alone counts. */
const ERASED_FILE = 'erased.txt';
const DRAFT = '.new';

/** Whose erasures count: others may write beside the files, too. */
interface Trusted {
  readonly installation: string;
  /** Public keys that sign or signed, each with the time until which it counts (`timedKey`). */
  readonly keys: readonly string[];
}

/** The files of the audit. Each record, its hash, and the chain stay as they are when something is taken away. */
export function personalFiles(folder: string, trusted: Trusted): PersonalPlace {
  return {
    name: 'audit files',
    // The loop of this sink holds it while it writes.
    lock: 'loop:sink files',
    async *find(person) {
      const found: unknown[] = [];
      await eachLine(folder, (line) => {
        const read = readLine(line);
        if (read && !('note' in read) && Object.hasOwn(partsIn(read.people) ?? namedIn(read), person)) found.push(read);
      });
      yield* found;
    },
    async erase(erased) {
      let changed = 0;
      for (const name of await auditFiles(folder)) changed += await eraseIn(folder, name, erased);
      await clearDrafts(folder);
      return { changed, left: 0 };
    },
    async erased() {
      return signedIn(await erasuresIn(folder), trusted);
    },
    async keep(id, until, note) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(join(folder, ERASED_FILE), APPEND, 0o600);
      try {
        // A line of its own also behind one that a crash cut short.
        await file.writeFile(`\n${id} ${until}\n${noteLine(note)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** Those that Drawbridge signed, the latest of each person: a line without its note is anybody's. */
function signedIn(notes: readonly string[], { installation, keys }: Trusted): ReadonlyMap<string, KeptErasure> {
  const timed = keys.map(timedKey);
  const verifiers = timed.flatMap(({ vkey }) => noteVerifier(vkey) ?? []);
  const kept = new Map<string, KeptErasure>();
  for (const note of notes) {
    const read = readErasure(note, verifiers);
    if (!read || read.installation !== installation) continue;
    const { id, by, until } = read;
    const over = timed.find(({ vkey }) => vkey === by)?.until ?? until;
    if (until <= over && until > (kept.get(id)?.until ?? 0)) kept.set(id, { until, note });
  }
  return kept;
}

/** What is signed of whoever was erased, beside the files. */
export async function erasuresIn(folder: string): Promise<readonly string[]> {
  return (await erasedTextIn(folder)).split('\n').flatMap((line) => {
    const read = readLine(Buffer.from(line));
    return read && 'note' in read ? [read.note] : [];
  });
}

async function erasedTextIn(folder: string): Promise<string> {
  return readFile(join(folder, ERASED_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

async function eraseIn(folder: string, name: string, erased: ErasedPeople): Promise<number> {
  const lines: (Buffer | string)[] = [];
  let changed = 0;
  await readFileLines(folder, name, (line) => {
    const left = without(line, erased);
    if (left !== undefined) changed += 1;
    lines.push(left ?? Buffer.from(line));
  });
  if (changed > 0) await replace(join(folder, name), lines);
  return changed;
}

/** What a kill left of a file that was being written anew: it says of people what that file says, and nobody would look for it there. */
async function clearDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(noNames))
    if (name.endsWith(DRAFT) && isRecordsName(name.slice(0, -DRAFT.length))) await rm(join(folder, name));
}

function noNames(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** Undefined where it says nothing of whoever was erased. */
function without(line: Buffer, erased: ErasedPeople): string | undefined {
  const read = readLine(line);
  if (!read || 'note' in read) return undefined;
  const isGone = (person: string) => (erased.of(person) ?? 0) >= read.at;
  const people = withoutPeople(read.people, isGone, Object.keys(namedIn(read)));
  return people === read.people ? undefined : lineOf({ ...read, people });
}

/** All of the new file or all of the old one, also after a power cut. */
async function replace(path: string, lines: readonly (Buffer | string)[]): Promise<void> {
  const file = await open(`${path}${DRAFT}`, ANEW, 0o600);
  try {
    await file.writeFile(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}${DRAFT}`, path);
}
