import { afterAll, beforeAll, expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { sweeper } from '../../src/app/loops/sweep.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { redisStore } from '../../src/redis/store.ts';
import { world } from '../app/fixtures.ts';
import { approve, change, machine, open, pending, placementOf } from '../conformance/fixtures.ts';
import { QUIET, testRedis } from './server.ts';

const never = new AbortController().signal;
let server: Awaited<ReturnType<typeof testRedis>>;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.stop());

/** An access whose time was over two minutes ago, unless told, and is open still: nobody came to it yet. */
async function overdue(prefix: string, sinceMs = 2 * MINUTE_MS) {
  const redis = server.client();
  const store = redisStore({ redis, prefix, log: QUIET });
  const { at } = await store.now();
  const asked = pending('aaaaaaa', at - 60 * MINUTE_MS, { machine: machine(1) });
  const approved = approve(asked, at - 59 * MINUTE_MS);
  const active = open(asked, at - 58 * MINUTE_MS);
  const until = at - sinceMs;
  const over = { ...active, version: 3, lease: { ...active.lease, until } };
  for (const [next, from] of [
    [asked, 0],
    [{ ...approved, version: 2 }, 1],
    [over, 2],
  ] as const)
    expect(await store.save([change(next, from)])).toEqual(['saved']);
  const made = world();
  const placement = placementOf(over);
  made.cloud.clock = Date.now;
  made.cloud.rules.set(placementKey(placement), { placement, mark: 'valid', until });
  made.cloud.patrol = () => made.cloud.marked();
  return { ...made, redis, store, deps: { ...made.deps, store } };
}

/** What every process does again and again. */
async function goesOn({ deps, store }: Awaited<ReturnType<typeof overdue>>): Promise<void> {
  const look = async () => {
    for (const one of (await store.claim(10, 5_000)).machines) await converge(deps, one, never).catch(() => undefined);
  };
  await look();
  await sweeper(deps)();
  await look();
  await patrol(deps, never);
}

it('whichever of its keys Redis evicts, or any two of them, what is over is closed', { timeout: 300_000 }, async () => {
  const first = await overdue('none');
  const keys = (await first.redis.keys('{none}:*')).map((key) => key.slice('{none}'.length));
  expect(keys.length).toBeGreaterThan(8);
  const some = keys.flatMap((one, i) => [[one], ...keys.slice(i + 1).map((other) => [one, other])]);
  const left: string[] = [];
  for (const [i, gone] of [...some, keys].entries()) {
    const made = await overdue(`evicted-${i}`);
    await made.redis.del(...gone.map((key) => `{evicted-${i}}${key}`));
    await goesOn(made);
    if (made.cloud.rules.size > 0) left.push(gone.join(' '));
    made.redis.disconnect();
  }
  expect(left).toEqual([]);
});

it('so it is where its time was over ten seconds ago: no other patrol has to come for it', {
  timeout: 300_000,
}, async () => {
  const first = await overdue('recent', 10_000);
  const keys = (await first.redis.keys('{recent}:*')).map((key) => key.slice('{recent}'.length));
  const indexes = keys.filter((key) => /^:(?:due|live|on:)/.test(key));
  expect(indexes).toHaveLength(3);
  const left: string[] = [];
  for (const [i, gone] of [...indexes.map((one) => [one]), indexes].entries()) {
    const made = await overdue(`recent-${i}`, 10_000);
    await made.redis.del(...gone.map((key) => `{recent-${i}}${key}`));
    await patrol(made.deps, never);
    for (const one of (await made.store.claim(10, 5_000)).machines) await converge(made.deps, one, never);
    if (made.cloud.rules.size > 0) left.push(gone.join(' '));
    made.redis.disconnect();
  }
  expect(left).toEqual([]);
});

it('whichever of its keys is of another type, what is over is closed', { timeout: 300_000 }, async () => {
  const first = await overdue('typed');
  const keys = (await first.redis.keys('{typed}:*')).map((key) => key.slice('{typed}'.length));
  const left: string[] = [];
  for (const [i, odd] of keys.entries()) {
    const made = await overdue(`odd-${i}`);
    const key = `{odd-${i}}${odd}`;
    const type = await made.redis.type(key);
    await made.redis.del(key);
    if (type === 'string') await made.redis.rpush(key, 'odd');
    else await made.redis.set(key, 'odd');
    await goesOn(made).catch(() => undefined);
    await patrol(made.deps, never).catch(() => undefined);
    if (made.cloud.rules.size > 0) left.push(odd);
    made.redis.disconnect();
  }
  expect(left).toEqual([]);
});
