import { expect, it } from 'vitest';
import { throwsOf } from '../chaos/dice.ts';
import { killEverywhere, pick } from '../kills/all.ts';
import { FLOWS } from '../kills/flows.ts';

/** Another one kills at other points, in other flows: `KILL_SEED=7 npx vitest run --mode long test/long/kill-points.test.ts`. */
const SEED = Number(process.env.KILL_SEED ?? 1);
/** All of them are killed one by one in test/long/kills.test.ts. */
const FLOWS_HERE = 3;
const POINTS = 1;

it('killed with -9 at some points of some flows: nothing stays open, is lost, or is said and not so', {
  timeout: 900_000,
}, async () => {
  const dice = throwsOf(SEED);
  const left = [...FLOWS];
  const flows = Array.from({ length: FLOWS_HERE }, () => left.splice(dice.between(0, left.length - 1), 1)).flat();
  const results = await killEverywhere({ flows, choose: (kills) => pick(kills, POINTS, dice) });
  expect(results.flatMap(({ violations }) => violations)).toEqual([]);
  expect(results.reduce((sum, { killed }) => sum + killed, 0)).toBeGreaterThan(0);
});
