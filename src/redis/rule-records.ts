import { z } from 'zod';
import { JitError } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { ApprovedRules, ProposedRules } from '../core/policy/rule-change.ts';
import type { Who } from '../core/request/review.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import type { RuleRecords } from '../ports/rule-records.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { type Sealed, sealedBy } from './sealed.ts';

const who: z.ZodType<Who> = z.looseObject({ id: z.string(), name: z.string() });
const rules = { code: z.string(), text: z.string(), at: z.number() };
export const approvedSchema: z.ZodType<ApprovedRules> = z.looseObject({ ...rules, by: z.array(who) });
const proposedSchema: z.ZodType<ProposedRules> = z.looseObject({ ...rules, differences: z.array(z.string()) });

/** Of every prefix of this Redis. */
const EVERYWHERE = 'drawbridge-rules';
const whereSchema = z.object({ prefix: z.string() });

/** Only what still waits is taken or dropped. */
const WAITING = `if redis.call('HGET', KEYS[1], 'proposedCode') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'proposed', 'proposedCode')
if ARGV[2] then redis.call('HSET', KEYS[1], 'approved', ARGV[2]) end
redis.call('DEL', KEYS[2])
return 1`;

/**
 * Rules in Redis, in two hashes: `rules` has the approved file and the one that waits; `rule-approvals` has a field for each code and
 * person. `drawbridge-rules`, of all prefixes, says under which one the rules of an installation are approved. An approved file that cannot be read throws: nobody may take it for none.
 */
export function redisRuleRecords({
  redis,
  prefix = 'drawbridge',
  installation,
  seals,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix?: string;
  readonly installation: string;
  /** Whoever can write to Redis writes no rules that count. */
  readonly seals: Sealer;
  readonly log: Log;
}): RuleRecords {
  const base = baseKey(prefix);
  const [key, votes] = [`${base}:rules`, `${base}:rule-approvals`];
  const { seal: sealed, open: opened } = sealedBy(seals);
  const agreed = async (code: string): Promise<readonly Who[]> =>
    Object.entries(await redis.hgetall(votes)).flatMap(([field, kept]) => {
      if (!field.startsWith(`${code} `)) return [];
      const vote = who.safeParse(opened(`vote ${field}`, kept));
      if (!vote.success) log.error({ field }, 'an approval of rules in Redis is none of ours, and does not count');
      return vote.success ? [vote.data] : [];
    });
  return {
    async approved() {
      const text = await redis.hget(key, 'approved');
      if (text === null) return undefined;
      const read = approvedSchema.safeParse(opened('approved', text));
      if (read.success) return read.data;
      throw new JitError('rulesUnknown', { why: say`the approved rules in Redis cannot be read, or are none of ours` });
    },
    elsewhere: () => elsewhere(redis, opened, { installation, prefix }),
    async putBack(rules) {
      await redis.hset(key, 'approved', sealed('approved', rules));
    },
    async keepFirst(first) {
      await redis.hset(EVERYWHERE, installation, sealed('where', { prefix }));
      return (await redis.hsetnx(key, 'approved', sealed('approved', first))) === 1;
    },
    async proposed() {
      const text = await redis.hget(key, 'proposed');
      if (text === null) return undefined;
      const read = proposedSchema.safeParse(opened('proposed', text));
      if (!read.success) log.error({}, 'the rules that wait for approval cannot be read; propose them again');
      return read.success ? { ...read.data, approvedBy: await agreed(read.data.code) } : undefined;
    },
    async propose(next) {
      await redis.hset(key, { proposed: sealed('proposed', next), proposedCode: next.code });
    },
    async agree(code, person) {
      const field = `${code} ${person.id}`;
      await redis.hset(votes, field, sealed(`vote ${field}`, person));
      return agreed(code);
    },
    take: async (next) => (await redis.eval(WAITING, 2, key, votes, next.code, sealed('approved', next))) === 1,
    drop: async (code) => (await redis.eval(WAITING, 2, key, votes, code)) === 1,
  };
}

/** The prefix under which rules of an installation are approved, where it is another one. */
async function elsewhere(
  redis: RedisClient,
  open: Sealed['open'],
  { installation, prefix }: { readonly installation: string; readonly prefix: string },
): Promise<string | undefined> {
  const text = await redis.hget(EVERYWHERE, installation);
  if (text === null) return undefined;
  const there = whereSchema.safeParse(open('where', text)).data?.prefix;
  if (there === undefined)
    throw new JitError('rulesUnknown', { why: say`where they are kept was written by nobody here` });
  return there === prefix ? undefined : there;
}
