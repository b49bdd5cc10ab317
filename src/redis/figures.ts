import type { Figures } from '../ports/figures.ts';
import { memoryOf } from './audit.ts';
import { answers, type RedisClient } from './client.ts';
import { indexFor, OVERDUE } from './indexes.ts';
import { baseKey } from './keys.ts';

/** Numbers of the store from its indexes. Two round trips, however much there is. */
export function redisFigures({ redis, prefix }: { readonly redis: RedisClient; readonly prefix: string }): Figures {
  const base = baseKey(prefix);
  const open = `${base}:${indexFor({ by: 'state', which: 'open' })}`;
  const over = `${base}:ends:${OVERDUE}`;
  return {
    async read() {
      // In one pipeline: in a Cluster the keys lead to the server that holds them, whose time and memory it is.
      const [count, first, time, info] = await answers(
        redis.pipeline().zcard(open).zrange(over, '0', '0', 'WITHSCORES').time().info('memory').exec(),
      );
      const [seconds = 0, micros = 0] = (time as readonly unknown[]).map(Number);
      const now = seconds * 1_000 + Math.floor(micros / 1_000);
      const [id, score] = first as readonly string[];
      const oldestMs = id === undefined ? 0 : Math.max(0, now - Number(score));
      const overdue = oldestMs > 0 ? await redis.zcount(over, '-inf', String(now)) : 0;
      return { open: Number(count), overdue, oldestMs, ...memoryOf(String(info)) };
    },
  };
}
