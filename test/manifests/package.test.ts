import { execFile } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../pack/compile.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { ROOT } from './files.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-package-'));
/** Where `npm install` puts it. */
const home = join(folder, 'node_modules/drawbridge');
const jit = join(home, 'src/cli/jit.js');
const filesBelow = (cwd: string, pattern: string) =>
  globSync(pattern, { cwd, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(cwd, join(one.parentPath, one.name)).replaceAll('\\', '/'));
let packed: readonly string[] = [];

beforeAll(async () => {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options);
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }];
  // What was compiled before, if it was, is not looked at: it is compiled here.
  packed = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
  for (const path of packed) cpSync(join(ROOT, path), join(home, path));
  await compile(join(home, 'dist'));
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('has what users need, and nothing else', () => {
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'drawbridge.example.yaml', 'package.json'];
    const entry = ['src/cli/guard.js', 'src/cli/jit.js'];
    const all = [...texts, ...entry, ...filesBelow(ROOT, 'docs/**/*.md'), ...filesBelow(ROOT, 'manifests/**')];
    expect([...packed].sort()).toEqual(all.sort());
  });

  it('has every module compiled, what they read, and no TypeScript', () => {
    // `jit.js` is the one of `jit.ts`; the other one is above it.
    const sources = new Set(filesBelow(ROOT, '{src,adapters}/**').map((path) => path.replace(/\.ts$/, '.js')));
    const read = ['package.json', 'manifests/slack/manifest.yaml', ...filesBelow(ROOT, 'manifests/teams/*')];
    const dist = filesBelow(join(home, 'dist'), '**').filter((path) => !path.startsWith('board/built/'));
    expect(dist.sort()).toEqual([...sources, ...read].sort());
    expect(existsSync(join(home, 'dist/board/built/index.html'))).toBe(true);
  });

  it('names no TypeScript that it would load', () => {
    const texts = filesBelow(home, 'dist/{src,adapters}/**/*.js').map((path) => ({ path, text: textOf(path) }));
    const code = texts.map(({ path, text }) => ({ path, text: text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') }));
    const naming = code.filter(({ path, text }) => /\.ts['"`]/.test(text) && !path.endsWith('/begin.js'));
    expect(naming.map(({ path }) => path)).toEqual([]);
  });

  it('has the pages and manifests that the program names', () => {
    const texts = filesBelow(home, 'dist/{src,adapters}/**/*.{js,json}').map(textOf);
    const named = new Set(texts.flatMap((text) => text.match(/\b(?:docs|manifests)\/[\w/.-]+\.\w+/g) ?? []));
    expect(named.size).toBeGreaterThan(10);
    expect([...named].filter((path) => !existsSync(join(home, path)))).toEqual([]);
  });
});

describe('installed under node_modules', () => {
  const installed = (...words: readonly string[]) => run(process.execPath, [jit, ...words], { cwd: folder });

  it('it says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect((await installed('--version')).stdout).toBe(`${version}\n`);
  });

  it('it checks a configuration, and makes the apps of the chats', async () => {
    const example = join(home, 'drawbridge.example.yaml');
    expect((await installed('check', '--offline', example)).stdout).toContain('has no errors');
    expect((await installed('manifest', 'slack', '--socket')).stdout).toContain('name: Drawbridge');
    await installed('manifest', 'teams', '--app-id', '0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b', '--out', 'teams.zip');
    expect(existsSync(join(folder, 'teams.zip'))).toBe(true);
  });

  it('it starts, and answers in Slack', async ({ onTestFinished }) => {
    mkdirSync(join(folder, 'run'));
    const demo = await startDemo({
      folder: join(folder, 'run'),
      shortest: '3s',
      azureMinimum: 0,
      appendfsync: 'everysec',
      jit,
    });
    onTestFinished(() => demo.stop());
    const stage = new Stage(demo.services, () => {});
    onTestFinished(() => stage.stop());
    expect(await stage.slack('requester', '/jit list')).toContain('You have no open or pending requests');
  });
});

function textOf(path: string): string {
  return readFileSync(join(home, path), 'utf8');
}
