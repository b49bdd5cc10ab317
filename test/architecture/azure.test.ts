import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSources, root } from './sources.ts';

const POWERS = ['close', 'index', 'locate', 'lockdown', 'observe', 'open', 'patrol', 'protection'];
const room = `${root}/adapters/azure`;
const registry = readFileSync(`${room}/backends.ts`, 'utf8');
const registered = [...registry.matchAll(/from '\.\/([\w-]+)\/index\.ts'/g)].map(([, name = '']) => name);
const sources = readSources(['adapters']).filter(({ file }) => file.startsWith('adapters/azure/'));

describe('the backends of Azure', () => {
  it('are the rooms that have an index', () => {
    const rooms = globSync('*/index.ts', { cwd: room }).map((path) => path.split(/[\\/]/)[0]);
    expect(registered.toSorted()).toEqual(rooms.toSorted());
    expect(registered.length).toBeGreaterThanOrEqual(3);
  });

  it.each(registered)('%s has the same powers by the same file names', (name) => {
    const files = globSync('*.ts', { cwd: `${room}/${name}` }).map((file) => file.replace(/\.ts$/, ''));
    expect(POWERS.filter((power) => !files.includes(power))).toEqual([]);
  });

  it('are told apart by nobody outside: no name of one is compared', () => {
    const forks = sources.filter(({ text }) => /backend\b[^=\n]{0,20}[!=]== ?(?:'|[A-Z])/.test(text));
    expect(forks.map(({ file }) => file)).toEqual([]);
  });
});
