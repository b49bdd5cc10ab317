import { z } from 'zod';
import type { ApprovedRules, ProposedRules } from '../core/policy/rule-change.ts';
import type { Who } from '../core/request/review.ts';
import type { Log } from '../ports/log.ts';
import type { RuleRecords } from '../ports/rule-records.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';

const who: z.ZodType<Who> = z.looseObject({ id: z.string(), name: z.string() });
const rules = { code: z.string(), text: z.string(), at: z.number() };
const approvedSchema: z.ZodType<ApprovedRules> = z.looseObject({ ...rules, by: z.array(who) });
const proposedSchema: z.ZodType<ProposedRules> = z.looseObject({ ...rules, differences: z.array(z.string()) });

/** Only what still waits is taken or dropped. */
const WAITING = `if redis.call('HGET', KEYS[1], 'proposedCode') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'proposed', 'proposedCode')
if ARGV[2] then redis.call('HSET', KEYS[1], 'approved', ARGV[2]) end
redis.call('DEL', KEYS[2])
return 1`;

/**
 * Rules in Redis, in two hashes: `rules` has the approved file and the one that waits; `rule-approvals` has a field for each code and
 * person. An approved file that cannot be read throws: nobody may take it for none.
 */
export function redisRuleRecords({
  redis,
  prefix = 'drawbridge',
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix?: string;
  readonly log: Log;
}): RuleRecords {
  const base = baseKey(prefix);
  const [key, votes] = [`${base}:rules`, `${base}:rule-approvals`];
  const agreed = async (code: string): Promise<readonly Who[]> =>
    Object.entries(await redis.hgetall(votes)).flatMap(([field, text]) =>
      field.startsWith(`${code} `) ? [who.parse(JSON.parse(text))] : [],
    );
  return {
    async approved() {
      const text = await redis.hget(key, 'approved');
      return text === null ? undefined : approvedSchema.parse(JSON.parse(text));
    },
    keepFirst: async (first) => (await redis.hsetnx(key, 'approved', JSON.stringify(first))) === 1,
    async proposed() {
      const text = await redis.hget(key, 'proposed');
      if (text === null) return undefined;
      const read = proposedSchema.safeParse(JSON.parse(text));
      if (!read.success) log.error({}, 'the rules that wait for approval cannot be read; propose them again');
      return read.success ? { ...read.data, approvedBy: await agreed(read.data.code) } : undefined;
    },
    async propose(next) {
      await redis.hset(key, { proposed: JSON.stringify(next), proposedCode: next.code });
    },
    async agree(code, person) {
      await redis.hset(votes, `${code} ${person.id}`, JSON.stringify(person));
      return agreed(code);
    },
    take: async (next) => (await redis.eval(WAITING, 2, key, votes, next.code, JSON.stringify(next))) === 1,
    drop: async (code) => (await redis.eval(WAITING, 2, key, votes, code)) === 1,
  };
}
