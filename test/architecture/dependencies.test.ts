import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importsOf } from './imports.ts';
import { readSources, root } from './sources.ts';

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const { dependencies, devDependencies, optionalDependencies, scripts }: Package = JSON.parse(
  readFileSync(`${root}/package.json`, 'utf8'),
);
const libraries = (folders: readonly string[]) =>
  new Set(
    readSources(folders)
      .flatMap(importsOf)
      .flatMap(({ library }) => (library === undefined || library.startsWith('node:') ? [] : [library])),
  );
const shipped = libraries(['src', 'adapters']);

describe('the dependencies', () => {
  it('of the program are those that it imports', () => {
    expect([...shipped].sort()).toEqual(Object.keys(dependencies).sort());
  });

  it('of the rest are there, and used by somebody', () => {
    const used = libraries(['bench', 'board', 'pack', 'simulators', 'test']);
    const here = { ...dependencies, ...devDependencies };
    expect([...used].filter((name) => !(name in here))).toEqual([]);
    const commands = Object.values(scripts).join(' ');
    const tools = ['biome.json', '.oxlintrc.json', 'tsconfig.json', 'vitest.config.ts', 'stryker.config.json']
      .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
      .join('\n');
    // What leaves globals behind and has no exports is loaded by `require`.
    const required = readSources(['pack', 'test']).flatMap(({ text }) =>
      [...text.matchAll(/\b(?:require(?:\.resolve)?|import\.meta\.resolve)\('((?:@[\w-]+\/)?[\w-]+)/g)].map(
        ([, name]) => name,
      ),
    );
    const idle = Object.keys(devDependencies).filter(
      (name) => !used.has(name) && !required.includes(name) && !isTool(name, commands, tools),
    );
    expect(idle).toEqual([]);
  });

  it('are pinned, so that everybody runs what was tested', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});

/** Is it run by a script, named by a tool's settings, or the types or the rules of something that is? */
function isTool(name: string, commands: string, settings: string): boolean {
  const command: Readonly<Record<string, RegExp>> = {
    '@biomejs/biome': /\bbiome\b/,
    typescript: /\btsc\b/,
    knip: /\bknip\b/,
    oxlint: /\boxlint\b/,
    vitest: /\bvitest\b/,
    '@stryker-mutator/core': /\bstryker\b/,
    '@cyclonedx/cyclonedx-npm': /\bcyclonedx-npm\b/,
  };
  if (command[name]) return command[name].test(commands);
  if (name === '@stryker-mutator/vitest-runner') return settings.includes(`"plugins": ["${name}"]`);
  if (name === 'oxlint-tsgolint') return settings.includes('"typeAware": true');
  if (name === '@types/node') return settings.includes('"types": ["node"]');
  return name.startsWith('@types/') && name.slice('@types/'.length) in devDependencies;
}
