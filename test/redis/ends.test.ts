import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redisStore } from '../../src/redis/store.ts';
import { endsConformance } from '../conformance/ends.ts';
import { machine } from '../conformance/fixtures.ts';
import { memoryStore } from '../memory/store.ts';
import { often } from '../setup/lane.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

async function make() {
  const redis = server.client();
  return {
    store: redisStore({ redis, prefix: server.prefix(), log: QUIET }),
    stop: async () => redis.disconnect(),
  };
}

endsConformance('Redis', make);

const asks = fc.array(
  fc.record({
    machine: fc.integer({ min: 1, max: 6 }),
    wish: fc.integer({ min: 0, max: 40 }),
    room: fc.integer({ min: 0, max: 40 }),
    ports: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 5, maxLength: 60 },
);

describe('the script that keeps ends', () => {
  it('does what the core says, in whatever order it is asked', async () => {
    const property = fc.asyncProperty(
      asks,
      fc.boolean(),
      fc.integer({ min: 1, max: 5 }),
      async (all, together, ends) => {
        const { store, stop } = await make();
        const { at } = await store.now();
        const twin = memoryStore({ now: () => at });
        const base = at + 3_600_000;
        const budget = { ends, sliceMs: 5, together };
        for (const [i, one] of all.entries()) {
          const request = { id: `r${String(i).padStart(6, '0')}`, machine: machine(one.machine) };
          const wish = base + one.wish;
          const wanted = { budget, wish, earliest: wish - one.room, ports: one.ports };
          expect(await store.keepEnd(request, wanted)).toEqual(await twin.keepEnd(request, wanted));
        }
        await stop();
      },
    );
    await fc.assert(property, { numRuns: often(20, 200), endOnFailure: true });
  });

  it('is quick where 100,000 leases end in one site, a thousand of them at the wish', async () => {
    const [redis, prefix] = [server.client(), server.prefix()];
    const store = redisStore({ redis, prefix, log: QUIET });
    const { at } = await store.now();
    const wish = Math.ceil((at + 3_600_000) / 5_000) * 5_000;
    for (let from = 0; from < 100_000; from += 10_000) {
      const some = Array.from({ length: 10_000 }, (_, i) => {
        const end = (from + i) % 100 === 0 ? wish : wish - 3_600_000 + ((from + i) % 3_600) * 1_000 + 1_000;
        return [end, `m${String((from + i) % 30_000).padStart(5, '0')}${from + i}`] as const;
      });
      await redis.zadd(`{${prefix}}:budget:aws:123456789012:eu-west-1`, ...some.flat());
    }
    const budget = { ends: 20, sliceMs: 5_000, together: true };
    await redis.config('RESETSTAT');
    for (let i = 0; i < 50; i += 1)
      await store.keepEnd({ id: `q${i}`, machine: machine(i) }, { budget, wish, earliest: wish - 900_000, ports: 1 });
    const stats = await redis.info('commandstats');
    const [, usec = '0'] = /cmdstat_evalsha:.*?usec_per_call=([\d.]+)/.exec(stats) ?? [];
    // Measured: 4.3 ms with 16 processes waiting for two cores. The bound is no goal.
    expect(Number(usec)).toBeLessThan(60_000);
    redis.disconnect();
  });
});
