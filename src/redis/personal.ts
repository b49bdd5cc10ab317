import { z } from 'zod';
import type { Sealer } from '../core/rule/seal.ts';
import type { KeptErasure, PersonalRecords } from '../ports/personal.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { personalAudit } from './personal-audit.ts';
import { personalRequests } from './personal-requests.ts';
import { personalSmall } from './personal-small.ts';
import { sealedBy } from './sealed.ts';

const kept = z.object({ until: z.number(), note: z.string().optional() });

/**
 * Who was erased is in the hash `{prefix}:erased`, by their `erasedId`: until when, and what is signed of that, sealed, so that whoever can write to Redis has nobody erased. What
 * is over in a day at most is not looked through.
 */
export function redisPersonal({
  redis,
  prefix,
  seals,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly seals: (use: 'store' | 'delegations' | 'links' | 'protections' | 'rules' | 'erased') => Sealer;
}): PersonalRecords {
  const base = baseKey(prefix);
  const key = `${base}:erased`;
  const own = sealedBy(seals('erased'));
  return {
    places: [
      personalRequests({ redis, base, seals: seals('store') }),
      personalAudit({ redis, base }),
      personalSmall({ redis, base, seals }),
    ],
    async erased() {
      const all = Object.entries(await redis.hgetall(key));
      return new Map(
        all.flatMap(([id, text]) => {
          const read = kept.safeParse(own.open(id, text));
          return read.success ? [[id, read.data as KeptErasure] as const] : [];
        }),
      );
    },
    async keep(id, { until, note }) {
      await redis.hset(key, id, own.seal(id, { until, note }));
    },
  };
}
