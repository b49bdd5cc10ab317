import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from './files.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-installed-'));
const home = join(folder, 'node_modules/drawbridge');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const name of ['package.json', 'src', 'adapters', 'manifests'])
  cpSync(join(ROOT, name), join(home, name), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));

test('installed under node_modules it starts, and checks a configuration', async () => {
  const jit = join(home, 'src/cli/jit.js');
  const example = join(ROOT, 'drawbridge.example.yaml');
  const { stdout } = await run(process.execPath, [jit, 'check', '--offline', example], { cwd: folder });
  expect(stdout).toContain('has no errors');
}, 60_000);

test('a thread and a process of its own start there too', async () => {
  const installed = join(home, 'src/kit/installed.js');
  const file = JSON.stringify(join(home, 'adapters/on-call/errors.ts'));
  const script = `const { Worker } = await import('node:worker_threads');
    new Worker(new URL('file://' + ${file}), { execArgv: ['--import', ${JSON.stringify(installed)}] }).on('exit', (code) => process.exit(code));`;
  const args = ['--import', installed, '--input-type=module', '-e', `await import(${file}); ${script}`];
  // What ends with an error rejects; Node’s warning that stripping is experimental does not.
  expect(await run(process.execPath, args, { cwd: folder })).toMatchObject({ stdout: '' });
}, 60_000);
