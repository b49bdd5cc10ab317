import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keys } from '../../../src/core/board/keys.ts';
import { Named } from '../../../src/core/board/named.ts';
import type { BoardRow } from '../../../src/core/board/row.ts';
import { RowTable } from '../../../src/core/board/table.ts';
import { lookOf } from '../../../src/core/language/look.ts';

const row = (id: string): BoardRow => ({
  ...{ id, version: 1, status: 'ended', machine: 'aws:1:eu-west-1:i-1', machineName: 'm', ports: ['22'] },
  ...{ requester: { id: 'ada', name: 'Ada' }, people: ['ada'], source: '203.0.113.7/32', policies: [], askedAt: 0 },
});

/** Few letters, so that texts are found in the middle of names and across two of them; one is longer in small letters. */
const name = fc.string({ unit: fc.constantFrom('a', 'B', '\n', 'İ', 'Σ'), maxLength: 5 });

describe('names that contain a text', () => {
  it('are those that one finds by looking at each, also after some went', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), fc.array(fc.nat(11)), name, (names, gone, asked) => {
        const text = asked.toLowerCase();
        fc.pre(lookOf(text) !== '');
        const [table, named] = [new RowTable(), new Named()];
        names.forEach((value, i) => {
          named.add(table, value, table.put(row(`r${i}`)));
        });
        named.containing(text);
        const left = new Set(names.map((_, i) => i));
        for (const i of gone) if (left.delete(i)) named.remove(table, names[i] ?? '', table.slotOf(`r${i}`) ?? -1);
        const found = named.containing(text).flatMap(({ slots }) => slots);
        const want = [...left].filter((i) => lookOf(names[i] ?? '').includes(lookOf(text)));
        expect(found.toSorted((a, b) => a - b)).toEqual(want);
      }),
    );
  });
});

describe('numbers for keys', () => {
  it('are one for each key in use, and go to others once nobody uses it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.constantFrom('a', 'b', 'c', 'd'))), (steps) => {
        const keys = new Keys();
        const uses = new Map<string, number[]>();
        for (const [isTaken, key] of steps) {
          const own = uses.get(key) ?? [];
          uses.set(key, own);
          if (isTaken) own.push(keys.take(key));
          else {
            const number = own.pop();
            if (number !== undefined) keys.leave(number);
          }
          for (const [one, numbers] of uses) for (const number of numbers) expect(keys.keyOf(number)).toBe(one);
        }
        expect(keys.size).toBeLessThanOrEqual(4);
      }),
    );
  });
});
