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

/** Behind what is none, which somebody else put there, so many are looked at for the last checkpoint. */
const LOOKED_AT = 10;

/** Undefined for what Drawbridge did not write: it stops nothing. */
function readable<T>(schema: z.ZodType, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text)) as T;
  } catch {
    return undefined;
  }
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
  const read = (texts: readonly string[]) => texts.flatMap((text) => readable<Checkpoint>(checkpoint, text) ?? []);
  return {
    async last() {
      return read(await redis.zrevrange(heads, '0', String(LOOKED_AT - 1)))[0];
    },
    async at(index) {
      return read(await redis.zrangebyscore(heads, index, index))[0];
    },
    async upTo(index) {
      return read(await redis.zrevrangebyscore(heads, index, '-inf', 'LIMIT', 0, 1))[0];
    },
    async after(index, limit) {
      return read(await redis.zrangebyscore(heads, `(${index}`, '+inf', 'LIMIT', 0, limit));
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
