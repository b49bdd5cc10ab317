import { expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { closeStrays } from '../../src/app/loops/strays.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import { placement, world } from './fixtures.ts';

const never = new AbortController().signal;

/** Two rules whose records were lost, found by a patrol; one ends in a minute, the other in an hour. */
async function wiped() {
  const made = world();
  const now = made.clock.now();
  const found = [60_000, 3_600_000].map((ms, n): Found => {
    return { placement: placement(`203.0.113.${n + 1}/32`), mark: 'valid', until: now + ms };
  });
  for (const one of found) made.cloud.rules.set(placementKey(one.placement), one);
  made.cloud.patrolled = found;
  await patrol(made.deps, never);
  made.cloud.calls.length = 0;
  return { ...made, keys: found.map((one) => placementKey(one.placement)) };
}

it('a rule without a record is closed when its time comes, and not by the next patrol alone', async () => {
  const { deps, cloud, clock, keys } = await wiped();
  await closeStrays(deps, never);
  clock.advance(59_000);
  await closeStrays(deps, never);
  expect(cloud.calls).toEqual([]);
  clock.advance(4_000);
  await closeStrays(deps, never);
  expect([...cloud.rules.keys()]).toEqual(keys.slice(1));
  const left = await deps.store.strays();
  expect([left?.count, left?.rules.map((one) => placementKey(one.placement))]).toEqual([1, keys.slice(1)]);
});

it('one that could not be closed stays listed, and is tried again', async () => {
  const { deps, cloud, clock, keys } = await wiped();
  clock.advance(63_000);
  cloud.failures.push(new Error('ECONNRESET'));
  await closeStrays(deps, never);
  expect((await deps.store.strays())?.count).toBe(2);
  await closeStrays(deps, never);
  expect([...cloud.rules.keys()]).toEqual(keys.slice(1));
});
