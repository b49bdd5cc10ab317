import { expect, test } from 'vitest';
import { RuleTimes } from '../../../adapters/azure/arm/rule-times.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';

const ruleOf = (n: number) => ({ group: '/subscriptions/s/nsg', name: `rule-${n}` });

test('what is done with very many rules is remembered of each, for as long as it counts', () => {
  const clock = new ManualClock(0);
  const azure = { now: clock.now };
  const times = new RuleTimes(DAY_MS);
  const many = Array.from({ length: 12_000 }, (_, n) => ruleOf(n));
  for (const rule of many) times.note(azure, rule);
  clock.advance(3 * MINUTE_MS);
  expect(many.filter((rule) => times.age(azure, rule) !== 3 * MINUTE_MS)).toEqual([]);
  times.note(azure, ruleOf(0));
  times.forget(azure, ruleOf(2));
  expect([0, 1, 2].map((n) => times.age(azure, ruleOf(n)))).toEqual([0, 3 * MINUTE_MS, undefined]);
});

test('what is longer ago takes no room', () => {
  const clock = new ManualClock(0);
  const azure = { now: clock.now };
  const times = new RuleTimes(DAY_MS);
  times.note(azure, ruleOf(1));
  clock.advance(MINUTE_MS);
  times.note(azure, ruleOf(2));
  clock.advance(DAY_MS - MINUTE_MS);
  times.note(azure, ruleOf(3));
  expect([1, 2, 3].map((n) => times.age(azure, ruleOf(n)))).toEqual([undefined, DAY_MS - MINUTE_MS, 0]);
});
