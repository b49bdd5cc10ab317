import { z } from 'zod';
import type { HostPort } from '../ports/redis-address.ts';
import { file, name, secret, url } from './fields.ts';

/** `redis-1.internal:6379`, `[2001:db8::1]:6379`. */
const hostPort = z.string().transform((text, context): HostPort => {
  const [, bracketed, bare, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? bare;
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: 'custom', message: 'must be a host and a port such as redis-1.internal:6379' });
  return z.NEVER;
});

const tls = z.strictObject({
  caFile: file.optional().describe('File with the certificate authority to trust (PEM). If unset, the public ones.'),
  certFile: file.optional().describe('File with the client certificate (PEM), for a server that asks for one.'),
  keyFile: file.optional().describe('File with the private key of the client certificate (PEM).'),
  serverName: z
    .string()
    .min(1)
    .optional()
    .describe('Name in the server’s certificate, if it is not the one connected to.'),
});

const sentinel = z.strictObject({
  name: z.string().min(1).describe('Name under which the Sentinels watch the primary.'),
  addresses: z.array(hostPort).min(1).describe('Hosts and ports of the Sentinels; list all of them.'),
  username: z.string().min(1).optional().describe('User of the Sentinels.'),
  password: secret.optional().describe('Password of the Sentinels, if they have one.'),
  tls: z.boolean().default(true).describe('Whether `redis.tls` is for the Sentinels too.'),
});

const cluster = z.strictObject({
  addresses: z
    .array(hostPort)
    .min(1)
    .describe('Hosts and ports of some nodes, or the configuration endpoint; the others are found.'),
});

export const redis = z
  .strictObject({
    url: url
      .optional()
      .describe(
        'URL of your own Redis (redis:// or rediss://). If this, `sentinel`, and `cluster` are unset, Drawbridge runs one itself. REDIS_URL overrides all three.',
      ),
    username: z.string().min(1).optional().describe('User to sign in as (ACL), if the URL has none.'),
    password: secret.optional().describe('Password, if the URL has none.'),
    tls: tls.optional().describe('TLS with a certificate authority or a client certificate of your own.'),
    sentinel: sentinel.optional().describe('Find the primary through Sentinels. See docs/redis.md.'),
    cluster: cluster.optional().describe('Use a Redis Cluster. See docs/redis.md.'),
    keepDays: z
      .number()
      .int()
      .min(30)
      .max(730)
      .default(90)
      .describe(
        'Days for which Redis keeps a request that is over, and the board shows it; what is over already keeps the days that it was given.',
      ),
    dataDir: z.string().min(1).default('.data/redis').describe('Data folder of the Redis that Drawbridge runs.'),
    appendfsync: z.enum(['everysec', 'always']).default('everysec').describe('How often that Redis syncs to disk.'),
    providerKeepsData: z
      .boolean()
      .default(false)
      .describe(
        'For a managed Redis that is durable without an append-only file of its own (MemoryDB, durable ElastiCache): what its INFO says about the file is not asked. Eviction is still refused.',
      ),
    losingDataIsFine: z.boolean().default(false).describe('Accept a Redis that may lose data.'),
    prefix: name.default('drawbridge').describe('Prefix of every Redis key.'),
  })
  .prefault({});
