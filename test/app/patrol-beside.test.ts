import { expect, it, vi } from 'vitest';
import { dropStrays, strayList } from '../../src/app/loops/kept-strays.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { patrols } from '../../src/app/loops/patrol-again.ts';
import { closeStrays } from '../../src/app/loops/strays.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import { placement, world } from './fixtures.ts';

const never = new AbortController().signal;

/** A cloud that shows nothing until it may go on, and counts how often it was gone through. */
function slow() {
  const made = world();
  const going = Promise.withResolvers<void>();
  const gone = { times: 0 };
  made.cloud.patrol = async function* () {
    gone.times += 1;
    await going.promise;
    yield* [];
  };
  return { ...made, gone, goOn: going.resolve };
}

/** A minute, in which it is looked every five seconds whether a patrol is owed. */
async function minute({ clock }: ReturnType<typeof world>, again: () => Promise<void>) {
  for (let i = 0; i < 12; i += 1) {
    clock.advance(5_000);
    await again();
  }
}

it('a patrol that takes long gets no second one beside it, and none after it where it was whole', async () => {
  const made = slow();
  const going = patrols(made.deps, 180_000);
  const patrolling = going.patrol(never);
  const first = minute(made, () => going.again(never));
  await expect.poll(() => made.gone.times).toBe(1);
  await Promise.race([first, new Promise((resolve) => setImmediate(resolve))]);
  expect(made.gone.times).toBe(1);
  made.goOn();
  await Promise.all([first, patrolling]);
  await minute(made, () => going.again(never));
  expect(made.gone.times).toBe(1);
});

it('nor one beside that of another process, which is waited for', async () => {
  const made = slow();
  made.goOn();
  await made.deps.store.keepStrays({ rules: [], count: 0, isWhole: false });
  const going = patrols(made.deps, 180_000);
  const options = { ttlMs: 30_000, waitMs: 0, closing: false, signal: never };
  await made.deps.lock.hold(['loop:patrol'], options, async () => {
    await going.again(never);
    made.clock.advance(15_000);
    await expect(going.again(never)).rejects.toMatchObject({ code: 'locked' });
  });
  expect(made.gone.times).toBe(0);
  await going.again(never);
  expect(made.gone.times).toBe(1);
});

it('a patrol that failed is made again soon', async () => {
  const made = slow();
  made.goOn();
  const { deps } = made;
  let isGone = true;
  const clouds = new Proxy(deps.clouds, {
    get(target, name) {
      if (isGone && name === 'values') throw new Error('gone');
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : name === 'size' ? target.size : method;
    },
  });
  const going = patrols({ ...deps, clouds }, 180_000);
  await expect(going.patrol(never)).rejects.toThrow('gone');
  isGone = false;
  await minute(made, () => going.again(never));
  expect(made.gone.times).toBe(1);
});

it('what is taken off the list stays off, and what a patrol finds meanwhile is on it', async () => {
  const { deps, clock } = world();
  const [gone, found] = ['203.0.113.1/32', '203.0.113.2/32'].map((source) => {
    return { placement: placement(source), until: clock.now() + 60_000 };
  });
  if (!gone || !found) throw new Error('none');
  await deps.store.keepStrays({ rules: [gone], count: 1, isWhole: true });
  const list = await strayList(deps, 1);
  // Whoever reads it first is slow to write it back: all that others can do by then is done.
  const strays = deps.store.strays.bind(deps.store);
  vi.spyOn(deps.store, 'strays').mockImplementationOnce(async () => {
    const read = await strays();
    await new Promise((resolve) => setImmediate(resolve));
    return read;
  });
  const seen = new Set([placementKey(found.placement)]);
  const looked = { cloud: 'aws' as const, isWhole: false, seen, doubtful: new Set<string>() };
  await Promise.all([
    dropStrays(deps, new Set([placementKey(gone.placement)])),
    list.add({ ...looked, strays: { rules: [found], count: 1 } }),
  ]);
  expect(await deps.store.strays()).toEqual({ rules: [found], count: 1, isWhole: false });
});

it.each([
  { name: 'over by its own clock', lateMs: 1_000, closes: true },
  { name: 'not over by its own clock', lateMs: -1_000, closes: false },
  { name: 'of a cloud that tells no time', lateMs: undefined, closes: false },
])('where the clock of Redis is not trusted, a listed one that is $name', async ({ lateMs, closes }) => {
  let isTrusted = true;
  const { deps, cloud, clock } = world({ trusted: () => isTrusted });
  const until = clock.now() + 60_000;
  const found: Found = { placement: placement(), mark: 'valid', until };
  cloud.rules.set(placementKey(found.placement), found);
  cloud.patrolled = [found];
  await patrol(deps, never);
  isTrusted = false;
  clock.advance(63_000);
  cloud.patrolled = [{ ...found, ...(lateMs === undefined ? {} : { cloudNow: until + lateMs }) }];
  await closeStrays(deps, never);
  expect([cloud.rules.size, (await deps.store.strays())?.count]).toEqual(closes ? [0, 0] : [1, 1]);
});
