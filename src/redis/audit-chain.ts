import { z } from 'zod';
import type { AuditChain, Checkpoint, SinkState } from '../ports/audit-chain.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { scriptsOn } from './scripts.ts';

const place = z.object({ index: z.number(), epoch: z.number(), sequence: z.number(), at: z.number() });
const run = z.object({ epoch: z.number(), sequence: z.number(), count: z.number() });
const checkpoint = place.extend({ head: z.string(), note: z.string(), runs: z.array(run).optional() });
const sinkState = z.object({
  name: z.string(),
  index: z.number(),
  has: z.number().optional(),
  at: z.number(),
  isBestEffort: z.literal(true).optional(),
});

/** What is no checkpoint, which somebody else put there, is passed over: so many at a time, and so many times. */
const [PAGE, PAGES] = [100, 10];

/** Undefined for what Drawbridge did not write: it stops nothing. */
function readable<T>(schema: z.ZodType, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text)) as T;
  } catch {
    return undefined;
  }
}

function read(texts: readonly string[]): readonly Checkpoint[] {
  return texts.flatMap((text) => readable<Checkpoint>(checkpoint, text) ?? []);
}

/** The first ones that are checkpoints; fewer than there are only behind more of what is none than anybody looks through. */
async function first(
  limit: number,
  page: (offset: number, count: number) => Promise<readonly string[]>,
): Promise<readonly Checkpoint[]> {
  const found: Checkpoint[] = [];
  let offset = 0;
  for (let n = 0; n <= PAGES; n += 1) {
    const count = n === 0 ? limit : PAGE;
    const texts = await page(offset, count);
    found.push(...read(texts));
    if (found.length >= limit || texts.length < count) break;
    offset += count;
  }
  return found.slice(0, limit);
}

/** Beside the stream: `audit-heads` checkpoints by their place, `audit-sinks` how far each sink is, `audit-keys` public keys. */
export function redisAuditChain({
  redis,
  prefix = 'drawbridge',
}: {
  readonly redis: RedisClient;
  readonly prefix?: string;
}): AuditChain {
  const base = baseKey(prefix);
  const [stream, heads, sinks, keys] = ['audit', 'audit-heads', 'audit-sinks', 'audit-keys'].map(
    (name) => `${base}:${name}`,
  ) as [string, string, string, string];
  const script = scriptsOn(redis);
  const before = async (max: string | number) =>
    (await first(1, (offset, count) => redis.zrevrangebyscore(heads, max, '-inf', 'LIMIT', offset, count)))[0];
  return {
    async last() {
      return before('+inf');
    },
    async at(index) {
      return read(await redis.zrangebyscore(heads, index, index))[0];
    },
    async upTo(index) {
      return before(index);
    },
    async after(index, limit) {
      return first(limit, (offset, count) => redis.zrangebyscore(heads, `(${index}`, '+inf', 'LIMIT', offset, count));
    },
    async add(from, { index, head, epoch, sequence, at, note, runs }) {
      const text = JSON.stringify({ index, head, epoch, sequence, at, note, runs });
      return (await script('chain-add', [heads], [from, index, text])) === 1;
    },
    async sinks() {
      const all = Object.entries(await redis.hgetall(sinks));
      const states = all.map(([name, text]) => ({ name, state: readable<SinkState>(sinkState, text) }));
      return states.flatMap(({ name, state }) => (state?.name === name ? [state] : []));
    },
    async moved(state) {
      await redis.hset(sinks, state.name, JSON.stringify(state));
    },
    async forget(name) {
      return (await redis.hdel(sinks, name)) === 1;
    },
    async trim(keep) {
      return Number(await script('chain-trim', [stream, heads, sinks], [keep]));
    },
    async keys() {
      return redis.zrange(keys, '0', '-1');
    },
    async addKey(vkey) {
      const count = await redis.zcard(keys);
      return (await redis.zadd(keys, 'NX', count, vkey)) === 1;
    },
  };
}
