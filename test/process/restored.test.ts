import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startOnRedis } from './on-redis.ts';

const MACHINE = 'api-1';
const LEASE_S = 600;
const SOON = { timeout: 90_000, interval: 100 };

describe('the real program on another host, with a Redis from a backup', () => {
  it('opens nothing again that was revoked since, tells it once, closes what is over, and goes on', {
    timeout: 600_000,
  }, async ({ onTestFinished }) => {
    const house = await startOnRedis();
    onTestFinished(() => house.stop());
    const { people, redis } = house;
    await house.until('security', `/jit protect ${MACHINE} usual`, /is protected on/);
    const wish = `/jit request ${MACHINE} ssh for ${LEASE_S}s from 203.0.113.7 because of a test`;
    const id = await house.until('requester', wish, /`([2-9a-z]{7})`/);
    await house.until('manager', `/jit approve ${id}`, /approved/);
    await people.told('is open', MACHINE);
    const backup = join(house.folder, 'backup');
    cpSync(join(redis.folder, 'appendonlydir'), backup, { recursive: true });
    await people.slack('requester', `/jit revoke ${id}`);
    await vi.waitFor(() => expect(house.rules()).toEqual([]), SOON);
    await people.told('closed, proven', MACHINE);

    await house.kill();
    await redis.kill();
    rmSync(join(redis.folder, 'appendonlydir'), { recursive: true });
    cpSync(backup, join(redis.folder, 'appendonlydir'), { recursive: true });
    await redis.start();
    // The keys are in the configuration; this file alone was on the old host.
    rmSync(join(house.own, 'commits-drawbridge.json'));
    const opened: string[] = [];
    onTestFinished(house.services.onChange(() => void opened.push(...house.rules())));
    await house.start();
    await vi.waitFor(() => expect(house.said()).toContain('Nobody remembers what Redis held last'), SOON);
    expect(opened).toEqual([]);
    await vi.waitFor(async () => expect((await house.status()).lifeboat.wentBack).toBe(false), SOON);

    const next = await house.until('requester', wish.replace('600s', '8s'), /`([2-9a-z]{7})`/);
    await house.until('manager', `/jit approve ${next}`, /approved/);
    await vi.waitFor(() => expect(house.rules()).toHaveLength(1), SOON);
    await vi.waitFor(() => expect(house.rules()).toEqual([]), SOON);
    const told = house.channel().filter((one) => JSON.stringify(one).includes('Nobody remembers what Redis held last'));
    expect(told).toHaveLength(1);
    expect(house.ended).toBeUndefined();
  });
});
