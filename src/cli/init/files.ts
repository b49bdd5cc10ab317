import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { badConfig } from '../../core/errors/bad-config.ts';
import type { Asker } from './asker.ts';

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Only whoever runs this may read it. */
  readonly isSecret?: boolean;
}

/** Those that would be written over. */
export function inTheWay(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => existsSync(path));
}

/** Those of the files that are there, which may be written over. Throws where they may not. */
export async function mayReplace(paths: readonly string[], ask: Pick<Asker, 'yes'>): Promise<readonly string[]> {
  const there = inTheWay(paths);
  if (there.length === 0) return [];
  const [named, isOne] = [there.join(', '), there.length === 1];
  const write = await ask.yes({
    key: 'overwrite',
    ask: `There already: ${named}. Once all is answered, write over ${isOne ? 'it' : 'those of them that are needed'}?`,
    standard: false,
  });
  if (write) return there;
  const remedy = `move ${isOne ? 'it' : 'them'} away, or begin in another folder with \`npx jit -c other/drawbridge.yaml init\``;
  throw badConfig([`${named}: there already; nothing was written: ${remedy}`], undefined, 'Writing');
}

/** Throws where nothing can be made in a folder; one that is not there yet is looked at by the nearest above it. */
export function refuseUnwritable(folder: string): void {
  let there = resolve(folder);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    // By trying: root may write wherever it asks, and cannot.
    rmdirSync(mkdtempSync(join(there, '.drawbridge-')));
  } catch (cause) {
    throw badConfig([`${there} cannot be written; begin in a folder that is yours`], cause, 'Writing');
  }
}

/** Writes all of them, each whole: first beside their places, and then, with nothing left that may fail, into them. */
export function writeAll(files: readonly NewFile[]): void {
  const made: (readonly [from: string, to: string])[] = [];
  try {
    for (const { path, content, isSecret = false } of files) {
      const beside = `${path}.${process.pid}.new`;
      mkdirSync(dirname(path), { recursive: true, ...(isSecret ? { mode: 0o700 } : {}) });
      made.push([beside, path]);
      const handle = openSync(beside, 'wx', isSecret ? 0o600 : 0o644);
      try {
        writeFileSync(handle, content);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    }
    for (const [from, to] of made) renameSync(from, to);
  } catch (cause) {
    for (const [from] of made) rmSync(from, { force: true });
    const last = made.at(-1)?.[1] ?? 'a file';
    throw badConfig([`${last} cannot be written; look at the rights of its folder`], cause, 'Writing');
  }
}
