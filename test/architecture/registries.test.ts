import { globSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from './imports.ts';
import { readSources, root } from './sources.ts';

const sources = readSources(['src', 'adapters']);

/** Folders below one that have a way in, by name. */
function roomsIn(folder: string): readonly string[] {
  return globSync(`${folder}/*/index.ts`, { cwd: root }).map((file) => posix.basename(posix.dirname(file)));
}

/** Rooms of the folder that a file takes in by their index. */
function entered(file: string, folder: string): readonly string[] {
  const imports = sources.filter((one) => one.file === file).flatMap(importsOf);
  const rooms = imports.flatMap(({ file: target = '' }) =>
    target.startsWith(`${folder}/`) && posix.basename(target) === 'index.ts'
      ? [posix.basename(posix.dirname(target))]
      : [],
  );
  return [...new Set(rooms)];
}

describe('each registry names the folders that are there', () => {
  it.each([
    { registry: 'src/compose.ts', folder: 'adapters' },
    { registry: 'adapters/azure/backends.ts', folder: 'adapters/azure' },
    { registry: 'adapters/aws/lease/strategies.ts', folder: 'adapters/aws/lease' },
  ])('$registry: $folder', ({ registry, folder }) => {
    const rooms = roomsIn(folder);
    expect(rooms.length).toBeGreaterThan(1);
    expect([...entered(registry, folder)].sort()).toEqual([...rooms].sort());
  });
});

describe('rooms that do the same have the same files', () => {
  const files = (folder: string) => globSync(`${folder}/*.ts`, { cwd: root }).map((file) => posix.basename(file));

  it('of Azure’s backends', () => {
    const shared = ['close', 'index', 'locate', 'lockdown', 'observe', 'open', 'patrol', 'protection'];
    for (const room of roomsIn('adapters/azure'))
      expect(files(`adapters/azure/${room}`), room).toEqual(expect.arrayContaining(shared.map((name) => `${name}.ts`)));
  });

  it('of AWS’s strategies', () => {
    const [first, ...others] = roomsIn('adapters/aws/lease').map((room) => files(`adapters/aws/lease/${room}`).sort());
    for (const other of others) expect(other).toEqual(first);
  });
});
