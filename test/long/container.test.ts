import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, read } from '../manifests/files.ts';

const run = promisify(execFile);
const MB = 1024 * 1024;
const INSTALL_MS = 10 * 60_000;
let folder = '';

/**
 * The stage `install` of the Dockerfile, command by command, in a folder of its own: no container engine is needed for that. Tests
 * reach nothing but loopback, so what `npm ci` would fetch is copied from what is installed.
 */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-image-'));
  const all = DockerfileParser.parse(read('Dockerfile')).getInstructions();
  const from = all.findIndex((one) => / AS install$/.test(one.getArgumentsContent() ?? ''));
  const end = all.findIndex((one, i) => i > from && one.getKeyword() === 'FROM');
  // As in the image, whose only Node is the one that the tests run on.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  for (const one of all.slice(from, end)) {
    const words = one.getArguments().map((argument) => argument.getValue());
    if (one.getArgumentsContent()?.startsWith('npm ci ')) await install(one.getArgumentsContent() ?? '', env);
    else if (one.getKeyword() === 'RUN')
      await run('sh', ['-ec', one.getArgumentsContent() ?? ''], { cwd: folder, env, maxBuffer: 64 * MB });
    if (one.getKeyword() === 'COPY')
      // The page of the board is built when the packages are installed.
      for (const name of words.slice(0, -1).map((word) => word.replace(/^\/app\//, '')))
        await cp(join(ROOT, name), join(folder, name), { recursive: true });
  }
}, INSTALL_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function install(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  const omitted = command.split(' ').filter((word) => word.startsWith('--omit='));
  expect(omitted).toEqual(['--omit=dev', '--omit=optional']);
  const { stdout } = await run('npm', ['ls', '--all', '--parseable', ...omitted], {
    cwd: ROOT,
    env,
    maxBuffer: 64 * MB,
  });
  const paths = stdout.split('\n').filter((path) => path.includes('node_modules'));
  // Those inside others come along with them; whether they are all meant is npm's affair.
  const outer = paths.filter((path) => path.split('node_modules').length === 2);
  for (const path of outer) await cp(path, join(folder, relative(ROOT, path)), { recursive: true });
}

test('what users get is under 150 MB, Node apart', async () => {
  const bytes = await sizeOf(folder);
  if (process.env.SHOW) console.log(`${(bytes / MB).toFixed(0)} MB`);
  expect(bytes).toBeLessThan(150 * MB);
}, 60_000);

test('every package that it may load is whole without what was taken away', async () => {
  const { dependencies } = JSON.parse(read('package.json'));
  const script = `for (const name of ${JSON.stringify(Object.keys(dependencies))}) if (name !== '@slack/types') await import(name);`;
  await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
}, 120_000);

test('a folder that cannot be written is no fault, and a configuration is checked', async () => {
  await mkdir(join(folder, 'data'));
  const jit = join(folder, 'src/cli/jit.js');
  const { stdout } = await run(process.execPath, [jit, 'check', '--offline', join(ROOT, 'drawbridge.example.yaml')], {
    cwd: join(folder, 'data'),
  });
  expect(stdout).toContain('has no errors');
  expect(await readdir(join(folder, 'data'))).toEqual([]);
}, 60_000);

async function sizeOf(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
