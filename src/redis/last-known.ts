import { z } from 'zod';
import type { KnownPerson, LastKnown } from '../ports/last-known.ts';
import type { Log } from '../ports/log.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { KEEP } from './limits.ts';

const schema = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    slack: z.string().optional(),
    entra: z.string().optional(),
    groups: z.array(z.string()),
  }),
);

/** In one key, which goes when nothing was kept for long. What cannot be read is as if it were not there. */
export function redisLastKnown({
  redis,
  prefix = 'drawbridge',
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix?: string;
  readonly log: Log;
}): LastKnown {
  const key = `${baseKey(prefix)}:last-known`;
  return {
    async keep(people) {
      await redis.set(key, JSON.stringify(people), 'PX', KEEP.lastKnownMs);
    },
    async all() {
      const text = await redis.get(key);
      if (text === null) return [];
      const read = schema.safeParse(parse(text));
      if (!read.success)
        log.error({}, 'those who may always close, as they were known last, cannot be read from Redis');
      return (read.success ? read.data : []) as readonly KnownPerson[];
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
