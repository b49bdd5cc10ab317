import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const HERE = import.meta.dirname;
const CONFIG = join(HERE, 'vite.config.ts');
const BUILT = join(HERE, 'built');
/** In the built folder: of what it was built. */
const STAMP = '.of';

/**
 * Builds the page of the board into `board/built`, where the program finds it, unless this very page is there; gives the folder. Several may
 * do so at once: each builds in a folder of its own.
 */
export async function buildBoard(): Promise<string> {
  const print = await fingerprint();
  if (isBuilt(print)) return BUILT;
  const work = await mkdtemp(join(HERE, '.building-'));
  try {
    const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
    const args = [vite, 'build', '--config', CONFIG, '--outDir', work, '--emptyOutDir', '--logLevel', 'warn'];
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } });
    // The program may run as another user than the one that installs it.
    await chmod(work, 0o755);
    await writeFile(join(work, STAMP), print);
    await rm(BUILT, { recursive: true, force: true });
    await rename(work, BUILT).catch((error: unknown) => {
      // Somebody else was quicker: theirs is as good.
      if (!isBuilt(print)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return BUILT;
}

function isBuilt(print: string): boolean {
  const stamp = join(BUILT, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
}

/** Changes with all that goes into the page: its sources, how it is built, and the versions of the packages. */
async function fingerprint(): Promise<string> {
  const app = await readdir(join(HERE, 'app'), { recursive: true, withFileTypes: true });
  const files = app.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), CONFIG, join(HERE, '..', 'package-lock.json')])
    hash.update(`${file.slice(HERE.length)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

if (import.meta.main) console.log(await buildBoard());
