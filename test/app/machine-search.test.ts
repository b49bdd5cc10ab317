import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byName, searched } from '../../src/app/inbox/machine-search.ts';
import { joined } from '../../src/core/machine/joined.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { often } from '../setup/lane.ts';

function machine(n: number, name: string): Machine {
  const id = `aws:123456789012:eu-west-1:i-${String(n).padStart(17, '0')}` as const;
  return { id, name, tags: n % 2 === 0 ? { env: 'prod' } : { team: 'web' }, location: `eu-west-${(n % 3) + 1}` };
}

/** Every machine looked at anew, as was done before anything was remembered. */
function plainly(list: readonly Machine[], typed: string) {
  const words = typed.toLowerCase().split(/\s+/);
  const isIn = (text: string) => words.every((word) => text.includes(word));
  const called = list.filter(({ name }) => isIn(name.toLowerCase()));
  const others = list.filter((one) => {
    const tags = Object.entries(one.tags).map(([key, value]) => `${key}=${value}`);
    return !called.includes(one) && isIn([one.name, one.id, one.location, ...tags].join('\n').toLowerCase());
  });
  return { called: called.toSorted(byName), others: others.toSorted(byName) };
}

it('finds, letter by letter, in whatever order people type, what a look at every machine finds', () => {
  const names = ['web-1', 'web-10', 'Web-2', 'api-1', 'prod-db', 'eu', 'build', 'w', ''];
  const typed = fc.array(
    fc.constantFrom(
      'w',
      'we',
      'web',
      'web-1',
      'web-1 prod',
      'web p',
      'prod',
      'eu-west-2 w',
      'TEAM=web',
      ' ',
      '',
      'i-00',
      'zz',
    ),
    { minLength: 1, maxLength: 80 },
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { maxLength: 20 }), typed, (those, asks) => {
      const list = those.map((name, n) => machine(n, name));
      for (const ask of asks) expect(searched(list, ask)).toEqual(plainly(list, ask));
    }),
    { numRuns: often(100, 1_000) },
  );
});

it('is not searched in what an older list found', () => {
  expect(searched([machine(1, 'web-1')], 'web').called).toHaveLength(1);
  expect(searched([machine(1, 'web-1'), machine(2, 'web-2')], 'web-').called).toHaveLength(2);
});

it('is one list for as long as its parts are the same', () => {
  const [a, b] = [[machine(1, 'a')], [machine(2, 'b')]] as const;
  const all = joined([a, b]);
  expect(all.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(joined([a, b])).toBe(all);
  expect(joined([a])).toBe(a);
  expect(joined([a, b, []]).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(joined([b, a]).map(({ name }) => name)).toEqual(['b', 'a']);
  expect(joined([a, [machine(3, 'c')]]).map(({ name }) => name)).toEqual(['a', 'c']);
  expect(joined([])).toEqual([]);
});
