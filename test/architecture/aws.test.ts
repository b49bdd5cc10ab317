import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from './imports.ts';
import { readSources, root } from './sources.ts';

const ROOM = 'adapters/aws';
const registry = readFileSync(`${root}/${ROOM}/lease/strategies.ts`, 'utf8');
const registered = [...registry.matchAll(/from '\.\/([\w-]+)\/index\.ts'/g)].map(([, name = '']) => name);
const sources = readSources(['adapters']).filter(({ file }) => file.startsWith(`${ROOM}/`));
const imports = sources.flatMap(importsOf);

describe('the strategies of AWS', () => {
  it('are the rooms of the leases', () => {
    const rooms = globSync('*/index.ts', { cwd: `${root}/${ROOM}/lease` }).map((path) => path.split(/[\\/]/)[0]);
    expect(registered.toSorted()).toEqual(rooms.toSorted());
    expect(registered.length).toBeGreaterThanOrEqual(2);
  });

  it.each(registered)('%s has the same files as the others', (name) => {
    const files = globSync('*.ts', { cwd: `${root}/${ROOM}/lease/${name}` }).toSorted();
    expect(files).toEqual(['close.ts', 'group.ts', 'index.ts', 'locate.ts', 'open.ts']);
  });

  it('are entered by their index, from the registry alone', () => {
    const entering = imports.filter(
      ({ from, file }) =>
        registered.some((name) => file?.startsWith(`${ROOM}/lease/${name}/`)) &&
        // The way in to AWS hands on what the bench counts placements by.
        from !== `${ROOM}/index.ts` &&
        posix.dirname(from) !== posix.dirname(file ?? ''),
    );
    expect(entering.map(({ from, file }) => `${from} imports ${file}`)).toEqual(
      registered.map((name) => `${ROOM}/lease/strategies.ts imports ${ROOM}/lease/${name}/index.ts`),
    );
  });

  it('are told apart by the registry alone: no name of one is compared elsewhere', () => {
    const forks = sources.filter(({ text }) => /(?:backend|strategy)\b[^=\n]{0,20}[!=]== ?(?:'|[A-Z])/.test(text));
    expect(forks.map(({ file }) => file)).toEqual([]);
  });
});
