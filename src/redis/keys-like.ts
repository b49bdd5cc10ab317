import type { RedisClient } from './client.ts';

const LOOKED_AT = 1_000;

/** Keys that begin so, some at a time: each once or twice, what came meanwhile perhaps not. In a Cluster, of every server. */
export async function* keysLike(redis: RedisClient, begin: string): AsyncGenerator<readonly string[]> {
  const pattern = `${begin.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
  for (const server of 'nodes' in redis ? redis.nodes('master') : [redis]) {
    let cursor = '0';
    do {
      const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', LOOKED_AT);
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}
