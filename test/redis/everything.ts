import type { Redis } from 'ioredis';

/** All that is in a Redis, a line for each key: what is in none of them is not there. */
export async function everythingIn(redis: Redis, begin = ''): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const key of (await redis.keys(`${begin}*`)).toSorted())
    lines.push(`${key} ${JSON.stringify(await contentOf(redis, key))}`);
  return lines;
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'string') return redis.get(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'list') return redis.lrange(key, 0, -1);
  if (type === 'set') return redis.smembers(key);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  if (type === 'stream') return redis.xrange(key, '-', '+');
  throw new Error(`what is a ${type}?`);
}
