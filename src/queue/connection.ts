import { Redis } from 'ioredis';
import type { Log } from '../ports/log.ts';

/**
 * A connection for BullMQ, which reconnects within a second for as long as it takes: BullMQ's own back-off grows to 20 s.
 *
 * @param retries after so many reconnections a command fails; `null` (never) is what workers need
 */
export function bullConnection(url: string, log: Log, retries: number | null): Redis {
  const redis = new Redis(url, {
    retryStrategy: (times) => Math.min(200 * times, 1_000),
    maxRetriesPerRequest: retries,
  });
  redis.on('error', (error: Error) => log.warn({ error: error.message }, 'the queue has no connection to Redis'));
  return redis;
}
