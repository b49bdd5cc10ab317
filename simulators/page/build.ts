import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const CONFIG = join(HERE, 'vite.config.ts');
const VITE = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
const CACHE = join(ROOT, '.cache', 'page');

/**
 * Builds the page unless this very page was built before, and gives the folder it is in. Several programs may do so at
 * once: each builds in a folder of its own, and the first one to finish wins.
 */
export async function buildPage(): Promise<string> {
  const folder = join(CACHE, await fingerprint());
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, '.building-'));
  try {
    // A process of its own: Vite goes by NODE_ENV, which is not ours to change here, and is not needed afterwards.
    const args = [VITE, 'build', '--config', CONFIG, '--outDir', work, '--emptyOutDir', '--logLevel', 'warn'];
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } });
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** Changes with anything that goes into the page: its sources, how it is built, and the versions of the packages. */
async function fingerprint(): Promise<string> {
  const app = await readdir(join(HERE, 'app'), { recursive: true, withFileTypes: true });
  const files = app.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), CONFIG, join(ROOT, 'package-lock.json')])
    hash.update(`${file.slice(ROOT.length)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
