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

/** The room of a file in `adapters/aws`; empty for its top. */
function roomIn(file: string): string {
  const folder = posix.dirname(posix.relative(ROOM, file));
  return folder === '.' ? '' : folder;
}

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

describe('the rooms of AWS', () => {
  /** What each may know besides itself, errors and settings: the room that all stand on, unless told. */
  const MAY: Readonly<Record<string, readonly string[]>> = {
    ec2: [],
    lease: ['ec2', ...registered.map((name) => `lease/${name}`)],
    ...Object.fromEntries(registered.map((name) => [`lease/${name}`, ['ec2', 'lease']])),
  };

  it('know what they stand on, and not each other', () => {
    const shared = [`${ROOM}/errors.ts`, `${ROOM}/settings.ts`];
    const odd = imports.filter(({ from, file }) => {
      const [own, other] = [roomIn(from), file?.startsWith(`${ROOM}/`) ? roomIn(file) : undefined];
      if (own === '' || other === undefined || own === other || shared.includes(file ?? '')) return false;
      return !(MAY[own] ?? ['ec2']).includes(other);
    });
    expect(odd.map(({ from, file }) => `${from} imports ${file}`)).toEqual([]);
  });
});
