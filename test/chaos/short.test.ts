import { expect, it } from 'vitest';
import { runChaos } from './run.ts';

/** The long ones are in test/long, and docs/reliability.md. */
it('a few seconds of trouble: nothing open too long, unasked, or again, and nothing lost', async () => {
  const asking = { everyMs: 250, seconds: [3, 4] } as const;
  const outcome = await runChaos({ seed: 12, ms: 4_000, print: () => {}, asking, mostMs: 1_500 });
  expect(outcome.violations).toEqual([]);
  expect(outcome.rules).toBeGreaterThan(0);
});
