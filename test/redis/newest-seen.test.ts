import { expect, it } from 'vitest';
import { NewestSeen } from '../../src/redis/newest-seen.ts';

const of = (version: number, id = 'a') => ({ id, version });

it('knows an older version in the same epoch, and asked for after the newer one was seen', () => {
  const newest = new NewestSeen();
  const before = newest.mark();
  newest.see(of(2), 1);
  newest.see(of(1), 1);
  const after = newest.mark();
  expect(newest.isOlder(of(1), 1, after)).toBe(true);
  expect(newest.isOlder(of(2), 1, after)).toBe(false);
  expect(newest.isOlder(of(3), 1, after)).toBe(false);
  expect(newest.isOlder(of(1, 'b'), 1, after)).toBe(false);
  // An answer that was under way.
  expect(newest.isOlder(of(1), 1, before)).toBe(false);
});

it('takes what a store has that went back, which is another epoch', () => {
  const newest = new NewestSeen();
  newest.see(of(5), 1);
  expect(newest.isOlder(of(3), 2, newest.mark())).toBe(false);
  newest.see(of(3), 2);
  expect(newest.isOlder(of(2), 2, newest.mark())).toBe(true);
  newest.see(of(9), 1);
  expect(newest.isOlder(of(3), 2, newest.mark())).toBe(false);
});

it('keeps so many at most, the newest', () => {
  const newest = new NewestSeen(2);
  for (const id of ['a', 'b', 'c']) newest.see(of(2, id), 1);
  const olds = ['a', 'b', 'c'].map((id) => newest.isOlder(of(1, id), 1, newest.mark()));
  expect(olds).toEqual([false, true, true]);
});
