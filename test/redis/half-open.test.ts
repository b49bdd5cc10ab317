import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startWorkers } from '../../src/queue/worker.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisStore } from '../../src/redis/store.ts';
import { machine } from '../conformance/fixtures.ts';
import { between } from './mute-proxy.ts';
import { ownRedis } from './own-redis.ts';
import { QUIET } from './server.ts';

/** The limit of a silent connection, and what it takes to connect again. */
const SOON = { timeout: 60_000, interval: 250 };

async function reached() {
  const server = await ownRedis();
  onTestFinished(() => server.stop());
  await server.client().ping();
  return between(server.url);
}

describe('a connection that nobody closes', () => {
  it('a connection that a firewall forgot is given up, and another one works', { timeout: 120_000 }, async () => {
    const way = await reached();
    const redis = connectRedis(way.url, { log: QUIET });
    onTestFinished(() => redis.disconnect());
    const store = redisStore({ redis, log: QUIET });
    await store.write();
    way.mute();
    const write = () => store.write().catch(() => 'away');
    await vi.waitFor(async () => expect(await write()).toMatchObject({ trusted: true }), SOON);
  });

  it('hints are run again after it', { timeout: 120_000 }, async () => {
    const way = await reached();
    const ran: MachineId[] = [];
    const queue = bullQueue({ url: way.url, log: QUIET });
    const options = { url: way.url, log: QUIET, notify: async () => {} };
    const workers = startWorkers({ ...options, converge: async (id) => void ran.push(id) });
    onTestFinished(async () => {
      await workers.close();
      await queue.close();
    });
    const runs = (name: string) =>
      vi.waitFor(async () => {
        void queue.converge([machine(1)], `${name}-${Date.now()}`, 'close').catch(() => {});
        expect(ran.length).toBeGreaterThan(0);
      }, SOON);
    await runs('before');
    way.mute();
    // What was under way comes to its end.
    ran.length = 0;
    await runs('after');
  });
});
