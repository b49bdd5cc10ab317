import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSources, root } from './sources.ts';

const sources = readSources(['src', 'adapters', 'board', 'pack', 'simulators', 'test', 'bench']);
const lines = sources.map(({ file, text }) => ({ file, count: text.trimEnd().split('\n').length }));

describe('the files', () => {
  it('can be read at one sitting: none above 300 lines', () => {
    expect(lines.filter(({ count }) => count > 300)).toEqual([]);
  });

  it('are mostly under 250 lines', () => {
    const long = lines.filter(({ count }) => count > 250);
    expect(long.length, JSON.stringify(long)).toBeLessThanOrEqual(lines.length * 0.08);
  });

  it('have names of lower-case words and dashes', () => {
    const odd = sources.filter(
      ({ file }) => !/^(?:[a-z0-9-]+\/)+[a-z0-9-]+(?:\.(?:test|config|d))?\.(?:ts|tsx|js)$/.test(file),
    );
    expect(odd.map(({ file }) => file)).toEqual([]);
  });

  it('export by name, but for the settings of tools', () => {
    const nameless = sources.filter(
      ({ file, text }) =>
        /^export default|\bas default\b/m.test(text) && !/(?:^|[./])(?:config|reporter)\.ts$/.test(file),
    );
    expect(nameless.map(({ file }) => file)).toEqual([]);
  });

  it('stand in the house: nothing at its top that has no place there', () => {
    const rooms = globSync('*/', { cwd: root, exclude: (name) => /^(?:node_modules|\..*)$/.test(name) });
    // `dist` is what `npm pack` compiles.
    const known = ['adapters', 'bench', 'board', 'dist', 'docs', 'manifests', 'pack', 'simulators', 'src', 'test'];
    expect(rooms.filter((room) => !known.includes(room.replace(/\/$/, '')))).toEqual([]);
  });
});

describe('the rooms of the adapters', () => {
  it.each(['slack', 'teams', 'azure', 'aws'])('%s: one way in, one file for errors', (room) => {
    expect(existsSync(`${root}/adapters/${room}/index.ts`)).toBe(true);
    expect(existsSync(`${root}/adapters/${room}/errors.ts`)).toBe(true);
  });

  it('are all entered by two files, by their index alone', () => {
    const compose = ['compose', 'rooms', 'sinks']
      .map((file) => readFileSync(`${root}/src/${file}.ts`, 'utf8'))
      .join('');
    const entered = [...compose.matchAll(/'\.\.\/adapters\/([^']+)'/g)].map(([, path = '']) => path);
    expect(entered.filter((path) => !/^(?:[\w-]+\/index|directory\/static)\.ts$/.test(path))).toEqual([]);
    const rooms = globSync('*/', { cwd: `${root}/adapters` }).map((room) => room.replace(/\/$/, ''));
    expect([...new Set(entered.map((path) => path.split('/')[0]))].sort()).toEqual(rooms.sort());
  });
});
