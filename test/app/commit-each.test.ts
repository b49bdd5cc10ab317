import { expect, it, vi } from 'vitest';
import { compare, endRevoked } from '../../src/app/loops/compare.ts';
import { commitEach } from '../../src/app/machine/commit-each.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Store } from '../../src/ports/store.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

/** Two requests of Ada, both open. */
async function two() {
  const made = world();
  const { deps } = made;
  const ids: string[] = [];
  for (const n of [1, 2]) {
    const { id } = await submit(deps, ADA, { ...ASK, source: `203.0.113.${n}/32` }, { ...SENDER, key: `k${n}` });
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    ids.push(id);
  }
  await converge(deps, MACHINE.id, never);
  const statuses = async () => {
    const all = await Promise.all(ids.map((id) => deps.store.load(id)));
    return all.map(({ request }) => request?.status);
  };
  expect(await statuses()).toEqual(['active', 'active']);
  return { ...made, ids, statuses };
}

/** A store of which some of the methods are others. */
function having(store: Store, changed: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(changed, name) ?? Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}

it('an odd request that cannot be decided keeps no other from it', async () => {
  const { deps, ids } = await two();
  const tried: string[] = [];
  const all = commitEach(deps, ids, ({ id }) => {
    tried.push(id);
    if (id === ids[0]) throw new TypeError('undefined is not iterable');
    return undefined;
  });
  await expect(all).rejects.toThrow('undefined is not iterable');
  expect(tried).toEqual(ids);
});

it.each(['load', 'save'] as const)('a store that fails to %s is asked no more', async (what) => {
  const { deps, ids } = await two();
  const fails = vi.fn(() => Promise.reject(new Error('ECONNRESET')));
  const store = having(deps.store, { [what]: fails });
  const all = commitEach({ ...deps, store }, ids, (next) => ({ next, event: 'seen', by: 'drawbridge' }));
  await expect(all).rejects.toThrow('ECONNRESET');
  expect(fails).toHaveBeenCalledTimes(1);
});

it('nothing more is decided by one who was told to stop', async () => {
  const { deps, ids } = await two();
  const stopping = new AbortController();
  const tried: string[] = [];
  const all = commitEach(
    deps,
    ids,
    ({ id }) => {
      tried.push(id);
      stopping.abort();
      stopping.signal.throwIfAborted();
      return undefined;
    },
    stopping.signal,
  );
  await expect(all).rejects.toMatchObject({ name: 'AbortError' });
  expect(tried).toEqual(ids.slice(0, 1));
});

it('what was revoked is ended, though another record of those is odd', async () => {
  const { deps, ids, statuses } = await two();
  const load = deps.store.load.bind(deps.store);
  const store = having(deps.store, {
    load: async (id) => {
      const loaded = await load(id);
      const odd = { ...loaded.request, timeline: undefined } as unknown as NonNullable<typeof loaded.request>;
      return id === ids[0] ? { ...loaded, request: odd } : loaded;
    },
  });
  const revoked = ids.map((id) => ({ id, placements: [] }));
  await expect(endRevoked({ ...deps, store }, revoked)).rejects.toThrow(TypeError);
  expect(await statuses()).toEqual(['active', 'closing']);
});

it('after the store went back one that others change all the time keeps the rest from nothing, and is compared again', async () => {
  const { deps, ids, statuses, cloud } = await two();
  (deps.store as unknown as { snapshot(): () => void }).snapshot()();
  cloud.rules.clear();
  const save = deps.store.save.bind(deps.store);
  let isBusy = true;
  let busy: string | undefined;
  const store = having(deps.store, {
    save: async (changes) => {
      // The one that is come to first.
      busy ??= changes[0]?.next.id;
      return isBusy && changes[0]?.next.id === busy ? ['stale'] : save(changes);
    },
  });
  await expect(compare({ ...deps, store }, never)).rejects.toMatchObject({ code: 'stale' });
  expect(await statuses()).toEqual(ids.map((id) => (id === busy ? 'active' : 'closing')));
  expect((await deps.store.now()).wentBack).toBe(true);
  isBusy = false;
  await compare({ ...deps, store }, never);
  expect(await statuses()).toEqual(['closing', 'closing']);
  expect((await deps.store.now()).wentBack).toBeUndefined();
});
