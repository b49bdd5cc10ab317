import { readFileSync } from 'node:fs';
import { badConfig } from '../core/errors/bad-config.ts';
import type { RedisAddress, RedisTls } from '../ports/redis-address.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import type { Config } from './schema.ts';
import { secretOf } from './secrets.ts';

/** What does not fit together in `redis:`. */
export function redisFaults({ redis: settings, marks }: Known): Fault[] {
  const { url: own, sentinel: sentinels, cluster: nodes, tls: secure, username, password } = settings ?? {};
  const faults: Fault[] = [];
  const say = (message: string, ...path: string[]) => void faults.push({ path: ['redis', ...path], message });
  const ways = Object.entries({ url: own, sentinel: sentinels, cluster: nodes }).filter(([, way]) => way !== undefined);
  for (const [way] of ways.slice(1)) say(`cannot be set beside redis.${ways[0]?.[0]}; keep one of them`, way);
  const isOwn = ways.length > 0 || envUrl() !== undefined;
  if (!isOwn && (secure || username !== undefined || password !== undefined))
    say('is of no use without `url`, `sentinel`, or `cluster`', secure ? 'tls' : username ? 'username' : 'password');
  if (isOwn && marks && marks.keys === undefined) {
    const message = 'is needed where Redis is not Drawbridge’s own: all who share it must sign with the same key';
    faults.push({ path: ['marks', 'keys'], message });
  }
  if (own !== undefined && !/^(?:rediss?|unix):/.test(own)) say('must begin with redis:// or rediss://', 'url');
  if (secure && own?.startsWith('redis:')) say('is without TLS, but `redis.tls` is set; write rediss://', 'url');
  if (username !== undefined && password === undefined) say('has no password; set redis.password', 'username');
  if ((secure?.certFile === undefined) !== (secure?.keyFile === undefined))
    say('needs both `certFile` and `keyFile`, or neither', 'tls');
  if (settings?.providerKeepsData && settings.losingDataIsFine)
    say('contradicts `providerKeepsData`; keep one of them', 'losingDataIsFine');
  const fromEnv = envUrl();
  if (fromEnv !== undefined && !/^(?:rediss?:\/\/|unix:|\/)./.test(fromEnv))
    say('the variable REDIS_URL must be a URL that begins with redis:// or rediss://');
  return faults;
}

/** REDIS_URL; one that is empty is not set. */
function envUrl(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.REDIS_URL?.trim() || undefined;
}

/** Where the Redis of somebody else is, with its secrets; undefined where Drawbridge runs one itself. */
export function redisAddress({ redis: settings }: Config): RedisAddress | undefined {
  const { username, password, sentinel: sentinels, cluster: nodes, tls: secure } = settings;
  const common = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: secretOf(password) }),
    ...(secure ? { tls: tlsOf(secure) } : {}),
  };
  const fromEnv = envUrl();
  if (fromEnv !== undefined) return { ...common, url: fromEnv };
  if (sentinels) {
    const { password: own, ...rest } = sentinels;
    return { ...common, sentinel: { ...rest, ...(own === undefined ? {} : { password: secretOf(own) }) } };
  }
  if (nodes) return { ...common, cluster: nodes.addresses };
  return settings.url === undefined ? undefined : { ...common, url: settings.url };
}

function tlsOf({ caFile, certFile, keyFile, serverName }: NonNullable<Config['redis']['tls']>): RedisTls {
  return {
    ...(caFile === undefined ? {} : { ca: pem(caFile) }),
    ...(certFile === undefined ? {} : { cert: pem(certFile) }),
    ...(keyFile === undefined ? {} : { key: pem(keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function pem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw badConfig([`${path} cannot be read`], cause);
  }
}
