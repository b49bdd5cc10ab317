import { describe, expect, it } from 'vitest';
import { faultsOf, SMALL } from './files.ts';

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

describe('trusted proxies', () => {
  it('are addresses, and never everybody', () => {
    const http = (trusted: string) => faultsOf(`${SMALL}http: { trustedProxies: ${trusted} }\n`).length;
    expect(['[10.0.0.1, "2001:db8::/48"]', 'true', '[loopback]', '1'].map(http)).toEqual([0, 1, 1, 1]);
    expect(http('["0.0.0.0/0"]')).toBe(1);
  });
});
