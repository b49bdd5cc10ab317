import { describe, expect, it, onTestFinished } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { checkRedis, connectRedis } from '../../src/redis/connect.ts';
import { addresses, cluster } from './nodes.ts';
import { QUIET, redisOfFile } from './server.ts';

const GOOD = { redis_version: '7.0.15', maxmemory_policy: 'noeviction', aof_enabled: '1' };
const strict = { losingDataIsFine: false, providerKeepsData: false };
const relaxed = { ...strict, losingDataIsFine: true };
const trusting = { ...strict, providerKeepsData: true };

/** A Redis that says this of itself. */
function saying(fields: Readonly<Record<string, string | undefined>>) {
  const lines = Object.entries({ ...GOOD, ...fields }).flatMap(([name, value]) => (value ? [`${name}:${value}`] : []));
  return { info: async () => `# Server\r\n${lines.join('\r\n')}\r\n`, on() {}, off() {} } as unknown as RedisClient;
}

async function refusal(fields: Readonly<Record<string, string | undefined>>, options = strict): Promise<string> {
  const error = await checkRedis(saying(fields), options).catch((thrown: unknown) => thrown);
  if (!(error instanceof JitError)) return 'none';
  return `${error.code}: ${error.say} ${error.hint}`;
}

const server = redisOfFile();

describe('checking Redis', () => {
  it('takes one that keeps what it is given, and newer versions', async () => {
    expect(await refusal({})).toBe('none');
    expect(await refusal({ redis_version: '6.2.0' })).toBe('none');
    expect(await refusal({ redis_version: '8.4.1' })).toBe('none');
  });

  it('refuses one that evicts', async () => {
    expect(await refusal({ maxmemory_policy: 'allkeys-lru' })).toMatch(
      /^unsafeRedis: .*maxmemory-policy is allkeys-lru, which evicts keys\. Set `maxmemory-policy noeviction`.*losingDataIsFine/,
    );
  });

  it('refuses one that does not write to a file', async () => {
    expect(await refusal({ aof_enabled: '0' })).toMatch(
      /^unsafeRedis: .*appendonly is off.*\. Set `appendonly yes`.*losingDataIsFine/,
    );
  });

  it.each(['5.0.14', '6.0.16', '6.1.9', undefined])('refuses version %s, whatever it may lose', async (version) => {
    const expected = /^unsafeRedis: .*version (unknown|\d\S*)\. Use Redis 6\.2 or newer/;
    expect(await refusal({ redis_version: version })).toMatch(expected);
    expect(await refusal({ redis_version: version }, relaxed)).toMatch(expected);
  });

  it.each(['maxmemory_policy', 'aof_enabled'])('refuses a managed one that does not tell its %s', async (field) => {
    expect(await refusal({ [field]: undefined })).toMatch(/^unsafeRedis: .*does not report.*losingDataIsFine/);
  });

  it('takes one that may lose data when that is said to be fine', async () => {
    expect(await refusal({ maxmemory_policy: 'allkeys-lru', aof_enabled: '0' }, relaxed)).toBe('none');
  });

  it('takes the word of whoever says that the provider keeps the data, and nothing else on trust', async () => {
    expect(await refusal({ aof_enabled: '0' }, trusting)).toBe('none');
    expect(await refusal({ aof_enabled: undefined }, trusting)).toBe('none');
    expect(await refusal({ maxmemory_policy: 'volatile-lru' }, trusting)).toMatch(/^unsafeRedis: .*volatile-lru/);
    expect(await refusal({ redis_version: '6.0.0' }, trusting)).toMatch(/^unsafeRedis/);
  });

  it('looks at each primary of a Cluster, and refuses one node of it alone', async () => {
    const nodes = await cluster(0);
    const whole = connectRedis({ cluster: addresses(nodes.slice(0, 1)) }, { log: QUIET });
    const one = connectRedis(`redis://127.0.0.1:${nodes[0]?.port}`, { log: QUIET });
    onTestFinished(() => {
      whole.disconnect();
      one.disconnect();
    });
    await expect(checkRedis(whole, strict)).resolves.toBeUndefined();
    await expect(checkRedis(one, relaxed)).rejects.toMatchObject({ hint: expect.stringContaining('redis.cluster') });
    await nodes[2]?.direct.config('SET', 'appendonly', 'no');
    await expect(checkRedis(whole, strict)).rejects.toMatchObject({
      say: expect.stringContaining('appendonly is off'),
    });
  });

  it('reads a real one', async () => {
    const redis = connectRedis(server.url(), { log: QUIET });
    await expect(checkRedis(redis, strict)).resolves.toBeUndefined();
    await redis.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await expect(checkRedis(redis, strict)).rejects.toThrow(/volatile-ttl/);
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    redis.disconnect();
  });
});
