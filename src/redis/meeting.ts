import type { Instant } from '../core/language/instant.ts';
import type { Now } from '../ports/store.ts';
import type { AskScript, ScriptAnswer } from './asking.ts';
import type { RedisClient } from './client.ts';
import type { CommitWatch } from './commit-watch.ts';

interface Meeting {
  readonly redis: RedisClient;
  readonly base: string;
  readonly ask: AskScript;
  readonly commits: CommitWatch;
  /** A clock that only goes forward, in ms. */
  readonly elapsed: () => number;
}

interface Past {
  /** Of a store of which nothing is known here: it is left to those who do know it, or else compared as one that went back. */
  meet(answer: ScriptAnswer): Promise<Now>;
  compared(epoch: number): Promise<void>;
  wasStrange(): Promise<boolean>;
  wentBackAt(): Promise<Instant | undefined>;
}

/** What is to be thought of a store that others may know better (docs/decisions/0048). */
export function pastOf({ redis, base, ask, commits, elapsed }: Meeting): Past {
  const kept = (field: string) => redis.hget(`${base}:commits`, field);
  return {
    async meet({ now, rest, stamp }) {
      const met = commits.meet(stamp, String(rest[1] ?? ''), elapsed());
      if (met === 'waiting') return { ...now, isUnsettled: true };
      if (met === 'nobody knows') commits.acquaint((await ask('raise', stamp.epoch, stamp.count, 'strange')).stamp);
      return (await ask('now')).now;
    },
    compared: async (epoch) => void (await ask('compared', epoch)),
    wasStrange: async () => (await kept('strange')) === '1',
    async wentBackAt() {
      const since = await kept('since');
      return since === null ? undefined : Number(since);
    },
  };
}
