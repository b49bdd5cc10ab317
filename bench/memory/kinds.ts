import type { Redis } from 'ioredis';

export interface Kind {
  readonly keys: number;
  readonly bytes: number;
}

/** What the keys of each kind take (`{drawbridge}:cards:…` is of the kind `cards`), their names included. */
export async function bytesByKind(redis: Redis): Promise<ReadonlyMap<string, Kind>> {
  const kinds = new Map<string, Kind>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.call('MEMORY', 'USAGE', key, 'SAMPLES', '0');
    const sizes = (await pipeline.exec()) ?? [];
    for (const [i, key] of keys.entries()) {
      const kind = key.split(':')[1] ?? key;
      const known = kinds.get(kind) ?? { keys: 0, bytes: 0 };
      kinds.set(kind, { keys: known.keys + 1, bytes: known.bytes + Number(sizes[i]?.[1] ?? 0) });
    }
    cursor = next;
  } while (cursor !== '0');
  return kinds;
}
