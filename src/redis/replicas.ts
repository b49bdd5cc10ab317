import { MINUTE_MS } from '../core/language/instant.ts';
import type { Log } from '../ports/log.ts';
import type { Replicas } from '../ports/replicas.ts';
import { answers, type RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { sourceOf } from './scripts.ts';

interface Options {
  /** A connection of its own: WAIT holds up what is behind it, and nothing that closes may be. */
  readonly redis: RedisClient;
  readonly prefix?: string;
  readonly log: Log;
  /** How long the replicas have. */
  readonly limitMs?: number;
  /** A clock that only goes forward, in ms. */
  readonly monotonic?: () => number;
}

const LIMIT_MS = 1_000;
/**
 * A replica that was there so long ago is still waited for. One that is being promoted leaves its primary first, which goes on
 * taking writes for a second or more: with the others alone as witnesses these would be lost.
 */
const MISSED_MS = MINUTE_MS;

/**
 * Asks the replicas by WAIT, all of them: one of two lost 377 of 6,476 writes in a planned failover of Sentinel, both lost none.
 * https://redis.io/docs/latest/commands/wait/
 */
export function redisReplicas(options: Options): Replicas {
  return new WaitedFor(options);
}

class WaitedFor implements Replicas {
  readonly #options: Required<Options>;
  #seen: readonly { readonly count: number; readonly at: number }[] = [];

  constructor(options: Options) {
    this.#options = { prefix: 'drawbridge', limitMs: LIMIT_MS, monotonic: () => performance.now(), ...options };
  }

  async have(requests: readonly { readonly id: string; readonly version: number }[]): Promise<boolean> {
    const { redis, prefix, limitMs, log } = this.#options;
    const base = baseKey(prefix);
    try {
      const replicas = this.#most(await this.#count(base));
      const args = requests.flatMap(({ id, version }) => [id, version]);
      // In one pipeline, which goes through one connection, or is begun anew: WAIT is about the writes of its connection,
      // and on another one would say yes at once. It is sent for none as well, for what is in front of it.
      const [confirmed, waited] = await answers(
        redis
          .pipeline()
          .eval(CONFIRM, 1, base, ...args)
          .call('WAIT', replicas, limitMs)
          .exec(),
      );
      const isThere = (confirmed as readonly unknown[])[3] === '1';
      const had = Number(waited);
      if (isThere && had < replicas)
        log.warn({ replicas, had }, 'not every replica has a decision yet; it opens nothing');
      return isThere && had >= replicas;
    } catch (error) {
      log.warn({ error }, 'the replicas of Redis could not be asked; nothing is opened');
      return false;
    }
  }

  /** How many the primary has now. The key leads to the right one in a Cluster. */
  async #count(base: string): Promise<number> {
    const { redis } = this.#options;
    const [, info] = await answers(redis.pipeline().exists(`${base}:clock`).info('replication').exec());
    const [, role] = /^role:(\w+)/m.exec(String(info)) ?? [];
    if (role === 'slave') throw new Error('this server is no primary');
    return Number(/^connected_slaves:(\d+)/m.exec(String(info))?.[1] ?? 0);
  }

  #most(count: number): number {
    const at = this.#options.monotonic();
    this.#seen = [...this.#seen.filter((seen) => at - seen.at < MISSED_MS && seen.count > count), { count, at }];
    return Math.max(...this.#seen.map((seen) => seen.count));
  }
}

const CONFIRM = ['prelude', 'confirm'].map(sourceOf).join('\n');
