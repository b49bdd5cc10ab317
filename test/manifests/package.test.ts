import { execFile } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, OPTIONAL } from '../../pack/compile.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { ROOT } from './files.ts';

const run = promisify(execFile);
const MB = 1024 * 1024;
/** What `npm ci` installed is not above it: it has everything. */
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-package-'));
/** Where `npm install` puts it. */
const home = join(folder, 'node_modules/drawbridge');
const jit = join(home, 'src/cli/jit.js');
const filesBelow = (cwd: string, pattern: string) =>
  globSync(pattern, { cwd, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(cwd, join(one.parentPath, one.name)).replaceAll('\\', '/'));
const textOf = (path: string) => readFileSync(join(home, path), 'utf8');
/** They have no file with it: their package.json names it. */
const NO_FILE =
  /^(?:@aws-sdk\/(?:credential-provider-(?:http|login)|nested-clients) \S+ \(Apache-2\.0\)|(?:@microsoft\/agents-\w+|abstract-logging|agent-base|data-uri-to-buffer|https-proxy-agent|tr46) \S+ \(MIT\))$/;
let packed: readonly { readonly path: string; readonly size: number }[] = [];

beforeAll(async () => {
  const dist = join(folder, 'dist');
  await compile(dist);
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: dist, env, maxBuffer: 64 * MB });
  [{ files: packed }] = JSON.parse(stdout) as [{ files: typeof packed }];
  for (const { path } of packed) cpSync(join(dist, path), join(home, path));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('in a clone, `npm ci` puts `jit` beside the other programs, once and again', async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.prepare).toContain('node pack/link.js');
  const clone = mkdtempSync(join(tmpdir(), 'drawbridge-clone-'));
  for (const path of ['pack/link.js', 'src/cli/jit.js']) cpSync(join(ROOT, path), join(clone, path));
  writeFileSync(join(clone, 'src/cli/guard.js'), 'console.log("this one");process.exit(0);');
  for (const _ of [1, 2]) {
    await run(process.execPath, [join(clone, 'pack/link.js')]);
    expect((await run(process.execPath, [join(clone, 'node_modules/.bin/jit')])).stdout).toBe('this one\n');
  }
  rmSync(clone, { recursive: true });
});

describe('the package', () => {
  it('has the program, what it reads, what users need, and nothing else', () => {
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'drawbridge.example.yaml', 'package.json'];
    const ours = [...texts, 'THIRD-PARTY-NOTICES.txt', 'warm.js', 'src/cli/guard.js', 'src/cli/jit.js'];
    const started = ['src/cli/begin.js', 'src/cli/drill-hand.js', 'adapters/on-call/reader.js'];
    const read = filesBelow(ROOT, '{src,adapters}/**').filter((path) => !/\.(?:ts|js)$/.test(path));
    const pages = [...filesBelow(ROOT, 'docs/**/*.md'), ...filesBelow(ROOT, 'manifests/**')];
    const has = packed.map(({ path }) => path);
    const built = has.filter((path) => /^(?:board\/built|src\/program)\//.test(path));
    expect(has.filter((path) => !built.includes(path)).sort()).toEqual([...ours, ...started, ...read, ...pages].sort());
    expect(built).toContain('board/built/index.html');
  });

  it('is not made of the folder of the sources by mistake, which says how it is made', async () => {
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    const said = await run('npm', ['pack', '--dry-run'], { cwd: ROOT, env }).catch(({ stderr }) => stderr);
    expect(said).toContain('Run `npm run package`');
    const { files, scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect([files, scripts.package]).toEqual([[], expect.stringContaining('npm pack ./dist')]);
  });

  it('is small, and asks npm for no other package', () => {
    expect(packed.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(50 * MB);
    expect(Object.keys(JSON.parse(textOf('package.json')))).not.toContain('dependencies');
  });

  it('has no command of EC2 that nobody calls: the SDK is taken as modules, not as the one file of each service', () => {
    const texts = filesBelow(home, 'src/program/*.js').map(textOf);
    const has = (command: string) => texts.some((text) => text.includes(command));
    const commands = ['DescribeSecurityGroupRulesCommand', 'AcceptAddressTransferCommand', 'CreateVpcCommand'];
    expect(commands.filter(has)).toEqual(['DescribeSecurityGroupRulesCommand']);
  });

  it('loads nothing but Node and itself; what packages can do without is written down', () => {
    const named = filesBelow(home, '{src,adapters}/**/*.js').flatMap((path) => [
      ...textOf(path).matchAll(/(?:^import .*? from |^import |\bawait import\(|\b__require\()"([^".][^"]*)"/gm),
    ]);
    const others = new Set(named.flatMap(([, name = '']) => (isBuiltin(name) ? [] : [name])));
    expect([...others].sort()).toEqual([...OPTIONAL].sort());
  });

  it('has the licence of each package in it', () => {
    const notices = textOf('THIRD-PARTY-NOTICES.txt')
      .split(`\n${'-'.repeat(80)}\n\n`)
      .slice(1);
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const names = new Set(notices.map((text) => text.slice(0, text.indexOf(' '))));
    expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
    const without = notices.filter((text) => text.trim().split('\n').length < 5).map((text) => text.trim());
    expect(without.filter((text) => !NO_FILE.test(text))).toEqual([]);
  });

  it('has the pages and manifests that the program names', () => {
    const texts = filesBelow(home, '{src,adapters}/**/*.{js,json}').map(textOf);
    const named = new Set(texts.flatMap((text) => text.match(/\b(?:docs|manifests)\/[\w/.-]+\.\w+/g) ?? []));
    const ours = [...named].filter((path) => existsSync(join(ROOT, path)));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((path) => !existsSync(join(home, path)))).toEqual([]);
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
    expect((await installed('roles', 'aws')).stdout).toContain('AWSTemplateFormatVersion');
  });

  it('everything in it can be loaded, and is compiled for a start from a file system that cannot be written', async () => {
    const { stderr } = await run(process.execPath, [join(home, 'warm.js')], { cwd: folder });
    // Node warns of what packages do only where these are under node_modules.
    expect(stderr).toBe('');
    expect(filesBelow(home, '.cache/compiled/**').length).toBeGreaterThan(100);
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
