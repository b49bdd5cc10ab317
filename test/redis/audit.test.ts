import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisStore } from '../../src/redis/store.ts';
import { auditConformance } from '../conformance/audit.ts';
import { change, pending } from '../conformance/fixtures.ts';
import { keptLog, QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

auditConformance('Redis', async () => {
  const prefix = server.prefix();
  const redis = server.client();
  return {
    audit: redisAudit({ redis, prefix, log: QUIET }),
    store: redisStore({ redis, prefix, log: QUIET }),
    forgetScripts: async () => void (await redis.script('FLUSH')),
    stop: async () => redis.disconnect(),
  };
});

const START: AuditEntry = {
  act: 'act-1',
  event: 'start',
  outcome: 'done',
  by: { user: 'root', host: 'bastion' },
  as: 'commandLine',
};

describe('the audit in Redis', () => {
  let redis: Redis;
  let prefix: string;
  let stream: string;

  beforeEach(() => {
    prefix = server.prefix();
    stream = `{${prefix}}:audit`;
    redis = server.client();
  });

  it('loses nothing to a hundred thousand others', async () => {
    const [store, audit] = [redisStore({ redis, prefix, log: QUIET }), redisAudit({ redis, prefix, log: QUIET })];
    await audit.record(START);
    const others = "for n = 1, ARGV[1] do redis.call('XADD', KEYS[1], ARGV[2] .. '-' .. (n + 1), 'at', n) end";
    const [first] = await audit.read(undefined, 1);
    await redis.eval(others, 1, stream, 101_000, first?.epoch ?? 0);
    const { at } = await store.now();
    await store.save([change(pending('aaaaaaa', at), 0)]);
    await audit.record({ ...START, act: 'act-2' });
    expect(await audit.size()).toMatchObject({ entries: 101_003 });
    expect(await audit.read(undefined, 1)).toEqual([first]);
    expect(
      (await audit.read({ epoch: first?.epoch ?? 0, sequence: 101_001 }, 9)).map(({ sequence }) => sequence),
    ).toEqual([101_002, 101_003]);
  });

  it('begins another epoch when the database was lost, and never counts from the start in the old one', async () => {
    const audit = redisAudit({ redis, prefix, log: QUIET });
    await audit.record(START);
    const [before] = await audit.read(undefined, 1);
    await redis.del(stream);
    const store = redisStore({ redis, prefix, log: QUIET });
    // Nothing is lost and begun again within one millisecond.
    while ((await store.now()).at === before?.epoch);
    await audit.record({ ...START, act: 'act-2' });
    const [after] = await audit.read(undefined, 1);
    expect(after?.sequence).toBe(1);
    expect(after?.epoch).toBeGreaterThan(before?.epoch ?? Number.POSITIVE_INFINITY);
    // Emptied by hand, it goes on where it was.
    await redis.xtrim(stream, 'MAXLEN', 0);
    await audit.record({ ...START, act: 'act-3' });
    expect(await audit.read(undefined, 9)).toMatchObject([{ sequence: 2, epoch: after?.epoch }]);
  });

  it('says how much room is left, by what Redis may take', async () => {
    const { usedBytes = 0, mostBytes = 0 } = await redisAudit({ redis, prefix, log: QUIET }).size();
    expect(usedBytes).toBeGreaterThan(100_000);
    expect(mostBytes).toBeGreaterThan(usedBytes);
    await redis.config('SET', 'maxmemory', 50_000_000);
    expect(await redisAudit({ redis, prefix, log: QUIET }).size()).toMatchObject({ mostBytes: 50_000_000 });
    await redis.config('SET', 'maxmemory', 0);
  });

  it('leaves out what it cannot read, and says so', async () => {
    const log = keptLog();
    const audit = redisAudit({ redis, prefix, log });
    await redis.xadd(stream, '*', 'at', '1', 'request', 'aaaaaaa', 'event', 'asked');
    await audit.record(START);
    expect(await audit.read(undefined, 9)).toHaveLength(1);
    expect(log.errors).toEqual(['an entry of the audit cannot be read']);
    // It takes the place of no other one: fewer than were asked for are all that there are.
    expect(await audit.read(undefined, 1)).toHaveLength(1);
    await audit.record({ ...START, act: 'act-2' });
    expect(await audit.read(undefined, 2)).toHaveLength(2);
    expect(await audit.read(undefined, 0)).toEqual([]);
  });
});
