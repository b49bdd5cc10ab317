import { describe, expect, it } from 'vitest';
import { onceSettled } from '../../src/app/board/settled.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { under, underway } from '../../src/app/people/tickets.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Now, Store } from '../../src/ports/store.ts';
import { approved } from './approved.ts';
import { MACHINE } from './fixtures.ts';

const never = new AbortController().signal;

/** As to a process that has just started: nobody has vouched for it yet. */
function unsettled(store: Store): Store {
  const back = (now: Now): Now => ({ ...now, wentBack: true });
  const said: Partial<Store> = {
    now: async () => back(await store.now()),
    write: async () => ({ ...back(await store.write()), isUnsettled: true as const }),
    liveOn: async (...machines) => {
      const found = await store.liveOn(...machines);
      return { ...found, now: back(found.now) };
    },
  };
  return new Proxy(store, {
    get(_, name) {
      const of = name in said ? said : store;
      const value: unknown = Reflect.get(of, name, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}

describe('while nobody has vouched yet for what the store holds', () => {
  it('an approved opening is left as it is, and is due for whoever can tell', async () => {
    const made = await approved();
    const before = await made.load();
    await converge({ ...made.deps, store: unsettled(made.deps.store) }, MACHINE.id, never);
    expect(await made.load()).toEqual(before);
    expect(made.cloud.calls).toEqual([]);
    made.clock.advance(5_000);
    expect((await made.deps.store.claim(10, 5_000)).machines).toEqual([MACHINE.id]);
    await made.converge();
    expect(await made.load()).toMatchObject({ status: 'active' });
  });

  it('a rule that is gone is not put back, nor is its request told of trouble; what is over closes', async () => {
    const made = await approved();
    await made.converge();
    const [[key, rule] = []] = [...made.cloud.rules];
    if (key === undefined || rule === undefined) throw new Error('it was to be open');
    made.cloud.rules.clear();
    const before = await made.load();
    const store = unsettled(made.deps.store);
    await converge({ ...made.deps, store }, MACHINE.id, never);
    expect(await made.load()).toEqual(before);
    expect(made.cloud.rules.size).toBe(0);
    made.cloud.rules.set(key, rule);
    made.clock.advance(62 * MINUTE_MS);
    await converge({ ...made.deps, store }, MACHINE.id, never);
    expect(made.cloud.rules.size).toBe(0);
    expect(await made.load()).toMatchObject({ status: 'ended' });
  });

  it('a link is not over: its browser is told to come again', async () => {
    const { deps } = await approved();
    const { at, epoch = 0 } = await deps.store.now();
    const ceremony = { id: 'i', until: at + MINUTE_MS, epoch, chat: 'slack', account: 'U1' } as const;
    const room = { ceremonies: { read: async () => ceremony } } as unknown as Parameters<typeof under>[1];
    await expect(under({ store: unsettled(deps.store) }, room, 'k')).rejects.toMatchObject({ code: 'storeUnsettled' });
    expect(await under(deps, room, 'k')).toEqual({ key: 'k', ceremony });
    const away = deps.store as Store & { doubt(): void; snapshot(): () => void };
    away.doubt();
    expect(await under(deps, room, 'k')).toEqual({ key: 'k', ceremony });
    away.snapshot()();
    await expect(under(deps, room, 'k')).rejects.toMatchObject({ code: 'linkOver' });
  });

  it('whoever looks at the board waits until it is known, so long and no longer', async () => {
    const { deps } = await approved();
    const { at, epoch = 0 } = await deps.store.now();
    const ceremony = { id: 'i', until: at + MINUTE_MS, epoch, chat: 'slack', account: 'U1' } as const;
    const room = { ceremonies: { read: async () => ceremony } } as unknown as Parameters<typeof under>[1];
    let asked = 0;
    const session = () => {
      asked += 1;
      return underway({ store: asked < 3 ? unsettled(deps.store) : deps.store }, room, 'k');
    };
    expect(await onceSettled(session, { tries: 2, everyMs: 1 })).toEqual({ key: 'k', ceremony });
    asked = 0;
    await expect(onceSettled(session, { tries: 1, everyMs: 1 })).rejects.toMatchObject({ code: 'storeUnsettled' });
    const other = () => underway({ store: deps.store }, { ceremonies: { ...room.ceremonies, read: broken } }, 'k');
    await expect(onceSettled(other, { tries: 9, everyMs: 1 })).rejects.toThrow('ECONNRESET');
  });
});

async function broken(): Promise<never> {
  throw new Error('ECONNRESET');
}
