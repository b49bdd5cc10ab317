import { afterEach, describe, expect, it, vi } from 'vitest';
import { isLoopback, isLoopbackHost } from '../../src/config/loopback.ts';
import { configOf, edited, faultsOf } from './files.ts';

describe('loopback', () => {
  it.each([
    'http://localhost',
    'https://LOCALHOST:8443/x?y',
    'http://127.0.0.1:80',
    'http://127.255.0.9',
    'http://127.1',
    'http://0x7f.1',
    'http://[::1]:3978/',
    'unix:/run/redis.sock',
    'rediss://localhost:6380',
  ])('%s', (url) => {
    expect(isLoopback(url)).toBe(true);
  });

  it.each([
    '',
    'nonsense',
    'localhost',
    'http://',
    'http://slack.com',
    'http://localhost.example.com',
    'http://localhost.',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1@example.com',
    'http://example.com#@127.0.0.1',
    'http://example.com\\@127.0.0.1',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://169.254.169.254',
  ])('not “%s”', (url) => {
    expect(isLoopback(url)).toBe(false);
  });

  it('of a bare host', () => {
    expect(['localhost', '127.0.0.1', '::1'].map(isLoopbackHost)).toEqual([true, true, true]);
    expect(['', '0.0.0.0', '::', '10.0.0.1', 'example.com'].map(isLoopbackHost)).toEqual(Array(5).fill(false));
  });
});

/** All that can be called or call, on loopback. */
const HERE = `installation: test
http: { host: 127.0.0.1 }
lease: { shortest: 3s }
slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1, apiUrl: "http://127.0.0.1:1/api/" }
teams:
  appId: 0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b
  appPassword: env:P
  tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d
  validateTokens: false
  serviceUrl: "http://127.0.0.1:2/teams"
  serviceUrls: ["http://127.0.0.1:2/", "http://[::1]:2/"]
  loginUrl: "https://localhost:3"
  openIdMetadataUrl: "http://127.0.0.1:4/openid"
azure:
  tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d
  clientId: 5d0e1f2a-3b4c-4d5e-8f60-718293a4b5c6
  subscriptions: [{ id: 11112222-3333-4444-5555-666677778888 }]
  resourceManager: "https://127.0.0.1:5"
  authority: "https://127.0.0.1:6"
aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }], endpoint: "http://127.0.0.1:7" }
people: [{ id: ada, name: Ada }]
policies: [{ name: one, who: [person:ada], machines: { names: ["*"] }, ports: [ssh], approvers: [person:ada] }]
`;

describe('settings that are safe only on loopback', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('are taken where everything is', () => {
    expect(configOf(HERE)).toMatchObject({ lease: { shortest: 3_000 }, teams: { validateTokens: false } });
  });

  it.each([
    ['slack.apiUrl', '"http://127.0.0.1:1/api/"', 'https://slack.com/api/'],
    ['azure.resourceManager', '"https://127.0.0.1:5"', 'https://management.azure.com'],
    ['azure.authority', '"https://127.0.0.1:6"', 'https://login.microsoftonline.com'],
    ['aws.endpoint', '"http://127.0.0.1:7"', 'https://ec2.eu-west-1.amazonaws.com'],
  ])('a lease of less than five minutes is refused where %s is not', (setting, here, there) => {
    expect(faultsOf(edited(HERE, here, there))).toEqual([
      `lease.shortest: must be 5m or more unless every endpoint is loopback; these are not: ${setting} (line 3)`,
    ]);
    expect(faultsOf(edited(edited(HERE, here, there), 'shortest: 3s', 'shortest: 5m'))).toEqual([]);
    expect(faultsOf(edited(edited(HERE, here, there), 'shortest: 3s', 'shortest: 4m59s'))).toHaveLength(1);
  });

  it.each([
    ['teams.serviceUrl', '"http://127.0.0.1:2/teams"', 'https://smba.trafficmanager.net/teams/'],
    ['teams.serviceUrls', '"http://[::1]:2/"', 'https://smba.trafficmanager.net/'],
    ['teams.loginUrl', '"https://localhost:3"', 'https://login.microsoftonline.com'],
    ['teams.openIdMetadataUrl', '"http://127.0.0.1:4/openid"', 'https://login.botframework.com/'],
  ])('neither that nor taking tokens unseen is taken where %s is not', (setting, here, there) => {
    expect(faultsOf(edited(HERE, here, there))).toEqual([
      `lease.shortest: must be 5m or more unless every endpoint is loopback; these are not: ${setting} (line 3)`,
      `teams.validateTokens: can be false only on loopback; these are not: ${setting} (line 9)`,
    ]);
    expect(faultsOf(edited(edited(HERE, here, there), 'shortest: 3s', 'shortest: 5m'))).toHaveLength(1);
  });

  it.each(['0.0.0.0', '"::"', '10.0.0.1', 'bridge.example.com'])(
    'tokens are not taken unseen while %s listens',
    (host) => {
      expect(faultsOf(edited(HERE, 'host: 127.0.0.1', `host: ${host}`))).toEqual([
        'teams.validateTokens: can be false only on loopback; these are not: http.host (line 9)',
      ]);
    },
  );

  it('are taken while ::1 listens', () => {
    expect(faultsOf(edited(HERE, 'host: 127.0.0.1', 'host: "::1"'))).toEqual([]);
  });

  it('count the endpoint that the SDK of AWS takes from its environment', () => {
    const unset = edited(HERE, ', endpoint: "http://127.0.0.1:7"', '');
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(faultsOf(unset)).toHaveLength(1);
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://ec2.eu-west-1.amazonaws.com');
    expect(faultsOf(unset)).toHaveLength(1);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:7');
    expect(faultsOf(unset)).toEqual([]);
  });
});
