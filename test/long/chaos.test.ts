import { expect, it } from 'vitest';
import { runChaos } from '../chaos/run.ts';

const MS = 30_000;

it.each([3, 4])(
  'half a minute of trouble (seed %i): nothing open too long, unasked, or again, and nothing lost',
  async (seed) => {
    const outcome = await runChaos({ seed, ms: MS, print: () => {} });
    expect(outcome.violations).toEqual([]);
    expect(outcome.rules).toBeGreaterThan(0);
  },
);
