import { z } from 'zod';
import type { Instant } from '../core/language/instant.ts';
import type { LiveProcess, ProcessRecords } from '../ports/processes.ts';
import { answers, type RedisClient } from './client.ts';
import { baseKey } from './keys.ts';

/** Three beats, and what gets in their way. */
const LIFE_MS = 30_000;
/** So many of them; starts that fail again and again leave one each. */
const MOST = 200;

const text = z.string().max(300);
const schema = z.looseObject({
  id: text,
  host: text,
  roles: text,
  config: text,
  rules: text.optional(),
  program: text,
  since: z.number(),
  /** When it said so last, by Redis's clock. */
  at: z.number(),
});

/** In the hash `{prefix}:processes`, by id. It expires when nobody is left, and entries are dropped when they are too old. */
export function redisProcesses({
  redis,
  prefix,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
}): ProcessRecords {
  const key = `${baseKey(prefix)}:processes`;
  return {
    async beat(own) {
      const at = await nowOf(redis);
      const [, , all] = await answers(
        redis
          .pipeline()
          .hset(key, own.id, JSON.stringify({ ...own, at }))
          .pexpire(key, LIFE_MS)
          .hgetall(key)
          .exec(),
      );
      const { live, gone } = sorted(all as Lines, at);
      if (gone.length > 0) await redis.hdel(key, ...gone);
      return live;
    },
    async live() {
      return sorted(await redis.hgetall(key), await nowOf(redis)).live;
    },
    async leave(id) {
      await redis.hdel(key, id);
    },
  };
}

type Lines = Readonly<Record<string, string>>;

/** Those that live, the oldest first, and the ids of the others. */
function sorted(
  lines: Lines,
  at: Instant,
): { readonly live: readonly LiveProcess[]; readonly gone: readonly string[] } {
  const entries = Object.entries(lines).map(([id, line]) => ({ id, is: schema.safeParse(parse(line)).data }));
  const live = entries
    .flatMap(({ is }) => (is && Math.abs(at - is.at) < LIFE_MS ? [is] : []))
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST);
  const gone = entries.flatMap(({ id }) => (live.some((one) => one.id === id) ? [] : [id]));
  return { live: live.map(plain).sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1)), gone };
}

async function nowOf(redis: RedisClient): Promise<Instant> {
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return seconds * 1_000 + Math.floor(micros / 1_000);
}

function plain({ id, host, roles, config, rules, program, since }: z.infer<typeof schema>): LiveProcess {
  return { id, host, roles, config, ...(rules === undefined ? {} : { rules }), program, since };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
