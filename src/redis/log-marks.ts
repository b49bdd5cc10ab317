import { z } from 'zod';
import type { Log } from '../ports/log.ts';
import type { LogMarks } from '../ports/write-log.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';

const mark = z
  .looseObject({
    began: z.number(),
    upTo: z.number(),
    claimed: z.number().optional(),
    blindFrom: z.number().optional(),
    unread: z.boolean().optional(),
  })
  .transform(({ began, upTo, claimed, blindFrom, unread }) => ({
    ...{ began, upTo },
    ...(claimed === undefined ? {} : { claimed }),
    ...(blindFrom === undefined ? {} : { blindFrom }),
    ...(unread ? { unread } : {}),
  }));
const place = z
  .looseObject({ epoch: z.number(), sequence: z.number(), since: z.number().optional() })
  .transform(({ epoch, sequence, since }) => ({ epoch, sequence, ...(since === undefined ? {} : { since }) }));
const PLACE = 'audit';

/**
 * How far logs of clouds were compared with the audit, in the hash `{prefix}:cloud-logs`, a field each. What cannot be read is
 * logged, and is as if nothing had been compared.
 */
export function redisLogMarks({
  redis,
  prefix,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly log: Log;
}): LogMarks {
  const key = `${baseKey(prefix)}:cloud-logs`;
  const read = async <T>(field: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const text = await redis.hget(key, field);
    if (text === null) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      log.error({ key, field, error }, 'how far a log of a cloud was compared cannot be read from Redis');
      return undefined;
    }
  };
  const keep = async (field: string, value: unknown) => void (await redis.hset(key, field, JSON.stringify(value)));
  return {
    of: (name) => read(`log ${name}`, mark),
    keep: (name, value) => keep(`log ${name}`, value),
    place: () => read(PLACE, place),
    keepPlace: (value) => keep(PLACE, value),
  };
}
