import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, read } from '../manifests/files.ts';

const run = promisify(execFile);
const MB = 1024 * 1024;
const INSTALL_MS = 10 * 60_000;
let folder = '';
/** The two folders of the image: where it is built, and where the program is. */
const place = (path: string) => join(folder, path.replace(/^\//, ''));

/**
 * The Dockerfile, command by command, in a folder of its own: no container engine is needed for that. Left out is what changes the
 * system (packages, users). Tests reach nothing but loopback, so `npm ci` gets what is installed.
 */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-image-'));
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  await mkdir(place('/build'));
  for (const one of DockerfileParser.parse(read('Dockerfile')).getInstructions()) {
    const words = one.getArguments().map((argument) => argument.getValue());
    const command = one.getArgumentsContent() ?? '';
    if (one.getKeyword() === 'COPY') await copy(words);
    if (one.getKeyword() !== 'RUN' || /^(?:apt-get|groupadd) /.test(command)) continue;
    if (command.startsWith('npm ci ')) await symlink(join(ROOT, 'node_modules'), place('/build/node_modules'));
    else
      await run('sh', ['-ec', command.replaceAll(' /app/', ` ${place('/app')}/`)], {
        cwd: place('/build'),
        env: { PATH: path, HOME: folder },
        maxBuffer: 64 * MB,
      });
  }
}, INSTALL_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(words: readonly string[]): Promise<void> {
  if (words.includes('/usr/local/bin/node')) return;
  const [from, to] = words.length === 2 && words[0]?.startsWith('/') ? words : [undefined, undefined];
  if (from && to) return cp(place(from), place(to), { recursive: true });
  const names = words.slice(0, -1);
  for (const name of names) await cp(join(ROOT, name), join(place('/build'), name), { recursive: true });
}

test('what users get is under 150 MB, Node apart', async () => {
  const bytes = await sizeOf(place('/app'));
  if (process.env.SHOW) console.log(`${(bytes / MB).toFixed(0)} MB`);
  expect(bytes).toBeLessThan(150 * MB);
}, 60_000);

test('a folder that cannot be written is no fault, and a configuration is checked', async () => {
  const data = place('/data');
  await mkdir(data);
  await chmod(place('/app'), 0o555);
  const jit = place('/app/src/cli/jit.js');
  const { stdout } = await run(process.execPath, [jit, 'check', '--offline', join(ROOT, 'drawbridge.example.yaml')], {
    cwd: data,
  });
  expect(stdout).toContain('has no errors');
  expect(await readdir(data)).toEqual([]);
}, 60_000);

async function sizeOf(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
