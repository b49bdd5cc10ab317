import { expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { plain } from '../../src/core/language/text.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Store } from '../../src/ports/store.ts';
import { approved } from './approved.ts';
import { MACHINE, placement } from './fixtures.ts';

const never = new AbortController().signal;
const HOUR = 60 * MINUTE_MS;
const WRONGTYPE = new Error('WRONGTYPE Operation against a key holding the wrong kind of value');

/** An access that was opened, and a store of which some of the methods are others from now on. */
async function opened(minutes: number) {
  const made = await approved();
  const { cloud, clock } = made;
  cloud.clock = clock.now;
  cloud.patrol = () => cloud.marked();
  await made.converge();
  expect(cloud.rules.size).toBe(1);
  clock.advance(HOUR + minutes * MINUTE_MS);
  const changed: Partial<Store> = {};
  const store = new Proxy(made.deps.store, {
    get(target, name) {
      const method = Reflect.get(changed, name) ?? Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
  const told: string[] = [];
  const tell = async ({ sections }: Report) => {
    told.push(...sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))));
  };
  const deps = { ...made.deps, store, chats: new Map([['slack' as const, Object.assign(made.chat, { tell })]]) };
  return { ...made, deps, changed, told, patrol: () => patrol(deps, never) };
}

it('a rule whose record is in no index any more is closed, proven, and in the indexes again', async () => {
  const { cloud, changed, deps, load, patrol: run } = await opened(2);
  let isIndexed = false;
  const { liveOn, reindex } = deps.store;
  changed.liveOn = async (...machines) => {
    const read = await liveOn(...machines);
    return isIndexed ? read : { ...read, requests: [] };
  };
  changed.reindex = async (requests) => {
    isIndexed = true;
    return reindex(requests);
  };
  await run();
  expect(cloud.rules.size).toBe(0);
  expect(await load()).toMatchObject({ status: 'ended' });
});

it.each(['save', 'liveOn', 'reindex'] as const)(
  'one whose store fails at %s is closed by its mark, and told',
  async (name) => {
    const { cloud, changed, told, load, patrol: run } = await opened(2);
    Object.assign(changed, {
      [name]: async () => {
        throw WRONGTYPE;
      },
    });
    await run();
    expect(cloud.rules.size).toBe(0);
    if (name === 'reindex') return expect(await load()).toMatchObject({ status: 'ended' });
    expect(told.join()).toContain('i-0123456789abcdef0: 22 from 203.0.113.7');
  },
);

it('a record that cannot be asked for keeps no other rule from being closed', async () => {
  const { cloud, changed, clock, patrol: run } = await opened(2);
  const other: Found = { placement: placement('198.51.100.1/32'), mark: 'valid', until: clock.now() - 1 };
  cloud.rules.set(placementKey(other.placement), other);
  changed.load = async () => {
    throw WRONGTYPE;
  };
  await run();
  expect(cloud.rules.size).toBe(0);
});

it('many of them do not either: what is over goes by its mark, what is not stays, and no record is asked for again and again', async () => {
  const { cloud, changed, clock, told, patrol: run } = await opened(2);
  const [over, open] = [clock.now() - 1, clock.now() + HOUR];
  for (let i = 0; i < 60; i += 1) {
    const other: Found = {
      placement: placement(`198.51.100.${i}/32`),
      mark: 'valid',
      until: i % 3 === 0 ? over : open,
    };
    cloud.rules.set(placementKey(other.placement), other);
  }
  let asked = 0;
  changed.placedBy = async () => {
    asked += 1;
    throw WRONGTYPE;
  };
  await run();
  expect([...cloud.rules.values()].map(({ until }) => until)).toEqual(Array(40).fill(open));
  expect(asked).toBeLessThan(10);
  expect(told.join()).toContain('198.51.100.0');
});

it('nothing goes that a lease wants, that is not over on the cloud’s own clock, or that somebody is at', async () => {
  const early = await opened(-1);
  early.changed.load = async () => {
    throw WRONGTYPE;
  };
  await early.patrol();
  expect(early.cloud.rules.size).toBe(1);

  const behind = await opened(2);
  behind.changed.save = async () => {
    throw WRONGTYPE;
  };
  behind.cloud.clock = () => behind.clock.now() - 3 * MINUTE_MS;
  await behind.patrol();
  expect(behind.cloud.rules.size).toBe(1);

  // It was extended, and the mark could not be written yet.
  const extended = await opened(2);
  const request = await extended.load();
  if (request?.status !== 'active') throw new Error('not open');
  extended.changed.load = async () => ({
    request: { ...request, lease: { ...request.lease, until: request.lease.until + HOUR } },
    now: await extended.deps.store.now(),
  });
  await extended.patrol();
  expect(extended.cloud.rules.size).toBe(1);

  const fresh = await opened(0.5);
  fresh.changed.save = async () => {
    throw WRONGTYPE;
  };
  await fresh.patrol();
  expect(fresh.cloud.rules.size).toBe(1);
  expect(MACHINE.id).toContain('i-0123456789abcdef0');
});
