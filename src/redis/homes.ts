import { DAY_MS } from '../core/language/instant.ts';
import type { Homes } from '../ports/homes.ts';
import { answers, type RedisClient } from './client.ts';
import { baseKey } from './keys.ts';

/** So many people are kept in mind for a day. */
const MOST = 10_000;

/**
 * `{prefix}:homes:<chat>`: who looked at their page, by when. `{prefix}:homes-changed:<chat>`: whose page is to be drawn anew.
 * Nothing hangs on either: what is lost is a page that is drawn when it is opened again.
 */
export function redisHomes({ redis, prefix }: { readonly redis: RedisClient; readonly prefix: string }): Homes {
  const seen = (chat: string) => `${baseKey(prefix)}:homes:${chat}`;
  const changed = (chat: string) => `${baseKey(prefix)}:homes-changed:${chat}`;
  return {
    async opened(chat, user) {
      const now = Date.now();
      await answers(
        redis
          .multi()
          .zadd(seen(chat), now, user)
          .zremrangebyscore(seen(chat), 0, now - DAY_MS)
          .zremrangebyrank(seen(chat), 0, -MOST - 1)
          .pexpire(seen(chat), DAY_MS)
          .exec(),
      );
    },
    async changed(chat, users) {
      if (users.length === 0) return;
      const since = Date.now() - DAY_MS;
      const looked = await redis.zmscore(seen(chat), ...users);
      const stale = users.filter((_, i) => Number(looked[i] ?? 0) > since);
      if (stale.length > 0)
        await answers(redis.multi().sadd(changed(chat), stale).pexpire(changed(chat), DAY_MS).exec());
    },
    async take(chat, most) {
      return redis.spop(changed(chat), most);
    },
  };
}
