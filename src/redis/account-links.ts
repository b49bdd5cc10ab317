import { z } from 'zod';
import type { AccountLink } from '../core/people/account-link.ts';
import type { AccountLinks } from '../ports/account-links.ts';
import { unlessAway } from './away.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { scriptsOn } from './scripts.ts';

const schema: z.ZodType<AccountLink> = z.looseObject({
  slack: z.string(),
  entra: z.string(),
  name: z.string(),
  at: z.number(),
});

/** Links of accounts: `{prefix}:links` has the record of each by Slack user id, `{prefix}:linked` the Slack user id by Entra object id. */
export function redisAccountLinks({
  redis,
  prefix,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
}): AccountLinks {
  const base = baseKey(prefix);
  const keys = [`${base}:links`, `${base}:linked`] as const;
  const run = scriptsOn(redis);
  const ofSlack = async (slack: string) => {
    const text = await unlessAway(redis.hget(keys[0], slack));
    return text === null ? undefined : read(text);
  };
  return {
    ofSlack,
    async ofEntra(entra) {
      const slack = await unlessAway(redis.hget(keys[1], entra.toLowerCase()));
      return slack === null ? undefined : ofSlack(slack);
    },
    async keep(link) {
      return (await run('link', keys, [link.slack, link.entra, JSON.stringify(link)])) === 1;
    },
    async drop(slack) {
      const text = await run('unlink', keys, [slack]);
      return typeof text === 'string' && text !== '' ? read(text) : undefined;
    },
    async all() {
      return Object.values(await unlessAway(redis.hgetall(keys[0]))).map(read);
    },
  };
}

/** Throws for what is none: whoever is linked by it is nobody until it is right again. */
function read(text: string): AccountLink {
  return schema.parse(JSON.parse(text));
}
