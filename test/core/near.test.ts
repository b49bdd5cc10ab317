import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/machine/near.ts';
import { matchesName } from '../../src/core/policy/names.ts';

/** Levenshtein, as it is written down in books. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1) {
      const row = rows[i];
      if (row)
        row[j] = Math.min(at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), at(i - 1, j) + 1, at(i, j - 1) + 1);
    }
  return at(a.length, b.length);
}

describe('the nearest names', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['wbe-12', ['web-12', 'web-2', 'db-1'], ['web-12']],
    ['api', ['api-prod', 'api-1', 'zzz'], ['api-1', 'api-prod']],
    ['web-9', ['web-3', 'web-2', 'web-1', 'web-4'], ['web-1', 'web-2', 'web-3']],
    ['x', ['abcdef'], []],
    ['n'.repeat(200), ['n'.repeat(201)], ['n'.repeat(201)]],
  ])('to %s', (word, names, near) => {
    expect(nearest(names, word)).toEqual(near);
  });

  it('are those that the edit distance says', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(word, word, (name, typed) => {
        const most = Math.min(4, Math.max(2, Math.floor(typed.length / 3)), typed.length - 1);
        const isNear = distance(name, typed) <= most || name.includes(typed);
        expect(nearest([name], typed)).toEqual(isNear ? [name] : []);
      }),
    );
  });

  it('are found among ten thousand, in one pass that looks at each name once', () => {
    let given = 0;
    function* names() {
      for (let n = 0; n < 10_000; n += 1) {
        given += 1;
        yield `machine-of-some-department-${String(n).padStart(5, '0')}`;
      }
    }
    const started = performance.now();
    const near = nearest(names(), 'machine-of-some-departmint-04711');
    const ms = performance.now() - started;
    console.info(`10,000 names and a typo: ${ms.toFixed(1)} ms`);
    expect(given).toBe(10_000);
    expect(near[0]).toBe('machine-of-some-department-04711');
    expect(ms).toBeLessThan(500);
  });
});

describe('a pattern of names', () => {
  it('is matched in time that grows with the name, however many stars it has', () => {
    const started = performance.now();
    for (let n = 0; n < 100; n += 1) {
      expect(matchesName('*a*a*a*b', 'a'.repeat(256))).toBe(false);
      expect(matchesName(`${'*a'.repeat(120)}*b`, 'a'.repeat(256))).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('means what the same regular expression means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '.', '-'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '.', '*'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        const parts = glob.split('*').map((part) => part.replace(/[.]/g, '\\.'));
        expect(matchesName(glob, name)).toBe(new RegExp(`^${parts.join('.*')}$`, 'i').test(name));
      }),
    );
  });
});
