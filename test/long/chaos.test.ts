import { expect, it } from 'vitest';
import { runChaos } from '../chaos/run.ts';

const MS = 30_000;

it.each([
  { seed: 3, sentinel: false },
  { seed: 4, sentinel: false },
  { seed: 5, sentinel: true },
])(
  'half a minute of trouble (seed $seed, Sentinels: $sentinel): nothing open too long, unasked, or again, and nothing lost',
  async ({ seed, sentinel }) => {
    const outcome = await runChaos({ seed, ms: MS, print: () => {}, sentinel });
    expect(outcome.violations).toEqual([]);
    expect(outcome.rules).toBeGreaterThan(0);
  },
);
