import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { gatherStrays, type Stray, straysOf } from '../../src/core/request/stray.ts';

function stray(until: number): Stray {
  const rule = {
    machine: 'aws:1:eu-west-1:i-1' as MachineId,
    port: { number: 22, protocol: 'tcp' },
    source: '192.0.2.1/32',
  } as const;
  return { placement: { rule, backend: 'sg', at: `sg-${until}`, locks: [] }, until };
}

const ends = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 });

it('keeps those that end first, and counts all, however many come', () => {
  fc.assert(
    fc.property(ends, fc.integer({ min: 1, max: 9 }), (all, most) => {
      const { add, all: gathered } = gatherStrays(most);
      for (const until of all) add(stray(until));
      const { rules, count } = gathered();
      expect(count).toBe(all.length);
      expect(rules.map(({ until }) => until)).toEqual(all.toSorted((a, b) => a - b).slice(0, most));
    }),
  );
});

it('gathers those of all clouds, the first 2,000', () => {
  const [one, other] = [gatherStrays(), gatherStrays()];
  for (let until = 0; until < 5_000; until += 1) (until % 2 === 0 ? one : other).add(stray(until));
  const whole = { isWhole: true, seen: new Set<string>(), doubtful: new Set<string>() };
  const found = straysOf(
    [
      { cloud: 'aws', strays: one.all(), ...whole },
      { cloud: 'azure', strays: other.all(), ...whole },
    ],
    { now: undefined, before: new Set(), isLast: true },
  );
  expect([found.count, found.rules.length, found.rules.at(-1)?.until, found.isWhole]).toEqual([
    5_000,
    2_000,
    1_999,
    true,
  ]);
});

it.each([
  { name: 'was not read to its end', looked: { isWhole: false }, was: true, is: false },
  { name: 'shows what nobody can tell', looked: { doubtful: new Set(['one']) }, was: true, is: false },
  { name: 'was read to its end', looked: {}, was: true, is: true },
  { name: 'was read to its end, after a list that is not whole,', looked: {}, was: false, is: false },
])('a cloud that $name counts before the next one was looked through', ({ looked, was, is }) => {
  const whole = { isWhole: true, seen: new Set<string>(), doubtful: new Set<string>() };
  const now = { rules: [], count: 0, isWhole: was };
  const one = { cloud: 'aws' as const, strays: gatherStrays().all(), ...whole, ...looked };
  expect(straysOf([one], { now, before: new Set(), isLast: false }).isWhole).toBe(is);
});
