import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisAddress } from '../../src/config/redis-address.ts';
import { refusal } from '../core/samples.ts';
import { configOf, faultsOf, SMALL } from './files.ts';

const SIGNED = `${SMALL}marks: { keys: [{ id: k1, secret: env:KEY_OF_A_TEST }] }\n`;
const withRedis = (lines: string) => `${SIGNED}redis: ${lines}\n`;
const addressOf = (lines: string) => redisAddress(configOf(withRedis(lines)));

describe('where Redis is', () => {
  it.each([undefined, '', ' '])('is with Drawbridge when nothing says otherwise; REDIS_URL=%j is not set', (value) => {
    vi.stubEnv('REDIS_URL', value);
    expect(redisAddress(configOf(SMALL))).toBeUndefined();
  });

  it('is a URL, with a user, a password, and TLS of one’s own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-pem-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, name), `PEM of ${name}`);
    vi.stubEnv('REDIS_PASSWORD_OF_A_TEST', 'hush');
    const tls = `{ caFile: ${folder}/ca, certFile: ${folder}/cert, keyFile: ${folder}/key, serverName: redis.internal }`;
    expect(
      addressOf(
        `{ url: "rediss://10.0.0.5:6380", username: bridge, password: env:REDIS_PASSWORD_OF_A_TEST, tls: ${tls} }`,
      ),
    ).toEqual({
      url: 'rediss://10.0.0.5:6380',
      username: 'bridge',
      password: 'hush',
      tls: { ca: 'PEM of ca', cert: 'PEM of cert', key: 'PEM of key', servername: 'redis.internal' },
    });
  });

  it('is behind Sentinels, or in a Cluster, and REDIS_URL overrides both', () => {
    vi.stubEnv('REDIS_PASSWORD_OF_A_TEST', 'hush');
    const sentinels =
      'name: main, addresses: ["10.0.0.1:26379", "[2001:db8::1]:26379"], password: env:REDIS_PASSWORD_OF_A_TEST';
    const cluster = '{ cluster: { addresses: ["a.internal:7000"] } }';
    expect(addressOf(`{ sentinel: { ${sentinels} } }`)).toEqual({
      sentinel: {
        name: 'main',
        addresses: [
          { host: '10.0.0.1', port: 26_379 },
          { host: '2001:db8::1', port: 26_379 },
        ],
        password: 'hush',
        tls: true,
      },
    });
    expect(addressOf(cluster)).toEqual({ cluster: [{ host: 'a.internal', port: 7_000 }] });
    vi.stubEnv('REDIS_URL', 'redis://127.0.0.1:6390');
    expect(addressOf(cluster)).toEqual({ url: 'redis://127.0.0.1:6390' });
  });

  it.each([
    [
      '{ url: "redis://a:1", cluster: { addresses: ["a:1"] } }',
      'redis.cluster: cannot be set beside redis.url; keep one of them',
    ],
    ['{ username: bridge, password: env:A }', 'redis.username: is of no use without `url`, `sentinel`, or `cluster`'],
    ['{ url: "https://a:1" }', 'redis.url: must begin with redis:// or rediss://'],
    ['{ url: "redis://a:1", tls: {} }', 'redis.url: is without TLS, but `redis.tls` is set; write rediss://'],
    ['{ url: "rediss://a:1", username: bridge }', 'redis.username: has no password; set redis.password'],
    ['{ url: "rediss://a:1", tls: { certFile: /a } }', 'redis.tls: needs both `certFile` and `keyFile`, or neither'],
    [
      '{ providerKeepsData: true, losingDataIsFine: true }',
      'redis.losingDataIsFine: contradicts `providerKeepsData`; keep one of them',
    ],
    [
      '{ cluster: { addresses: [a] } }',
      'redis.cluster.addresses[0]: must be a host and a port such as redis-1.internal:6379',
    ],
    [
      '{ cluster: { addresses: ["a:70000"] } }',
      'redis.cluster.addresses[0]: must be a host and a port such as redis-1.internal:6379',
    ],
    ['{ sentinel: { name: main, addresses: [], password: hush } }', 'redis.sentinel.addresses: must not be empty'],
    [
      '{ sentinel: { name: main, addresses: ["a:1"], password: hush } }',
      'redis.sentinel.password: must be env:NAME, file:/path, or a secret of Key Vault or Secrets Manager (docs/secrets.md); secrets do not belong in this file',
    ],
  ])('is not said by %s', (lines, fault) => {
    expect(faultsOf(withRedis(lines)).map((line) => line.replace(/ \(line \d+\)$/, ''))).toContain(fault);
  });

  it('is not said by a REDIS_URL that is none', () => {
    vi.stubEnv('REDIS_URL', 'http://a:1');
    expect(faultsOf(SIGNED)[0]).toContain('REDIS_URL must be a URL that begins with redis:// or rediss://');
  });

  it('needs a key for marks that all who share it have', () => {
    const fault =
      'marks.keys: is needed where Redis is not Drawbridge’s own: all who share it must sign with the same key';
    expect(faultsOf(`${SMALL}redis: { url: "redis://a:1" }\n`)).toEqual([fault]);
    vi.stubEnv('REDIS_URL', 'redis://a:1');
    expect(faultsOf(SMALL)).toEqual([fault]);
    expect(faultsOf(SIGNED)).toEqual([]);
  });

  it('needs files that can be read', () => {
    expect(refusal(() => addressOf('{ url: "rediss://a:1", tls: { caFile: /nowhere/ca } }'))).toMatchObject({
      code: 'badConfig',
      hint: '\n  /nowhere/ca cannot be read',
    });
  });
});
