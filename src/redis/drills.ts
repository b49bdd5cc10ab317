import { z } from 'zod';
import type { Drill } from '../core/request/drill.ts';
import type { DrillRecords } from '../ports/drill.ts';
import type { Log } from '../ports/log.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';

const instant = z.number();
const schema: z.ZodType<Drill> = z.looseObject({
  request: z.string(),
  machineName: z.string(),
  what: z.string(),
  by: z.looseObject({ id: z.string(), name: z.string() }),
  startedAt: instant,
  dueAt: instant,
  openedAt: instant.optional(),
  killedAt: instant.optional(),
  closedAt: instant.optional(),
  proof: z.enum(['closed', 'open', 'shared', 'unknown']).optional(),
  cloudAt: instant.optional(),
  closer: z.string().optional(),
  outcome: z.enum(['passed', 'failed']).optional(),
  why: z.string().optional(),
});

/** The last drill, in the key `{prefix}:drill`. What cannot be read is logged, and is as if there had been none. */
export function redisDrills({
  redis,
  prefix,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly log: Log;
}): DrillRecords {
  const key = `${baseKey(prefix)}:drill`;
  return {
    async last() {
      const text = await redis.get(key);
      if (text === null) return undefined;
      try {
        return schema.parse(JSON.parse(text));
      } catch (error) {
        log.error({ key, error }, 'the last drill cannot be read from Redis');
        return undefined;
      }
    },
    async keep(drill) {
      await redis.set(key, JSON.stringify(drill));
    },
  };
}
