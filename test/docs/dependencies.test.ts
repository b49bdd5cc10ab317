import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { section } from './section.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { allowScripts, dependencies, devDependencies, optionalDependencies, scripts } = JSON.parse(read('package.json'));
const PINNED: Readonly<Record<string, string>> = { ...dependencies, ...devDependencies, ...optionalDependencies };
const LOCKED: Readonly<
  Record<string, { readonly license?: string; readonly dev?: boolean; readonly hasInstallScript?: boolean }>
> = JSON.parse(read('package-lock.json')).packages;

const [, TABLE = ''] = read('docs/dependencies.md').split(/\n?<!-- \/?dependencies -->\n?/);
const ROWS = TABLE.split('\n')
  .slice(2)
  .map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
/** The packages that are for this computer's own kind alone, and so not all of them are here. */
const isNode = (name: string) => /^node-(?:bin-)?(?:linux|darwin|win)-/.test(name);

function bytesOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = entries.filter(({ name }) => name !== 'node_modules');
  return own.reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(path) : entry.isFile() ? statSync(path).size : 0);
  }, 0);
}

/** In MB, as it was installed, without what it needs in turn. */
function sizeOf(names: readonly string[]): number {
  const bytes = names.filter((name) => !isNode(name)).map((name) => bytesOf(join(ROOT, 'node_modules', name)));
  return bytes.reduce((sum, one) => sum + one, 0) / 1e6;
}

const shown = (mb: number): string => (mb < 0.1 ? '0.1' : mb < 10 ? mb.toFixed(1) : String(Math.round(mb)));
const licencesOf = (names: readonly string[]) =>
  [...new Set(names.map((name) => LOCKED[`node_modules/${name}`]?.license ?? 'none in its package.json'))].join(', ');

it('the table of packages has the version, the licence, and the size of each; UPDATE_DOCS=1 writes them', () => {
  const wanted = ROWS.map(([packages = '', , , size = '', upkeep = '', what = '']) => {
    const names = namesIn(packages);
    const mb = sizeOf(names);
    // A size differs a little from computer to computer.
    const isNear = Math.abs(Number(size) - mb) <= Math.max(0.15, mb * 0.2);
    const versions = [...new Set(names.map((name) => PINNED[name] ?? ''))].join(', ');
    const figure = names.every(isNode) ? '(190 each)' : isNear && size !== '' ? size : shown(mb);
    return `| ${[packages, versions, licencesOf(names), figure, upkeep, what].join(' | ')} |`;
  });
  const head = ['| package | version | licence | MB | upkeep | what it is for |', '|---|---|---|---|---|---|'];
  const table = [...head, ...wanted].join('\n');
  expect(section('docs/dependencies.md', 'dependencies', table)).toBe(table);
});

it('says of each how it is kept up', () => {
  expect(
    ROWS.filter(([, , , , upkeep = '']) => !/^(?:newest|behind: \d|archived|quiet)/.test(upkeep)).map(([name]) => name),
  ).toEqual([]);
  // Whoever is archived is so for a reason that is written down.
  expect(
    ROWS.filter(([, , , , upkeep = '']) => upkeep.startsWith('archived') && !upkeep.includes('](decisions/')),
  ).toEqual([]);
});

// Newer npm warns at `npm ci` about each script that nobody decided about, and some day leaves it out.
it('says of every package with an install script whether it may run: none may', () => {
  const withScript = Object.entries(LOCKED).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = withScript.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(names).toContain('ssh2');
  expect(allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
});

it('npm run sbom lists every package that users install, with its version and licence', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-sbom-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'bom.json');
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    npm_config_update_notifier: 'false',
  };
  execFileSync('npm', ['run', '--silent', 'sbom', '--', '--output-file', file], { cwd: ROOT, env, stdio: 'pipe' });
  const bom = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly bomFormat: string;
    readonly components: readonly {
      readonly group?: string;
      readonly name: string;
      readonly version: string;
      readonly licenses?: unknown;
    }[];
  };
  expect(bom.bomFormat).toBe('CycloneDX');
  const listed = new Set(
    bom.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  );
  const installed = Object.entries(
    LOCKED as Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>,
  )
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(
      ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    );
  expect(installed.filter((one) => !listed.has(one))).toEqual([]);
  expect(installed.length).toBeGreaterThan(200);
  const bare = bom.components.filter(({ licenses }) => licenses === undefined).map(({ name }) => name);
  // Read by hand: test/manifests/licences.test.ts.
  expect(bare).toEqual(['limiter']);
  expect(scripts.sbom).toContain('--omit dev');
});
