import { expect, it } from 'vitest';
import { killEverywhere } from '../kills/all.ts';
import { FLOWS } from '../kills/flows.ts';

it.for(FLOWS)('killed with -9 at every point: $name', async (flow) => {
  const [result] = await killEverywhere({ flows: [flow] });
  expect(result?.violations).toEqual([]);
  expect(result?.killed).toBeGreaterThan(0.9 * (result?.kills ?? 0));
});
