import { Redis } from 'ioredis';
import { JitError } from '../core/errors/errors.ts';
import type { Log } from '../ports/log.ts';

/** A command waits through a restart of Redis (a few seconds), and then fails rather than being run much later. */
const RETRIES = 5;
const COMMAND_LIMIT_MS = 10_000;
/** BullMQ's floor, and ours (`ZADD GT`): https://docs.bullmq.io/guide/connections */
const OLDEST = [6, 2] as const;

/**
 * A connection for the store and the lock: reconnects within a second for as long as it takes.
 *
 * NB. no auto-pipelining: it holds commands back while earlier ones are under way, out of reach of their time limits, and
 * with our scripts it was not faster (12,000 commits a second with it, 15,000 without, 64 in flight).
 *
 * @param url `redis://`, `rediss://`, or the path of a Unix socket
 */
export function connectRedis(url: string, { log }: { readonly log: Log }): Redis {
  const redis = new Redis(url, {
    retryStrategy: (times) => Math.min(200 * times, 1_000),
    maxRetriesPerRequest: RETRIES,
    commandTimeout: COMMAND_LIMIT_MS,
  });
  redis.on('error', (error: Error) => log.warn({ error: error.message }, 'no connection to Redis; trying again'));
  return redis;
}

/**
 * Refuses a Redis that may lose what it is given, unless that is said to be fine. Reads INFO, which managed services allow
 * where they refuse CONFIG.
 *
 * @throws JitError `unsafeRedis`
 */
export async function checkRedis(
  redis: Pick<Redis, 'info'>,
  { losingDataIsFine }: { readonly losingDataIsFine: boolean },
): Promise<void> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version');
  if (!isNewEnough(version)) {
    throw new JitError('unsafeRedis', {
      why: `it is version ${version ?? 'unknown'}`,
      fix: `Use Redis ${OLDEST.join('.')} or newer, or Valkey.`,
    });
  }
  if (losingDataIsFine) return;
  const fault = policyFault(field('maxmemory_policy')) ?? appendFault(field('aof_enabled'));
  if (fault) throw new JitError('unsafeRedis', fault);
}

function isNewEnough(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

type Fault = Readonly<Record<'why' | 'fix', string>>;

const ANYWAY = 'If losing requests is acceptable, set `redis.losingDataIsFine: true`.';

function policyFault(policy: string | undefined): Fault | undefined {
  if (policy === 'noeviction') return undefined;
  const fix = `Set \`maxmemory-policy noeviction\` in its configuration. ${ANYWAY}`;
  return policy === undefined
    ? { why: 'it does not report whether it evicts keys', fix }
    : { why: `maxmemory-policy is ${policy}, which evicts keys`, fix };
}

function appendFault(enabled: string | undefined): Fault | undefined {
  if (enabled === '1') return undefined;
  const fix = `Set \`appendonly yes\` in its configuration, or turn on AOF persistence at its provider. ${ANYWAY}`;
  return enabled === undefined
    ? { why: 'it does not report whether it writes every change to a file', fix }
    : { why: 'appendonly is off, so a restart loses data', fix };
}
