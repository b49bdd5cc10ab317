import fc from 'fast-check';
import { often } from '../setup/lane.ts';

/** The same for every change, so that a red one is red again; another one in each long run, or the one of FUZZ_SEED. */
export const SEED = Number(process.env.FUZZ_SEED ?? often(20_261_127, Date.now() % 2 ** 31));

interface Runs {
  readonly usual: number;
  readonly long: number;
}

/** Holds for so many inputs. What does not names the seed and the smallest input (fast-check). */
export async function holds<T>(what: string, input: fc.Arbitrary<T>, runs: Runs, judge: (input: T) => unknown) {
  const numRuns = often(runs.usual, runs.long);
  if (process.env.LANE === 'long') console.log(`fuzzing ${what}: FUZZ_SEED=${SEED}, ${numRuns} inputs`);
  const property = fc.asyncProperty(input, async (one) => void (await judge(one)));
  await fc.assert(property, { seed: SEED, numRuns, endOnFailure: false });
}
