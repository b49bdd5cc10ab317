import { describe, expect, it } from 'vitest';
import { often } from '../setup/lane.ts';
import { FAIR } from './cloud.ts';
import { runSeed, World } from './world.ts';

const RUNS = Number(process.env.CRASH_RUNS ?? often(120, 4_000));
const STEPS = 250;

describe('a Redis that goes away, loses its last commits, and is wiped, while processes stop and sleep', () => {
  it(`leaves no rule open, and opens nothing again that was over (${RUNS} seeds)`, async () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const world = await runSeed(seed, STEPS, true);
      expect(world.surprises, `seed ${seed}`).toEqual([]);
      expect(world.oracle.wrong, `seed ${seed}`).toEqual([]);
      expect(
        world.cloud.rules().map(({ until }) => until),
        `seed ${seed}: rules left`,
      ).toEqual([]);
    }
  });
});

const CALM_RUNS = often(20, 200);
/** Ten seconds until it is away are over by then; a round comes every few seconds. */
const TOLERANCE_MS = 20_000;

it(`without Redis no rule stays longer than ${TOLERANCE_MS / 1_000} s after its end (${CALM_RUNS} seeds)`, async () => {
  let closed = 0;
  for (let seed = 1; seed <= CALM_RUNS; seed += 1) {
    const world = new World(seed, true);
    world.cloud.weather = FAIR;
    await world.prepare();
    world.loseRedis(600_000);
    const before = world.cloud.rules().length;
    for (let i = 0; i < 300; i += 1) {
      world.startRedisWork();
      for (let effects = 0; effects < 40; effects += 1) if (!(await world.scheduler.step())) break;
      world.scheduler.now += 1_000;
      const late = world.cloud.rules().filter(({ until }) => until < world.scheduler.now - TOLERANCE_MS);
      expect(late, `seed ${seed} after ${i} s`).toEqual([]);
    }
    closed += before - world.cloud.rules().length;
  }
  expect(closed).toBeGreaterThan(CALM_RUNS);
});
