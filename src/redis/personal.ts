import type { Sealer } from '../core/rule/seal.ts';
import type { PersonalRecords } from '../ports/personal.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { personalAudit } from './personal-audit.ts';
import { personalRequests } from './personal-requests.ts';
import { personalSmall } from './personal-small.ts';

/** Who was erased is in the hash `{prefix}:erased`, by their `erasedId`: until when. What is over in a day at most is not looked through. */
export function redisPersonal({
  redis,
  prefix,
  seals,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly seals: (use: 'store' | 'delegations' | 'links' | 'protections' | 'rules') => Sealer;
}): PersonalRecords {
  const base = baseKey(prefix);
  const key = `${base}:erased`;
  return {
    places: [
      personalRequests({ redis, base, seals: seals('store') }),
      personalAudit({ redis, base }),
      personalSmall({ redis, base, seals }),
    ],
    async erased() {
      const all = Object.entries(await redis.hgetall(key));
      return new Map(all.map(([id, until]) => [id, Number(until)]));
    },
    async keep(id, until) {
      await redis.hset(key, id, until);
    },
  };
}
