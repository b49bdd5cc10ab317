import { expect, it, vi } from 'vitest';
import { startOnRedis } from './on-redis.ts';

/** One in each cloud. */
const MACHINES = ['api-1', 'web-1'];
const LEASE_S = 30;
const TOLERANCE_MS = 20_000;
const SOON = { timeout: 90_000, interval: 100 };

it('the real program, started while Redis does not take its password: says so, closes what is over, and goes on once it does', {
  timeout: 600_000,
}, async ({ onTestFinished }) => {
  const house = await startOnRedis();
  onTestFinished(() => house.stop());
  const { operator, people } = house;
  for (const machine of MACHINES) await house.until('security', `/jit protect ${machine} usual`, /is protected on/);
  for (const machine of MACHINES) {
    const wish = `/jit request ${machine} ssh for ${LEASE_S}s from 203.0.113.7 because of a test`;
    const id = await house.until('requester', wish, /`([2-9a-z]{7})`/);
    await house.until('manager', `/jit approve ${id}`, /approved/);
    await people.told('is open', machine);
  }
  const lastEnd = Date.now() + LEASE_S * 1_000;
  await house.kill();
  await operator.config('SET', 'requirepass', 'another');
  await house.start();
  expect(await house.ready()).toBe(503);
  await vi.waitFor(() => expect(house.said()).toContain('Put `redis.username` and `redis.password` right'), SOON);
  expect((await house.status()).lifeboat).toMatchObject({ isOn: true, why: expect.stringContaining('password') });
  await vi.waitFor(() => expect(house.rules()).toEqual([]), SOON);
  expect(Date.now() - lastEnd).toBeLessThan(TOLERANCE_MS);
  expect(await people.slack('requester', '/jit list')).toContain('Redis');

  await operator.config('SET', 'requirepass', '');
  await vi.waitFor(() => expect(house.said()).toContain('Redis can be written again'), SOON);
  for (const machine of MACHINES) await people.told('closed, proven', machine);
  await vi.waitFor(async () => expect(await house.ready()).toBe(200), SOON);
  expect(house.said()).not.toContain('Something went wrong inside');
  expect(house.ended).toBeUndefined();
});
