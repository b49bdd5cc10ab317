import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { chmod, cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const HOME = join(import.meta.dirname, '..');
/** Files that the program reads, besides those that stand in its own folders. */
const READ = ['package.json', 'board/built', 'manifests/slack/manifest.yaml', 'manifests/teams'];

/**
 * Writes the program as JavaScript into a folder, with all that it reads and laid out as the sources are: Node strips no types under
 * `node_modules`, where `npm install` puts the package. Types are checked elsewhere (`npm run check`).
 * https://nodejs.org/api/typescript.html#type-stripping-in-dependencies
 *
 * @param to the folder, which is emptied first
 */
export async function compile(to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const args = [tsc, '--project', join(HOME, 'tsconfig.dist.json'), '--outDir', to];
  await promisify(execFile)(process.execPath, args);
  const beside = globSync('{src,adapters}/**/*.*', { cwd: HOME, exclude: ['**/*.{ts,js}'] });
  for (const name of [...READ, ...beside]) await cp(join(HOME, name), join(to, name), { recursive: true });
  await chmod(to, 0o755);
}

if (import.meta.main) await compile(join(HOME, 'dist'));
