import type { Log } from '../ports/log.ts';
import type { RedisAddress } from '../ports/redis-address.ts';
import { openRedis, type RedisClient } from '../redis/client.ts';

/** For all but workers, whose commands block: as long as the store's. */
const COMMAND_LIMIT_MS = 10_000;

export interface BullConnection {
  readonly redis: RedisClient;
  /** Disconnects, and lets no copy that BullMQ made of the connection reconnect. */
  end(): void;
}

/**
 * A connection for BullMQ, which reconnects within a second for as long as it takes: BullMQ's own back-off grows to 20 s.
 *
 * @param retries after so many reconnections a command fails; `null` (never) is what workers need
 */
export function bullConnection(address: RedisAddress | string, retries: number | null): BullConnection {
  let ended = false;
  // BullMQ's copies have this too. One that waits for a Redis that is away would keep the process alive.
  const redis = openRedis(address, {
    retries,
    isOver: () => ended,
    ...(retries === null ? {} : { commandMs: COMMAND_LIMIT_MS }),
  });
  // See logErrors.
  redis.on('error', () => {});
  return {
    redis,
    end() {
      ended = true;
      redis.disconnect();
    },
  };
}

/** Logs what a queue or a worker of BullMQ meets, but not that Redis is away: the store's connection says that. */
export function logErrors(
  emitter: { readonly name: string; on(event: 'error', listener: (error: Error) => void): unknown },
  log: Log,
): void {
  emitter.on('error', (error) => {
    if (!('syscall' in error))
      log.warn({ queue: emitter.name, error: error.message }, 'a queue met an error; it goes on');
  });
}
