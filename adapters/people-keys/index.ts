import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../../src/core/language/instant.ts';
import { erasedId } from '../../src/core/people/erased-id.ts';
import type { ErasedPeople, PeopleKeys } from '../../src/ports/people-keys.ts';

const KEY_BYTES = 32;
/** `<hash of the person's id>.json`; of somebody who was erased and came back, the new key is in `<hash>-<instant>.json`. */
const NAME = /^([0-9a-f]{40})(?:-\d+)?\.json$/;
const schema = z.object({
  key: z.string().optional(),
  erasedUntil: z.number().optional(),
  note: z.string().optional(),
});
type Kept = z.infer<typeof schema>;

/**
 * A file for each person, in a folder that all replicas share. Of several who make the same key at once, one does (link(2)); destroying
 * replaces the file as a whole, and the key is written over first. A copy of the folder keeps keys: back it up for days, not for years.
 */
export function peopleKeys(folder: string): PeopleKeys {
  const read = async (name: string): Promise<Kept | undefined> => {
    const text = await readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  };
  const all = async (): Promise<ReadonlyMap<string, Kept>> => {
    const names = (await readdir(folder).catch(none)).filter((name) => NAME.test(name));
    const kept = new Map<string, Kept>();
    for (const name of names) kept.set(name, (await read(name)) ?? {});
    return kept;
  };
  return {
    async of(person, at) {
      const first = await read(`${erasedId(person)}.json`);
      const until = first?.erasedUntil;
      if (until !== undefined && at <= until) return undefined;
      const name = keyName(person, until);
      const key = until === undefined ? first?.key : (await read(name))?.key;
      if (key !== undefined) return Buffer.from(key, 'base64url');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await make(folder, name, { key: randomBytes(KEY_BYTES).toString('base64url') });
      const own = await read(name);
      return own?.key === undefined ? undefined : Buffer.from(own.key, 'base64url');
    },
    async destroy(id, until, note) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const first = `${id}.json`;
      const known = (await read(first)) ?? {};
      for (const name of await readdir(folder)) {
        if (!name.startsWith(id) || (await read(name))?.key === undefined) continue;
        await overwrite(join(folder, name));
        if (name !== first) await rm(join(folder, name), { force: true });
      }
      await replace(folder, first, later(known, until, note));
    },
    async erasedUntil(person) {
      return (await read(`${erasedId(person)}.json`))?.erasedUntil;
    },
    async erased(): Promise<ErasedPeople> {
      const gone = new Map<string, Instant>();
      for (const [name, { erasedUntil }] of await all())
        if (erasedUntil !== undefined) gone.set(name.slice(0, -'.json'.length), erasedUntil);
      return { all: gone, of: (person) => gone.get(erasedId(person)) };
    },
    notes: async () => new Map(signedIn(await all())),
    async known() {
      const kept = await all();
      return (person) => {
        const key = kept.get(keyName(person, kept.get(`${erasedId(person)}.json`)?.erasedUntil))?.key;
        return key === undefined ? undefined : Buffer.from(key, 'base64url');
      };
    },
  };
}

/** The later of what is known and what is new; where they are of the same instant, either may be what has its note. */
function later({ erasedUntil: known = 0, note: before }: Kept, until: Instant, note: string | undefined): Kept {
  const signed = until > known ? note : (before ?? (until === known ? note : undefined));
  return { erasedUntil: Math.max(until, known), ...(signed === undefined ? {} : { note: signed }) };
}

/** What is signed of each, by their `erasedId`. */
function signedIn(kept: ReadonlyMap<string, Kept>): readonly (readonly [id: string, note: string])[] {
  return [...kept].flatMap(([name, { note }]) =>
    note === undefined ? [] : [[name.slice(0, -'.json'.length), note] as const],
  );
}

function keyName(person: string, erasedUntil: Instant | undefined): string {
  return `${erasedId(person)}${erasedUntil === undefined ? '' : `-${erasedUntil}`}.json`;
}

/** Only where there is none yet. */
async function make(folder: string, name: string, kept: Kept): Promise<void> {
  const draft = await drafted(folder, kept);
  try {
    await link(draft, join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  await synced(folder);
}

async function replace(folder: string, name: string, kept: Kept): Promise<void> {
  await rename(await drafted(folder, kept), join(folder, name));
  await synced(folder);
}

async function drafted(folder: string, kept: Kept): Promise<string> {
  const draft = join(folder, `.${randomUUID()}.new`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(kept));
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

/** As far as the file system writes in place; where it does not (copy on write, SSDs), the old blocks live until it reuses them. */
async function overwrite(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    // Still JSON without a key, should it end here: then it is destroyed, and nothing says so yet.
    await file.write(`{${' '.repeat(Math.max(0, size - 2))}}`, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function synced(folder: string): Promise<void> {
  const own = await open(folder, 'r');
  try {
    await own.sync();
  } finally {
    await own.close();
  }
}

function none(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
