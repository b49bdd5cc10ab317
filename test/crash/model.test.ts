import { describe, expect, it } from 'vitest';
import { often } from '../setup/lane.ts';
import { runSeed } from './world.ts';

const RUNS = Number(process.env.CRASH_RUNS ?? often(400, 20_000));
const STEPS = 250;

describe('a process that stops between any two effects', () => {
  it(`leaves no rule open and loses no approved request (${RUNS} seeds)`, async () => {
    let asked = 0;
    let moved = 0;
    let taken = 0;
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const world = await runSeed(seed, STEPS);
      expect(world.surprises, `seed ${seed}`).toEqual([]);
      expect(
        world.cloud.rules().map(({ until }) => until),
        `seed ${seed}: rules left`,
      ).toEqual([]);
      expect(world.oracle.wrong, `seed ${seed}`).toEqual([]);
      moved += world.oracle.moved;
      taken += world.taken;
      for (const request of await world.requests()) {
        asked += 1;
        expect(['activating', 'active', 'closing'], `seed ${seed}: ${request?.id}`).not.toContain(request?.status);
      }
    }
    expect(asked).toBeGreaterThan(RUNS);
    expect(moved).toBeGreaterThan(RUNS / 20);
    expect(taken).toBeGreaterThan(RUNS / 50);
  });
});
