import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JitError } from '../../src/core/errors/errors.ts';
import { type Sealer, sha256 } from '../../src/core/rule/seal.ts';
import type { UndoRecord, UndoRecords } from '../../src/ports/undo.ts';

export { folderExaminer } from './examine.ts';
export { folderMark } from './mark.ts';

/** Names of records; nothing else in the folder is read, or written. */
const NAME = /^((?:aws|azure)-[a-z0-9]{1,40})\.json$/;

/** A record as it is in its file. */
type Sealed = UndoRecord & { readonly seal?: string };

/**
 * One file for each record in a folder, which is made when the first one is kept. A record is on the disk, whole, before
 * `keep` resolves. Replicas share the folder. Each is signed; one that is not, or not by this installation, is given with
 * its hash, and is not signed by keeping it again.
 *
 * @param prove throws where the folder is not the one that the others see: nothing is kept there
 */
export function undoFiles(folder: string, seals: Sealer, prove: () => Promise<void> = async () => {}): UndoRecords {
  return {
    async keep(record) {
      await prove();
      if (!NAME.test(`${record.id}.json`)) throw new Error(`${record.id} is no name of a record`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${record.id}.json`);
      const { unsigned: _, ...plain } = record;
      const isStrange = (await read(file, seals).catch(() => undefined))?.unsigned !== undefined;
      const sealed: Sealed = isStrange ? plain : { ...plain, seal: seals.sign(textOf(plain)) };
      const text = `${JSON.stringify(sealed, undefined, 2)}\n`;
      const draft = `${file}.${process.pid}.draft`;
      await written(draft, text);
      await rename(draft, file);
      await synced(folder);
    },
    async all(cloud) {
      const names = (await existing(readdir(folder))) ?? [];
      const records = await Promise.all(
        names
          .filter((name) => NAME.test(name) && name.startsWith(`${cloud}-`))
          .map((name) => read(join(folder, name), seals)),
      );
      return records.flatMap((record) => record ?? []);
    },
    async drop(id) {
      if (!NAME.test(`${id}.json`)) return;
      await rm(join(folder, `${id}.json`), { force: true });
    },
  };
}

/** The records of one file, or of a folder, to be put back: what is done is dropped from there. Throws `badUndo`. */
export async function undoFrom(path: string, seals: Sealer): Promise<UndoRecords> {
  const one = NAME.exec(path.slice(path.lastIndexOf('/') + 1));
  const files = undoFiles(one ? dirname(path) : path, seals);
  if (!one) {
    if ((await existing(readdir(path))) === undefined) throw new JitError('badUndo', { file: path });
    return files;
  }
  const record = await read(path, seals);
  if (!record) throw new JitError('badUndo', { file: path });
  return { ...files, all: async (cloud) => (record.cloud === cloud ? [record] : []) };
}

/** What is signed: the order of a file's fields is no part of it. */
function textOf({ id, cloud, at, was }: UndoRecord): string {
  return JSON.stringify([id, cloud, at, was]);
}

async function read(file: string, seals: Sealer): Promise<UndoRecord | undefined> {
  const text = await existing(readFile(file, 'utf8'));
  if (text === undefined) return undefined;
  try {
    const { seal, id, cloud, at, was } = JSON.parse(text) as Sealed;
    // What is signed, and nothing else that somebody wrote beside it.
    const record: UndoRecord = { id, cloud, at, was };
    const isRecord =
      file.endsWith(`${record.id}.json`) && ['aws', 'azure'].includes(record.cloud) && typeof record.at === 'string';
    if (!isRecord) throw new Error('it is no record');
    const signed = textOf(record);
    return typeof seal === 'string' && seals.verify(signed, seal) ? record : { ...record, unsigned: sha256(signed) };
  } catch (error) {
    throw new JitError('badUndo', { file }, { cause: error });
  }
}

async function written(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name of a new file is on the disk only when its folder is. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Undefined for a file or folder that is not there. */
async function existing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}
