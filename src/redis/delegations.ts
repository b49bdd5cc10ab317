import { z } from 'zod';
import type { Delegation } from '../core/people/delegation.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Delegations } from '../ports/delegations.ts';
import type { Log } from '../ports/log.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { sealedBy } from './sealed.ts';

const named = z.looseObject({ id: z.string(), name: z.string() });
const schema: z.ZodType<Delegation> = z.looseObject({
  from: named,
  to: named,
  since: z.number().min(0),
  until: z.number().min(0),
});

/** The hash `{prefix}:delegations`, by who delegates. What cannot be read, or was written by nobody here, is logged, and lets nobody decide. */
export function redisDelegations({
  redis,
  prefix,
  seals,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly seals: Sealer;
  readonly log: Log;
}): Delegations {
  const key = `${baseKey(prefix)}:delegations`;
  const { seal, open } = sealedBy(seals);
  return {
    async all() {
      return Object.entries(await redis.hgetall(key)).flatMap(([from, text]) => {
        try {
          return [schema.parse(open(`delegation ${from}`, text))];
        } catch (error) {
          log.error({ key, from, error }, 'a delegation cannot be read from Redis');
          return [];
        }
      });
    },
    async keep(delegation) {
      const from = delegation.from.id;
      await redis.hset(key, from, seal(`delegation ${from}`, delegation));
    },
    async clear() {
      const count = await redis.hlen(key);
      await redis.del(key);
      return count;
    },
    async drop(from) {
      return (await redis.hdel(key, from)) > 0;
    },
  };
}
