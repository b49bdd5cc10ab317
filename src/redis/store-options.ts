import type { Request } from '../core/request/request.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import type { RedisClient } from './client.ts';
import type { CommitMemory } from './commit-watch.ts';

export interface RedisStoreOptions {
  readonly redis: RedisClient;
  /** Keys are `{prefix}:request:<id>` and so on. */
  readonly prefix?: string;
  readonly log: Log;
  /** A clock that only goes forward, in ms, and counts a computer's sleep. Another one is for tests. */
  readonly elapsed?: () => number;
  /** What is remembered of the store outside of it. */
  readonly commits?: CommitMemory;
  /** Whoever can write to Redis writes no request that opens. Without it, all that can be read counts: for tests. */
  readonly seals?: Sealer;
  /** How long a request is kept once it is over (`redis.keepDays`). */
  readonly endedMs?: number;
  /** Keeps what the board shows of each request. */
  readonly board?: boolean;
  /** Is shown every request that is read or saved. */
  readonly seen?: (request: Request) => void;
}
