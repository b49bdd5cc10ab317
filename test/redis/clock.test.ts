import { beforeEach, describe, expect, it } from 'vitest';
import { redisStore } from '../../src/redis/store.ts';
import { change, machine, pending } from '../conformance/fixtures.ts';
import { keptLog, redisOfFile } from './server.ts';

const HOUR = 3_600_000;

const server = redisOfFile();
let prefix = '';

beforeEach(() => {
  prefix = server.prefix();
});

/** Redis's clock cannot be set; what it remembers as the highest instant, and our own clock, can. */
async function world() {
  const redis = server.client();
  const log = keptLog();
  let slept = 0;
  const elapsed = () => performance.now() + slept;
  const make = () => redisStore({ redis, prefix, log, elapsed });
  const remember = (highest: number) => redis.hset(`{${prefix}}:clock`, 'highest', highest);
  return { redis, log, make, store: make(), remember, sleep: (ms: number) => (slept += ms) };
}

describe('the store’s clock', () => {
  it('goes on from the highest instant when Redis’s clock went back, so that leases still end', async () => {
    const { store, remember, log } = await world();
    const { at } = await store.now();
    await remember(at + HOUR);
    const first = await store.now();
    expect(first).toMatchObject({ at: expect.any(Number), trusted: false });
    expect(first.at).toBeGreaterThanOrEqual(at + HOUR);
    let later = first;
    while (later.at < first.at + 20) later = await store.now();
    expect(later.at).toBeLessThan(first.at + 5_000);
    expect(log.errors).toHaveLength(1);
  });

  it('stands still for a step back of less than a minute, and trusts it', async () => {
    const { store, remember } = await world();
    const { at } = await store.now();
    await remember(at + 30_000);
    expect(await store.now()).toMatchObject({ at: at + 30_000, trusted: true });
    expect(await store.now()).toMatchObject({ at: at + 30_000, trusted: true });
  });

  it('is not trusted by a process started later, until Redis’s clock was set right', async () => {
    const { store, make, remember } = await world();
    const { at } = await store.now();
    await remember(at + HOUR);
    expect((await make().now()).trusted).toBe(false);
    await remember(at);
    expect((await make().now()).trusted).toBe(true);
    expect((await make().now()).at).toBeLessThan(at + HOUR);
  });

  it('is not trusted after Redis’s clock and ours went apart by more than a minute', async () => {
    const { store, sleep, log } = await world();
    expect((await store.now()).trusted).toBe(true);
    sleep(HOUR);
    expect((await store.load('aaaaaaa')).now.trusted).toBe(false);
    expect((await store.liveOn(machine(1))).now.trusted).toBe(false);
    expect((await store.claim(1, 5_000)).now.trusted).toBe(false);
    expect(log.errors).toHaveLength(1);
  });

  it('remembers the instant of each commit', async () => {
    const { store, redis } = await world();
    const { at } = await store.now();
    await store.save([change(pending('aaaaaaa', at), 0)]);
    const highest = Number(await redis.hget(`{${prefix}}:clock`, 'highest'));
    expect(highest).toBeGreaterThanOrEqual(at);
    expect(highest).toBeLessThanOrEqual((await store.now()).at);
  });
});
