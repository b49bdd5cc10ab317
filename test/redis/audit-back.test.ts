import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import { NO_HEAD } from '../../src/core/evidence/chain.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { begun, files, saidIn, tampering } from './audit-tampering.ts';
import { chainWorld } from './chain-world.ts';
import { redisOfFile } from './server.ts';

const server = redisOfFile();
let redis: Redis;
let prefix: string;
let raised: Alarm[];

beforeEach(() => {
  prefix = server.prefix();
  redis = server.client();
  raised = [];
});

const world = (sinks: readonly Sink[]) => chainWorld({ redis, prefix, raised }, sinks);
const lose = (...places: readonly number[]) => tampering(redis, prefix).lose(...places);
const said = () => saidIn(raised);

describe('Redis that went back behind what the files have', () => {
  it('is told as what it is: nobody is told that files never had what they have', async () => {
    const { sink, faults } = files();
    const own = world([sink]);
    await begun(own);
    const before = await Promise.all(
      (await redis.keys(`{${prefix}}*`)).map(async (key) => [key, await redis.dumpBuffer(key)] as const),
    );
    await own.write(6);
    await own.chain();
    await own.bring();
    await redis.del(...(await redis.keys(`{${prefix}}*`)));
    for (const [key, dump] of before) await redis.restore(key, 0, dump as Buffer);
    await own.write(2);
    await own.chain();
    await own.bring();
    expect(said()).toEqual([
      expect.stringMatching(
        /^Entries of the audit are missing in Redis 6 records are in Redis no more, and files has them \(7 to 12\): the database went back, or/,
      ),
    ]);
    expect(await faults()).toEqual([]);
  });

  it('and lost all of it: no head is signed that is none, and the chain goes on behind the signed one', async () => {
    const { sink, faults } = files();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await lose(8, 12);
    await own.bring();
    expect(await sink.end?.()).toMatchObject({ index: 12, head: (await own.room.chain.last())?.head });
    await redis.del(...(await redis.keys(`{${prefix}}*`)));
    await own.write(2);
    await own.chain();
    await own.bring();
    const [first] = await own.room.chain.after(-1, 1);
    expect(first?.index).toBe(12);
    expect(first?.head).not.toBe(NO_HEAD);
    expect((await faults()).filter((say) => !say.startsWith('missing'))).toEqual([]);
  });
});
