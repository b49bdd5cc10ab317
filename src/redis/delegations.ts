import { z } from 'zod';
import type { Delegation } from '../core/people/delegation.ts';
import type { Delegations } from '../ports/delegations.ts';
import type { Log } from '../ports/log.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';

const named = z.looseObject({ id: z.string(), name: z.string() });
const schema: z.ZodType<Delegation> = z.looseObject({
  from: named,
  to: named,
  since: z.number().min(0),
  until: z.number().min(0),
});

/** The hash `{prefix}:delegations`, by who delegates. What cannot be read is logged, and lets nobody decide. */
export function redisDelegations({
  redis,
  prefix,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly log: Log;
}): Delegations {
  const key = `${baseKey(prefix)}:delegations`;
  return {
    async all() {
      return Object.entries(await redis.hgetall(key)).flatMap(([from, text]) => {
        try {
          return [schema.parse(JSON.parse(text))];
        } catch (error) {
          log.error({ key, from, error }, 'a delegation cannot be read from Redis');
          return [];
        }
      });
    },
    async keep(delegation) {
      await redis.hset(key, delegation.from.id, JSON.stringify(delegation));
    },
    async drop(from) {
      return (await redis.hdel(key, from)) > 0;
    },
  };
}
