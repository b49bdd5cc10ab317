import { expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { patrols } from '../../src/app/loops/patrol-again.ts';
import { closeStrays } from '../../src/app/loops/strays.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { type Placement, placementKey } from '../../src/core/rule/rule.ts';
import type { Cloud, Found } from '../../src/ports/cloud.ts';
import type { Store } from '../../src/ports/store.ts';
import { placement, TestCloud, world } from './fixtures.ts';

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

/** A store of which some of the methods are others. */
function having(store: Store, changed: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(changed, name) ?? Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}

async function* away(): AsyncGenerator<Found> {
  yield* [];
  throw new Error('ECONNRESET');
}

const AZURE = 'azure:/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v' as MachineId;

/** A second cloud, with a rule without a record that is over in a minute. */
function withAzure({ deps, cloud, clock }: Awaited<ReturnType<typeof wiped>>) {
  const azure = Object.assign(new TestCloud(), { cloud: 'azure' });
  const at: Placement = placement('203.0.113.9/32');
  const found: Found = {
    placement: { ...at, rule: { ...at.rule, machine: AZURE } },
    mark: 'valid',
    until: clock.now() + 60_000,
  };
  azure.rules.set(placementKey(found.placement), found);
  azure.patrolled = [found];
  const clouds = new Map<'aws' | 'azure', Cloud>([
    ['aws', cloud],
    ['azure', azure as unknown as Cloud],
  ]);
  return { azure, deps: { ...deps, clouds }, key: placementKey(found.placement) };
}

const keysIn = async ({ store }: Awaited<ReturnType<typeof wiped>>['deps']) =>
  (await store.strays())?.rules.map((one) => placementKey(one.placement)).toSorted();

it('a patrol that cannot read a cloud forgets none of its rules: they go at their time', async () => {
  const { deps, cloud, clock, keys } = await wiped();
  cloud.patrol = away;
  await patrol(deps, never);
  expect(await deps.store.strays()).toMatchObject({ count: 2, isWhole: false });
  expect(await keysIn(deps)).toEqual(keys);
  cloud.patrol = TestCloud.prototype.patrol;
  clock.advance(63_000);
  await closeStrays(deps, never);
  expect([...cloud.rules.keys()]).toEqual(keys.slice(1));
});

it('one that reads half of it forgets none of the other half, and drops what it saw gone', async () => {
  const { deps, cloud, keys } = await wiped();
  const [first] = cloud.patrolled;
  if (!first) throw new Error('none');
  cloud.patrol = async function* () {
    yield { ...first, mark: 'wrong' };
    throw new Error('ECONNRESET');
  };
  await patrol(deps, never);
  expect(await keysIn(deps)).toEqual(keys.slice(1));
  expect((await deps.store.strays())?.count).toBe(1);
});

it('what somebody else put on the list while a cloud was read stays on it, and what was seen to be gone does not', async () => {
  const { deps, cloud, clock, keys } = await wiped();
  const late = { placement: placement('203.0.113.77/32'), until: clock.now() + 90_000 };
  const [, second] = cloud.patrolled;
  cloud.patrol = async function* () {
    const known = await deps.store.strays();
    if (known) await deps.store.keepStrays({ ...known, rules: [...known.rules, late], count: known.count + 1 });
    if (second) yield second;
  };
  await patrol(deps, never);
  expect(await keysIn(deps)).toEqual([keys[1], placementKey(late.placement)].toSorted());
});

it('a patrol that takes so long that the list is gone from Redis remembers it', async () => {
  const { deps, cloud, clock, keys } = await wiped();
  cloud.patrol = async function* () {
    clock.advance(16 * 60_000);
    expect(await deps.store.strays()).toBeUndefined();
    yield* [];
    throw new Error('ECONNRESET');
  };
  await patrol(deps, never);
  expect(await keysIn(deps)).toEqual(keys);
});

it('closing what is over takes nothing else off the list that came meanwhile', async () => {
  const { deps, cloud, clock, keys } = await wiped();
  const late = { placement: placement('203.0.113.77/32'), until: clock.now() + 90_000 };
  clock.advance(63_000);
  const { close } = cloud;
  cloud.close = async (...args) => {
    const known = await deps.store.strays();
    if (known) await deps.store.keepStrays({ ...known, rules: [...known.rules, late], count: known.count + 1 });
    return close(...args);
  };
  await closeStrays(deps, never);
  expect(await keysIn(deps)).toEqual([keys[1], placementKey(late.placement)].toSorted());
});

it('a cloud that is silent keeps nothing of another one from being found, and closed', async () => {
  const made = await wiped();
  const { deps, azure, key } = withAzure(made);
  const silent = Promise.withResolvers<void>();
  made.cloud.patrol = async function* () {
    yield* [];
    await silent.promise;
  };
  const patrolling = patrol(deps, never);
  await expect.poll(() => keysIn(deps)).toEqual([...made.keys, key].toSorted());
  made.clock.advance(63_000);
  const closing = closeStrays(deps, never);
  await expect.poll(() => azure.rules.size).toBe(0);
  await expect.poll(() => keysIn(deps)).toEqual(made.keys);
  silent.resolve();
  await Promise.all([patrolling, closing]);
});

it('a rule whose record could not be asked for stays on the list, which is not whole then', async () => {
  const { deps, keys } = await wiped();
  let isAway = true;
  const placedBy = deps.store.placedBy.bind(deps.store);
  const store = having(deps.store, {
    placedBy: async (key) => {
      if (isAway) throw new Error('ECONNRESET');
      return placedBy(key);
    },
  });
  const going = patrols({ ...deps, store }, 180_000);
  await going.patrol(never);
  expect(await deps.store.strays()).toMatchObject({ count: 2, isWhole: false });
  expect(await keysIn(deps)).toEqual(keys);
  isAway = false;
  await going.patrol(never);
  expect(await deps.store.strays()).toMatchObject({ count: 2, isWhole: true });
});

it('a patrol that was not whole is made again soon, later each time, and no more once it is', async () => {
  const made = world();
  const { deps, cloud, clock } = made;
  let times = 0;
  let isAway = true;
  cloud.patrol = async function* () {
    times += 1;
    if (isAway) throw new Error('ECONNRESET');
    yield* [];
  };
  const going = patrols(deps, 180_000);
  const after = async (seconds: number) => {
    for (let i = 0; i < seconds; i += 5) {
      clock.advance(5_000);
      await going.again(never);
    }
    return times;
  };
  await going.again(never);
  expect(times).toBe(0);
  await going.patrol(never);
  expect([await after(10), await after(10)]).toEqual([1, 2]);
  expect([await after(20), await after(15)]).toEqual([2, 3]);
  // Then it is left to the patrol.
  expect(await after(600)).toBe(5);
  await going.patrol(never);
  isAway = false;
  await going.patrol(never);
  expect(await after(600)).toBe(7);
  isAway = true;
  await going.patrol(never);
  isAway = false;
  expect([await after(20), await after(600)]).toEqual([9, 9]);
});

it('so is that of another process, and one that could not be kept', async () => {
  const { deps, cloud, clock } = world();
  let times = 0;
  cloud.patrol = async function* () {
    times += 1;
    yield* [];
  };
  await deps.store.keepStrays({ rules: [], count: 0, isWhole: false });
  const going = patrols(deps, 180_000);
  await going.again(never);
  clock.advance(15_000);
  await going.again(never);
  expect([times, (await deps.store.strays())?.isWhole]).toEqual([1, true]);

  let isFull = true;
  const keepStrays = deps.store.keepStrays.bind(deps.store);
  const store = having(deps.store, {
    keepStrays: async (found) => {
      if (isFull) throw new Error('OOM command not allowed');
      return keepStrays(found);
    },
  });
  const other = patrols({ ...deps, store }, 180_000);
  await other.patrol(never);
  isFull = false;
  await other.again(never);
  clock.advance(15_000);
  await other.again(never);
  expect(times).toBe(3);
});

it('and one that found what could not be closed', async () => {
  const { deps, cloud, clock } = world();
  const found: Found = { placement: placement(), mark: 'wrong' };
  cloud.rules.set(placementKey(found.placement), found);
  cloud.patrol = async function* () {
    for (const rule of cloud.rules.values()) yield rule;
  };
  cloud.failures.push(new JitError('cloudBusy', { cloud: 'AWS' }));
  const going = patrols(deps, 180_000);
  await going.patrol(never);
  expect(cloud.rules.size).toBe(1);
  expect(await deps.store.strays()).toEqual({ rules: [], count: 0, isWhole: true });
  await going.again(never);
  clock.advance(15_000);
  await going.again(never);
  expect(cloud.rules.size).toBe(0);
});

it.each([
  { name: 'over by its own clock', lateMs: 1_000, closes: true },
  { name: 'not over by its own clock', lateMs: -1_000, closes: false },
  { name: 'of a cloud that tells no time', lateMs: undefined, closes: false },
])('where the clock of Redis is not trusted, one that is $name', async ({ lateMs, closes }) => {
  const { deps, cloud, clock } = world({ trusted: () => false });
  const until = clock.now() - 3_600_000;
  const found: Found = { placement: placement(), mark: 'valid', until };
  cloud.rules.set(placementKey(found.placement), found);
  cloud.patrolled = [{ ...found, ...(lateMs === undefined ? {} : { cloudNow: until + lateMs }) }];
  await patrol(deps, never);
  expect(cloud.rules.size).toBe(closes ? 0 : 1);
});
