import { Cluster, type ClusterOptions, Redis, type RedisOptions, SentinelConnector } from 'ioredis';
import type { RedisAddress } from '../ports/redis-address.ts';
import { saidOf, unlessAway } from './away.ts';

/** A server, whoever finds it, or a Cluster: the commands are the same. */
export type RedisClient = Redis | Cluster;

export interface ClientOptions {
  /** After so many reconnections a command fails; `null` (never) is what BullMQ's workers need. */
  readonly retries: number | null;
  /** A command fails after so long, wherever it waits. */
  readonly commandMs?: number;
  /** True once nobody needs it: then nothing is connected any more. */
  readonly isOver?: () => boolean;
  /** Told what a server said that cannot take the command now. */
  readonly onMoved?: (said: string) => void;
}

/** ioredis tells its two ways of giving answers apart by type. */
type Common = RedisOptions & { replyMapping?: 'legacy' };
type ClusterSettings = Omit<ClusterOptions, 'redisOptions'> & { redisOptions: Common };

/**
 * What a server answers that is not, or not yet, the one to ask: a primary that became a replica with the connection kept, one
 * that reads its data, one of a Cluster that changes. The command was not run. A script's answer has it behind a dash.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
const MOVED = /(?:^|-)(?:READONLY|LOADING|MASTERDOWN|MOVED|ASK|CLUSTERDOWN|TRYAGAIN|UNBLOCKED) /;
/** Connected anew, and the command sent again. */
const CONNECT_AND_RESEND = 2;
/**
 * A Cluster elects a primary in a few seconds: so many tries, so far apart, outlast it. ioredis's own end after 1.6 s. Pipelines
 * alone do not make it look where the slots are now: it looks by itself.
 */
const CLUSTER = {
  maxRedirections: 64,
  retryDelayOnFailover: 200,
  retryDelayOnClusterDown: 200,
  slotsRefreshTimeout: 2_000,
  slotsRefreshInterval: 5_000,
};
/** A Sentinel that is away is connected to again so soon. ioredis's own is a minute. */
const SENTINEL_AGAIN_MS = 5_000;
/**
 * A connection on which nothing comes back for so long is none any more: a firewall that forgot it says nothing, and the system
 * would find out after a quarter of an hour. What was sent is sent again on another one. A worker of BullMQ waits for up to 10 s.
 */
const SILENT_MS = 8_000;
const SILENT_BLOCKING_MS = 15_000;
const SENTINEL_LIMIT_MS = 2_000;

/**
 * A client that reconnects within a second for as long as it takes, and looks for the primary again when the server that it
 * has is none any more.
 *
 * @param address an address, or its URL alone
 */
export function openRedis(address: RedisAddress | string, options: ClientOptions): RedisClient {
  const { url, sentinel, cluster, username, password, tls } = typeof address === 'string' ? { url: address } : address;
  const again = (times: number) => (options.isOver?.() ? null : Math.min(200 * times, 1_000));
  const common: Common = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
    ...(options.commandMs === undefined ? {} : { commandTimeout: options.commandMs }),
    maxRetriesPerRequest: options.retries,
    socketTimeout: options.retries === null ? SILENT_BLOCKING_MS : SILENT_MS,
  };
  if (cluster) return openCluster(cluster, { ...options, again, common });
  const one: RedisOptions = {
    ...common,
    retryStrategy: again,
    reconnectOnError(error) {
      if (!MOVED.test(error.message)) return false;
      options.onMoved?.(error.message);
      return CONNECT_AND_RESEND;
    },
  };
  if (!sentinel) return new Redis(url?.startsWith('unix:') ? new URL(url).pathname : (url ?? ''), one);
  return new Redis({
    ...one,
    Connector: QuietSentinels as unknown as NonNullable<RedisOptions['Connector']>,
    name: sentinel.name,
    sentinels: [...sentinel.addresses],
    ...(sentinel.username === undefined ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === undefined ? {} : { sentinelPassword: sentinel.password }),
    ...(tls ? { enableTLSForSentinelMode: true } : {}),
    ...(tls && sentinel.tls ? { sentinelTLS: tls } : {}),
    sentinelRetryStrategy: again,
    failoverDetector: true,
    sentinelReconnectStrategy: () => (options.isOver?.() ? null : SENTINEL_AGAIN_MS),
    sentinelCommandTimeout: SENTINEL_LIMIT_MS,
  });
}

function openCluster(
  nodes: NonNullable<RedisAddress['cluster']>,
  {
    commandMs,
    again,
    common,
  }: ClientOptions & { readonly again: (times: number) => number | null; readonly common: Common },
): Cluster {
  const options: ClusterSettings = {
    ...CLUSTER,
    clusterRetryStrategy: again,
    redisOptions: common,
    // A certificate is for a name: with TLS a name is connected to as it is.
    ...(common.tls ? { dnsLookup: (name, done) => done(null, name) } : {}),
  };
  return commandMs === undefined
    ? new Cluster([...nodes], options)
    : new LimitedCluster([...nodes], options, commandMs);
}

/** A Cluster has no time limit for what waits until it is found, or between two redirections. */
class LimitedCluster extends Cluster {
  readonly #commandMs: number;

  constructor(nodes: ConstructorParameters<typeof Cluster>[0], options: ClusterSettings, commandMs: number) {
    super(nodes, options);
    this.#commandMs = commandMs;
  }

  override sendCommand(...[command, ...rest]: Parameters<Cluster['sendCommand']>): unknown {
    // Its own questions about slots come before this is made, and have a limit of their own.
    if (#commandMs in this) command.setTimeout(this.#commandMs);
    return super.sendCommand(command, ...rest);
  }
}

type Connecting = (...asked: readonly unknown[]) => Redis;

/**
 * One that is away is asked again later, or another in its place: ioredis would write each try to standard error. And who listens for
 * a failover listens no more once it is connected anew: the news, come while a Sentinel is asked, would end the connection for good.
 */
class QuietSentinels extends SentinelConnector {
  constructor(...options: ConstructorParameters<typeof SentinelConnector>) {
    super(...options);
    const self = this as unknown as { connectToSentinel: Connecting };
    const connect = self.connectToSentinel.bind(this);
    self.connectToSentinel = (...asked) => connect(...asked).on('error', () => {});
  }

  override connect(...told: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    (this as unknown as { failoverDetector: { cleanup(): void } | null }).failoverDetector?.cleanup();
    return super.connect(...told);
  }
}

/** The answers of a pipeline or a transaction, which goes through one connection; throws the first error in it, as a sentence for people (away.ts). */
export async function answers(
  ran: Promise<readonly (readonly [Error | null, unknown])[] | null>,
): Promise<readonly unknown[]> {
  return ((await unlessAway(ran)) ?? []).map(([error, answer]) => {
    if (error) throw saidOf(error);
    return answer;
  });
}
