import { JitError } from '../core/errors/errors.ts';
import type { Log } from '../ports/log.ts';
import type { RedisAddress } from '../ports/redis-address.ts';
import { openRedis, type RedisClient } from './client.ts';
import { inWords } from './in-words.ts';
import { inOneWrite } from './one-write.ts';
import { MOVED_EVENT } from './trouble.ts';

/** A command waits through a restart of Redis (a few seconds), and then fails rather than being run much later. */
const RETRIES = 5;
const COMMAND_LIMIT_MS = 10_000;
const SAID_AGAIN_MS = 10_000;
/** BullMQ's floor, and ours (`ZADD GT`): https://docs.bullmq.io/guide/connections */
const OLDEST = [6, 2] as const;

/**
 * A connection for the store and the lock: reconnects within a second for as long as it takes.
 *
 * NB. no auto-pipelining: it holds commands back while earlier ones are under way, out of reach of their time limits, and
 * with our scripts it was not faster (12,000 commits a second with it, 15,000 without, 64 in flight). What leaves in one turn of the
 * event loop leaves in one write all the same.
 *
 * @param address where it is, or its URL alone
 */
export function connectRedis(address: RedisAddress | string, { log }: { readonly log: Log }): RedisClient {
  let saidAt = Number.NEGATIVE_INFINITY;
  const redis = openRedis(address, {
    retries: RETRIES,
    commandMs: COMMAND_LIMIT_MS,
    onMoved(said) {
      redis.emit(MOVED_EVENT, said);
      if (performance.now() - saidAt < SAID_AGAIN_MS) return;
      saidAt = performance.now();
      log.warn({ said }, 'this server cannot take commands now; looking for the primary');
    },
  });
  inOneWrite(redis);
  inWords(redis);
  redis.on('error', (error: Error) => {
    // Whoever reads the log needs what Redis or TLS said, not the sentence for people.
    const { message } = error.cause instanceof Error ? error.cause : error;
    log.warn({ error: message }, 'no connection to Redis; trying again');
  });
  return redis;
}

/** What is said about how the data are kept. */
export interface Keeping {
  readonly losingDataIsFine: boolean;
  /** It keeps what it is given without an append-only file of its own. That is taken on trust, and only that. */
  readonly providerKeepsData: boolean;
}

/**
 * Refuses a Redis that may lose what it is given, unless that is said to be fine. Reads INFO, which managed services allow
 * where they refuse CONFIG; of a Cluster, that of each primary.
 *
 * @throws JitError `unsafeRedis`, `redisRefuses`
 */
export async function checkRedis(redis: RedisClient, keeping: Keeping): Promise<void> {
  // A Cluster knows its nodes once it has answered.
  const first = await unlessRefused(redis, redis.info());
  const all = 'nodes' in redis ? await Promise.all(redis.nodes('master').map((node) => node.info())) : [first];
  for (const info of all) {
    const fault = faultOf(info, keeping);
    if (fault) throw new JitError('unsafeRedis', fault);
  }
  if ('nodes' in redis || !/^cluster_enabled:1\r?$/m.test(first)) return;
  const known = /cluster_known_nodes:(\d+)/.exec(await redis.cluster('INFO').catch(() => ''))?.[1];
  if (Number(known) > 1) throw new JitError('unsafeRedis', LONE_NODE);
}

/** It answers, and will go on to answer this: to sign in, to be trusted, or to be allowed the command. */
const REFUSED = /WRONGPASS|NOAUTH|NOPERM|invalid password|without any password|certificate|altname|SSL routines/i;

/** What is refused is said at once, and not when the connection was tried often enough. */
async function unlessRefused<T>(redis: Pick<RedisClient, 'on' | 'off'>, asked: Promise<T>): Promise<T> {
  const refused = Promise.withResolvers<never>();
  const hear = (error: Error) => {
    const refusal = refusalIn(error);
    if (refusal) refused.reject(refusal);
  };
  const answered = asked.catch((error: Error) => {
    throw refusalIn(error) ?? error;
  });
  redis.on('error', hear);
  try {
    return await Promise.race([refused.promise, answered]);
  } finally {
    redis.off('error', hear);
  }
}

/** A Cluster says it of the last node that it asked. */
function refusalIn(said: Error & { readonly lastNodeError?: Error }): JitError | undefined {
  const error = (said instanceof JitError ? said.cause : said) as typeof said | undefined;
  const why = [error, error?.lastNodeError].map((one) => one?.message ?? '').find((text) => REFUSED.test(text));
  return why === undefined
    ? undefined
    : new JitError('redisRefuses', { why: why.replace(/\.$/, '') }, { cause: error });
}

const LONE_NODE: Fault = {
  why: 'it is one node of a Cluster, and sends commands to others',
  fix: 'Set `redis.cluster` in place of the URL.',
};

function faultOf(info: string, { losingDataIsFine, providerKeepsData }: Keeping): Fault | undefined {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version');
  if (!isNewEnough(version)) {
    return { why: `it is version ${version ?? 'unknown'}`, fix: `Use Redis ${OLDEST.join('.')} or newer, or Valkey.` };
  }
  if (losingDataIsFine) return undefined;
  const policy = policyFault(field('maxmemory_policy'));
  return policy ?? (providerKeepsData ? undefined : appendFault(field('aof_enabled')));
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
  const fix = `Set \`appendonly yes\` in its configuration, or turn on AOF persistence at its provider. If the provider keeps the data in another way, set \`redis.providerKeepsData: true\` (docs/redis.md). ${ANYWAY}`;
  return enabled === undefined
    ? { why: 'it does not report whether it writes every change to a file', fix }
    : { why: 'appendonly is off, so a restart loses data', fix };
}
