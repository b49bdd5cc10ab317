import { expect, test } from 'vitest';
import { read } from './files.ts';

/** Licences (SPDX) of what users install. Another one is a decision for people, and so is none. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0'];
/** The lock file has no licence of these, because their package.json has none in the form of npm; read by hand. */
const READ_BY_HAND: Readonly<Record<string, string>> = { 'node_modules/limiter': 'MIT' };

const packages: Record<string, { license?: string; dev?: boolean }> = JSON.parse(read('package-lock.json')).packages;
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);

test('every package that users install has a licence of the list', () => {
  const odd = installed
    .map(([path, { license = READ_BY_HAND[path] }]) => ({ path, license }))
    .filter(({ license }) => license === undefined || !ALLOWED.includes(license));
  expect(odd).toEqual([]);
});

test('the list names no licence that no package has, and no package that is not there', () => {
  const used = new Set(installed.map(([path, { license }]) => license ?? READ_BY_HAND[path]));
  expect(ALLOWED.filter((licence) => !used.has(licence))).toEqual([]);
  expect(Object.keys(READ_BY_HAND).filter((path) => packages[path]?.license !== undefined || !packages[path])).toEqual(
    [],
  );
});
