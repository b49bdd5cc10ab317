import { z } from 'zod';
import type { Ceremony } from '../core/people/ceremony.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Ceremonies } from '../ports/ceremonies.ts';
import type { Log } from '../ports/log.ts';
import { unlessAway } from './away.ts';
import type { RedisClient } from './client.ts';
import { baseKey, short } from './keys.ts';
import { scriptsOn } from './scripts.ts';
import { sealedBy } from './sealed.ts';

const schema: z.ZodType<Ceremony> = z.looseObject({
  id: z.string(),
  until: z.number(),
  epoch: z.number(),
  chat: z.enum(['slack', 'teams']),
  account: z.string(),
  through: z.enum(['api', 'board']).optional(),
  begun: z.looseObject({ browser: z.string(), state: z.string(), nonce: z.string(), verifier: z.string() }).optional(),
  isBack: z.literal(true).optional(),
  freshUntil: z.number().optional(),
  by: z.looseObject({ entra: z.string(), name: z.string() }).optional(),
  about: z
    .looseObject({ request: z.string(), version: z.number(), person: z.string(), reason: z.string().optional() })
    .optional(),
  seen: z.array(z.string()).optional(),
  asked: z.string().optional(),
  code: z.string().optional(),
  wrong: z.number().optional(),
});

/** Longer than the clocks of two processes differ; each ceremony says itself until when it counts. */
const SPARE_MS = 60_000;

/**
 * What is under way in browsers, in keys `{prefix}:ceremony:<key>` that expire. A step replaces the text that was read, so that of two who take the same step
 * one is late (lua/advance.lua). What cannot be read, or was written by nobody here, is as if it were not there.
 */
export function redisCeremonies({
  redis,
  prefix,
  seals,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly seals: Sealer;
  readonly log: Log;
}): Ceremonies {
  const base = baseKey(prefix);
  const run = scriptsOn(redis);
  const { seal, open } = sealedBy(seals);
  const named = (key: string) => `${base}:ceremony:${short(key)}`;
  const use = (key: string) => `ceremony ${short(key)}`;
  /** In one order of its fields, whoever made it: a step compares texts. */
  const textOf = (key: string, ceremony: Ceremony) => seal(use(key), schema.parse(ceremony));
  const advance = async (key: string, before: Ceremony, next: string) =>
    (await run('advance', [named(key)], [textOf(key, before), next])) === 1;
  return {
    async begin(key, ceremony) {
      const [seconds] = await unlessAway(redis.time());
      const ms = ceremony.until - Number(seconds) * 1_000 + SPARE_MS;
      await unlessAway(redis.set(named(key), textOf(key, ceremony), 'PX', Math.max(ms, 1)));
    },
    async read(key) {
      const text = await unlessAway(redis.get(named(key)));
      if (text === null) return undefined;
      try {
        return schema.parse(open(use(key), text));
      } catch (error) {
        log.error({ key: named(key), error }, 'what is under way in a browser cannot be read from Redis');
        return undefined;
      }
    },
    advance: (key, before, next) => advance(key, before, textOf(key, next)),
    end: (key, before) => advance(key, before, ''),
  };
}
