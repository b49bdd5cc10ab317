import { describe, expect, it, vi } from 'vitest';
import { webKeys } from '../../src/config/web-keys.ts';
import { browserRoom } from '../../src/rooms.ts';
import { QUIET } from '../redis/server.ts';
import { configOf, faultsOf, SMALL } from './files.ts';

describe('the address of the pages', () => {
  it.each([
    ['https://drawbridge.example.com', []],
    ['https://drawbridge.example.com/', []],
    ['http://127.0.0.1:3978', []],
    ['http://drawbridge.example.com', ['web.url: must begin with https://; only loopback may do without (line 17)']],
    ['https://example.com/jit', ['web.url: must be a host alone, without a path: https://example.com (line 17)']],
    [
      'https://ada:secret@example.com',
      ['web.url: must be a host alone, without a path: https://example.com (line 17)'],
    ],
    ['drawbridge', ['web.url: must be a URL (line 17)']],
  ])('%s', (url, faults) => {
    expect(faultsOf(`${SMALL}web: { url: "${url}" }\n`).map((one) => one.replace(/line \d+/, 'line 17'))).toEqual(
      faults,
    );
  });
});

describe('signing in', () => {
  const ID = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
  const ENTRA = `directory: { entra: { tenantId: ${ID}, clientId: ${ID} } }\n`;
  const PAGES = 'web: { url: "https://drawbridge.example.com" }\n';
  const at = (issuer: string) => `signIn: { issuer: "${issuer}", clientId: a, clientSecret: env:A }\n`;
  const GOOD_ONE = at(`https://login.microsoftonline.com/${ID}/v2.0`);
  const faults = (more: string) => faultsOf(SMALL + more).map((one) => one.replace(/ \(line \d+\)/, ''));

  it('needs pages, and a directory that knows who signs in', () => {
    expect(faults(ENTRA + PAGES + GOOD_ONE)).toEqual([]);
    expect(faults(ENTRA + GOOD_ONE)).toEqual(['signIn: needs web.url, where sign-ins come back to']);
    expect(faults(PAGES + GOOD_ONE)).toEqual(['signIn: needs directory.entra, which knows who signs in']);
  });

  it.each(['common', 'organizations', 'consumers', '99999999-52a1-4d34-9d0b-6f3a9a1b2c3d'])(
    'is not for %s',
    (tenant) => {
      expect(faults(ENTRA + PAGES + at(`https://login.microsoftonline.com/${tenant}/v2.0`))).toEqual([
        `signIn.issuer: must end with /${ID}/v2.0, the tenant of directory.entra`,
      ]);
    },
  );

  it('lists the keys of its links and forms for the doctor, whatever the provider says', async () => {
    for (const name of ['A', 'K']) vi.stubEnv(name, 'a secret');
    const pages = PAGES.replace(' }', ', keys: [{ id: w1, secret: env:K }] }');
    const config = configOf(SMALL + ENTRA + pages + at(`http://127.0.0.1:9/${ID}/v2.0`));
    const room = await browserRoom(config, QUIET, {} as Parameters<typeof browserRoom>[2]);
    expect(await room?.examine([], AbortSignal.timeout(60_000))).toMatchObject([
      { of: 'Drawbridge', what: 'keys of links and forms (w1)', verdict: 'fine' },
      { of: 'Sign-in', verdict: 'fault' },
    ]);
  });

  it('is not without TLS', () => {
    expect(faults(ENTRA + PAGES + at(`http://login.example.com/${ID}/v2.0`))).toEqual([
      'signIn.issuer: must begin with https://; only loopback may do without',
    ]);
  });
});

describe('the keys of links and forms', () => {
  it('are their own: derived from those of marks, or set', () => {
    process.env.KEY_A = 'a';
    process.env.KEY_B = 'b';
    const marks = 'marks: { keys: [{ id: k2, secret: env:KEY_A }, { id: k1, secret: env:KEY_B }] }\n';
    const derived = webKeys(configOf(SMALL + marks));
    expect(derived.map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(derived.map(({ secret }) => secret.length)).toEqual([43, 43]);
    expect(new Set([...derived.map(({ secret }) => secret), 'a', 'b']).size).toBe(4);
    const own = 'web: { url: "https://a.example", keys: [{ id: w1, secret: env:KEY_B }] }\n';
    expect(webKeys(configOf(SMALL + marks + own))).toEqual([{ id: 'w1', secret: 'b' }]);
  });
});

describe('trusted proxies', () => {
  it('are addresses, and never everybody', () => {
    const http = (trusted: string) => faultsOf(`${SMALL}http: { trustedProxies: ${trusted} }\n`).length;
    expect(['[10.0.0.1, 127.0.0.1, "::1", "2001:db8::/48"]', 'true', '[loopback]', '1'].map(http)).toEqual([
      0, 1, 1, 1,
    ]);
    expect(http('["0.0.0.0/0"]')).toBe(1);
  });
});
