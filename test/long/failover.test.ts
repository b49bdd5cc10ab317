import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RedisAddress } from '../../src/ports/redis-address.ts';
import { openRedis } from '../../src/redis/client.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisReplicas } from '../../src/redis/replicas.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change, pending } from '../conformance/fixtures.ts';
import type { Node } from '../redis/launch.ts';
import { addresses, cluster, follow, node, sentinels } from '../redis/nodes.ts';
import { QUIET } from '../redis/server.ts';

const WRITERS = 16;

/** Commits requests, many at once, and keeps which of them Redis acknowledged and which its replicas confirmed. */
function committing(address: RedisAddress) {
  const redis = connectRedis(address, { log: QUIET });
  const witness = openRedis(address, { retries: 1, commandMs: 5_000 });
  witness.on('error', () => {});
  const store = redisStore({ redis, log: QUIET });
  const replicas = redisReplicas({ redis: witness, log: QUIET });
  const state = { acknowledged: new Set<string>(), confirmed: new Set<string>(), over: false };
  const write = async (writer: number) => {
    for (let n = 0; !state.over; n += 1) {
      const id = `r${writer}-${n}`;
      try {
        const { at } = await store.now();
        if ((await store.save([change(pending(id, at), 0)]))[0] !== 'saved') continue;
        state.acknowledged.add(id);
        if (await replicas.have([{ id, version: 1 }])) state.confirmed.add(id);
      } catch {
        // What was refused or not answered was promised to nobody. Whoever connects again needs a turn of the event loop.
        await setImmediate();
      }
    }
  };
  const running = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  onTestFinished(async () => {
    state.over = true;
    await running;
    redis.disconnect();
    witness.disconnect();
  });
  return {
    state,
    /** Waits until so many more were confirmed than now. */
    async more(count: number) {
      const goal = state.confirmed.size + count;
      await vi.waitFor(() => expect(state.confirmed.size).toBeGreaterThan(goal), { interval: 50 });
    },
    /** Ends, and gives what was confirmed and is gone. With `SHOW=1` it says how much was acknowledged and is gone. */
    async lost(how: string): Promise<readonly string[]> {
      state.over = true;
      await running;
      const gone: string[] = [];
      for (const id of state.acknowledged) if (!(await store.load(id)).request) gone.push(id);
      if (process.env.SHOW)
        console.info(
          `${how}: ${gone.length} of ${state.acknowledged.size} acknowledged are gone; confirmed ${state.confirmed.size}`,
        );
      return gone.filter((id) => state.confirmed.has(id));
    },
  };
}

async function roleOf({ direct }: Node): Promise<string | undefined> {
  return /role:(\w+)/.exec(await direct.info('replication'))?.[1];
}

describe('what the replicas confirmed is there after', () => {
  it('a primary of six nodes was killed, and another took over as planned', { timeout: 300_000 }, async () => {
    const nodes = await cluster(1);
    const commits = committing({ cluster: addresses(nodes) });
    await commits.more(100);
    const holder = async () => {
      for (const one of nodes) {
        if (one.process.exitCode !== null || one.process.signalCode !== null) continue;
        if ((await roleOf(one)) === 'master' && (await one.direct.dbsize()) > 0) return one;
      }
      throw new Error('no primary holds anything');
    };
    const first = await holder();
    await first.kill();
    await commits.more(100);
    expect(await holder()).not.toBe(first);
    const own = await cluster(1);
    const planned = committing({ cluster: addresses(own) });
    await planned.more(100);
    for (const one of own) if ((await roleOf(one)) === 'slave') await one.direct.cluster('FAILOVER');
    await planned.more(300);
    expect([await commits.lost('Cluster, killed'), await planned.lost('Cluster, as planned')]).toEqual([[], []]);
  });

  it('Sentinel changed the primary as planned, and after it was killed', { timeout: 300_000 }, async () => {
    const [one, two, three] = [await node(), await node(), await node()];
    await follow(two, one);
    await follow(three, one);
    const watching = await sentinels(one, 2);
    const commits = committing({ sentinel: { name: 'drawbridge', addresses: addresses(watching), tls: false } });
    await commits.more(200);
    await watching[0]?.direct.call('SENTINEL', 'FAILOVER', 'drawbridge');
    await vi.waitFor(async () => expect(await roleOf(one)).toBe('slave'));
    await commits.more(200);
    const [primary] = (
      await Promise.all([two, three].map(async (n) => ((await roleOf(n)) === 'master' ? [n] : [])))
    ).flat();
    await primary?.kill();
    await commits.more(200);
    expect(await commits.lost('Sentinel, as planned and killed')).toEqual([]);
  });

  it('the primary was demoted by hand, with the connection kept', { timeout: 300_000 }, async () => {
    const [one, two, three] = [await node(), await node(), await node()];
    await follow(two, one);
    await follow(three, one);
    const watching = await sentinels(one, 2);
    const commits = committing({ sentinel: { name: 'drawbridge', addresses: addresses(watching), tls: false } });
    await commits.more(200);
    await two.direct.replicaof('NO', 'ONE');
    await follow(three, two);
    await follow(one, two);
    // Sentinel finds out by itself, and may decide otherwise: whichever it is, commits go on.
    await commits.more(200);
    expect(await commits.lost('demoted by hand')).toEqual([]);
  });
});
