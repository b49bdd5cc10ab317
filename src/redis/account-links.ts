import { z } from 'zod';
import { JitError } from '../core/errors/errors.ts';
import type { AccountLink } from '../core/people/account-link.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { AccountLinks } from '../ports/account-links.ts';
import { unlessAway } from './away.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { scriptsOn } from './scripts.ts';
import { sealedBy } from './sealed.ts';

const schema: z.ZodType<AccountLink> = z.looseObject({
  slack: z.string(),
  entra: z.string(),
  name: z.string(),
  at: z.number(),
});

/** Whoever can write to Redis writes any name there: what is none of Slack's links nobody. */
const SLACK_ID = /^[UW][A-Z0-9]{1,20}$/;

/** Links of accounts: `{prefix}:links` has the record of each by Slack user id, `{prefix}:linked` the Slack user id by Entra object id. */
export function redisAccountLinks({
  redis,
  prefix,
  seals,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly seals: Sealer;
}): AccountLinks {
  const base = baseKey(prefix);
  const keys = [`${base}:links`, `${base}:linked`] as const;
  const run = scriptsOn(redis);
  const { seal, open } = sealedBy(seals);
  /** Undefined for what is none, or was written by nobody here. */
  const read = (slack: string, text: string) => schema.safeParse(open(`link ${slack}`, text)).data;
  const entries = async () => Object.entries(await unlessAway(redis.hgetall(keys[0])));
  const ofSlack = async (slack: string) => {
    const text = await unlessAway(redis.hget(keys[0], slack));
    if (text === null) return undefined;
    const link = read(slack, text);
    if (!link) throw new JitError('linkNotOurs', { slack });
    return link;
  };
  return {
    ofSlack,
    async ofEntra(entra) {
      const slack = await unlessAway(redis.hget(keys[1], entra.toLowerCase()));
      if (slack === null) return undefined;
      // NB. which account it is of stands in the link alone: this index is not sealed.
      const link = await ofSlack(slack);
      return link?.entra.toLowerCase() === entra.toLowerCase() ? link : undefined;
    },
    async keep(link) {
      return (await run('link', keys, [link.slack, link.entra, seal(`link ${link.slack}`, link)])) === 1;
    },
    async drop(slack) {
      const text = await run('unlink', keys, [slack]);
      return typeof text === 'string' && text !== '' ? read(slack, text) : undefined;
    },
    async clear() {
      const count = await unlessAway(redis.hlen(keys[0]));
      await unlessAway(redis.del(...keys));
      return count;
    },
    async all() {
      return (await entries()).flatMap(([slack, text]) => read(slack, text) ?? []);
    },
    async strange() {
      return (await entries()).flatMap(([slack, text]) => (SLACK_ID.test(slack) && !read(slack, text) ? [slack] : []));
    },
  };
}
