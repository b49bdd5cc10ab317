import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inStep } from '../../src/core/language/in-step.ts';

const from = fc.double({ min: 0, max: 1e9, noNaN: true });

it('wakes all that waits at the same steps, each no further from its time than half of one', () => {
  fc.assert(
    fc.property(from, fc.integer({ min: 500, max: 600_000 }), (now, ms) => {
      const wait = inStep(ms, now);
      expect(Math.abs(wait - ms)).toBeLessThanOrEqual(251);
      expect(wait).toBe(Math.trunc(wait));
      // Timers are whole milliseconds.
      expect((now + wait) % 500).toBeLessThan(1.001);
    }),
  );
});

it('leaves short waits as they are', () => {
  for (const ms of [0, 1, 250, 499]) expect(inStep(ms, 123.4)).toBe(ms);
});

it('keeps its pace: what takes no time comes as often as it was to', () => {
  let at = 77.7;
  for (let i = 0; i < 100; i += 1) at += inStep(1_000, at) + 0.4;
  expect(at).toBeLessThan(101_000);
  expect(at).toBeGreaterThan(99_000);
});
