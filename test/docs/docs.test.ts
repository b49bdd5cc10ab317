import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HELP } from '../../src/app/inbox/help.ts';
import { EXITS } from '../../src/cli/person/exits.ts';
import { readConfig } from '../../src/config/load.ts';
import { ERRORS } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import { SLOW } from '../setup/slow.ts';
import { extrapolation } from './performance.ts';
import { section } from './section.ts';
import { errorsTable, liveTable, metricsTable, settings, settingsTable } from './tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...list('docs', /\.md$/)];

describe('the docs', () => {
  it('list every error, in its words', () => {
    expect(section('docs/errors.md', 'errors', errorsTable())).toBe(errorsTable());
  });

  it('list every setting with its default', () => {
    expect(section('docs/settings.md', 'settings', settingsTable())).toBe(settingsTable());
  });

  it('list every secret that is rotated without a restart', () => {
    expect(liveTable().split('\n').length).toBeGreaterThan(5);
    expect(section('docs/secrets.md', 'live', liveTable())).toBe(liveTable());
  });

  it('extrapolate from what was measured, and from nothing else', () => {
    expect(section('docs/performance.md', 'performance', extrapolation())).toBe(extrapolation());
  });

  it('list every metric with its labels', () => {
    expect(section('docs/metrics.md', 'metrics', metricsTable())).toBe(metricsTable());
  });

  it('have defaults as one would write them', () => {
    expect(settings().filter(({ given }) => /\d{5}0{3}|\{"/.test(given))).toEqual([]);
  });

  it('say of every setting what it is', () => {
    expect(settings().filter(({ what }) => !/^[A-Z].*\.$/.test(what) && !/^[a-z]+[A-Z]?\w* .*\.$/.test(what))).toEqual(
      [],
    );
  });

  it('name no setting that is none', () => {
    const known = settings().map(({ path }) => path.replaceAll('[]', ''));
    const sections = new Set(known.map((path) => path.split('.')[0]));
    // The audit's page names fields of OCSF and files of a pack, some of which begin like a setting.
    const isKnown = (name: string) =>
      name === 'api.request.uid' ||
      name.endsWith('.csv') ||
      known.some((path) => path === name || path.startsWith(`${name}.`));
    const wrong = [...PAGES, ...list('manifests', /\.(?:md|ya?ml|json|tf)$/)].flatMap((page) =>
      [...read(page).matchAll(/`([a-z]\w*(?:\[\])?(?:\.\w+(?:\[\])?)+)(?:: [^`]+)?`/g)]
        .map((match) => match[1]?.replaceAll('[]', '') ?? '')
        .filter((name) => sections.has(name.split('.')[0]) && !isKnown(name))
        .map((name) => `${page}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('draw the house as it is: every room, and none that is not there', () => {
    const page = read('docs/how-it-works.md');
    const named = new Set([...page.matchAll(/`((?:src|adapters)(?:\/[\w-]+)+)`/g)].map((match) => match[1] ?? ''));
    const rooms = ['src', 'adapters'].flatMap((floor) =>
      readdirSync(join(root, floor), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'lua')
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
    );
    const floors = ['src/core', 'src/app'];
    expect(rooms.filter((room) => !named.has(room) && !floors.includes(room))).toEqual([]);
    expect([...named].filter((room) => !rooms.includes(room))).toEqual([]);
    const files = [...page.matchAll(/`((?:src|adapters|test)\/[\w/.-]+\.ts)`/g)].map((match) => match[1] ?? '');
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('name the package and what it is for, and no other', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
    const used = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).sort();
    const table =
      /<!-- dependencies -->([\s\S]*?)<!-- \/dependencies -->/.exec(read('docs/dependencies.md'))?.[1] ?? '';
    const rows = table.split('\n').slice(3);
    const named = rows
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]))
      .sort();
    expect(named).toEqual(used);
  });

  it('link only to what is there', () => {
    const missing = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)]
        .map((match) => join(page, '..', match[1] ?? ''))
        .filter((target) => {
          try {
            readdirSync(join(root, target));
            return false;
          } catch (error) {
            return (error as NodeJS.ErrnoException).code === 'ENOENT';
          }
        }),
    );
    expect(missing).toEqual([]);
  });

  it('hold the same commands as the help', () => {
    const verbs = (text: string) => new Set([...text.matchAll(/`\/jit (\w+)/g)].map((match) => match[1]));
    const helped = verbs(HELP.map(plain).join('\n'));
    const documented = verbs(read('docs/commands.md').split('## In chat')[1]?.split('## Where from')[0] ?? '');
    expect(documented).toEqual(helped);
  });

  it('hold an example configuration that is right', () => {
    const result = readConfig(read('drawbridge.example.yaml'));
    expect('faults' in result ? result.faults : []).toEqual([]);
  });

  it('begin with a page that a busy person reads: at most 150 lines', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150);
  });

  it('have a table of contents that leaves no page out', () => {
    const contents = read('docs/README.md');
    const absent = list('docs', /\.md$/)
      .map((page) => relative('docs', page))
      .filter((page) => !/^(README\.md|decisions\/)/.test(page) && !contents.includes(`](${page})`));
    expect(absent).toEqual([]);
  });

  it('leave out no command of the command line', () => {
    const files = ['src/cli/jit.ts', 'src/cli/person/commands.ts'].map(read).join('\n');
    const verbs = [...files.matchAll(/\.command\('([a-z-]+)|(?:ending|paging)\(program, '(\w+)'/g)].map(
      ([, command, other]) => command ?? other ?? '',
    );
    expect(verbs.length).toBeGreaterThan(40);
    const page = read('docs/commands.md').split('## On the command line')[1] ?? '';
    const named = new Set([...page.matchAll(/`([^`]+)`/g)].flatMap((match) => match[1]?.split(' ') ?? []));
    expect(verbs.filter((verb) => !named.has(verb))).toEqual([]);
  });

  it('say how each command of a person ends', () => {
    const page = read('docs/commands.md');
    const rows = [...page.matchAll(/^\| (\d) \| ([^|]+?) \|$/gm)].map(([, code, what]) => [Number(code), what]);
    expect(rows).toEqual(Object.values(EXITS).map(([code, what]) => [code, what]));
  });

  it('name the two commands that .ci/run begins with, and what is slow is there', () => {
    expect(read('README.md')).toContain('\nnpm ci && npm test\n');
    expect(read('.ci/run')).toMatch(
      /^npm ci && npm test \|\| failed=1\nnpm run test:slow \|\| failed=1\nexit "\$failed"$/m,
    );
    expect(SLOW.filter((one) => globSync(one, { cwd: root }).length === 0)).toEqual([]);
  });
});

describe('the errors', () => {
  it('each stand in a transcript or a test by their words or code', () => {
    // Neither here nor where the words themselves are tested: those name every error, whether anything raises it or not.
    const texts = list('test', /\.(?:txt|ts)$/)
      .filter((file) => !/^test\/(docs|core\/errors|architecture)/.test(file))
      .map((file) => read(file))
      .join('\n');
    const absent = Object.entries(ERRORS).filter(
      ([code, { say }]) =>
        !new RegExp(`\\b${code}\\b`).test(texts) && !wordsOf(say).every((part) => texts.includes(part)),
    );
    expect(absent.map(([code]) => code)).toEqual([]);
  });
});

function list(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
}

/** The fixed parts of a sentence with placeholders. */
function wordsOf(say: string): readonly string[] {
  return say
    .split(/\{\w+\}/)
    .map((part) => part.trim())
    .filter((part) => part.length > 3);
}
