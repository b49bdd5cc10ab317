import type { RedisClient } from './client.ts';
import { short } from './keys.ts';

/** Who said it first, kept under `said:<key>`: the key is set once, and gives who set it. */
export async function firstSaid(
  redis: RedisClient,
  base: string,
  ...[key, who, ttlMs]: readonly [key: string, who: string, ttlMs: number]
): Promise<string> {
  await redis.set(keyOf(base, key), who, 'PX', ttlMs, 'NX');
  // It may have gone between the two.
  return (await redis.get(keyOf(base, key))) ?? who;
}

export async function unsaid(redis: RedisClient, base: string, key: string): Promise<void> {
  await redis.del(keyOf(base, key));
}

function keyOf(base: string, key: string): string {
  return `${base}:said:${short(key)}`;
}
