import { afterEach, describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { ENGLISH } from '../../src/core/language/text.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { startServer } from '../../src/http/server.ts';
import type { HttpRequest, Route } from '../../src/ports/http.ts';
import { browserCookie } from '../../src/web/browser.ts';
import { FORM_BYTES, forms } from '../../src/web/forms.ts';
import { html } from '../../src/web/html.ts';
import { pageReply } from '../../src/web/page.ts';
import { webRoom } from '../../src/web/room.ts';
import { STYLE } from '../../src/web/style.ts';

const ORIGIN = 'https://drawbridge.example.com';
const cookie = browserCookie(ORIGIN);
const seals = sealer('test', 'form', [{ id: 'k1', secret: 'a key' }]);
const gate = forms(ORIGIN, cookie, seals);
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function serve(routes: readonly Route[], trustedProxies: readonly string[] = []) {
  const lines: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (_: unknown, message: string) => lines.push(message) };
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, trustedProxies, ready: async () => [], log },
    routes: webRoom(routes, log),
  });
  ended.push(() => server.close());
  return { url: server.url, lines };
}

describe('html', () => {
  it('escapes whatever is put in, in content and in attributes, and nothing of its own', () => {
    const evil = `"><script>alert('1')</script>&amp;`;
    const made = html`<p title="${evil}">${evil}${html`<b>${'<i>'}</b>`}${['<', html`<br>`]}${undefined}${7}</p>`;
    expect(made.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;<b>&lt;i&gt;</b>&lt;<br>7</p>',
    );
  });
});

describe('a page', () => {
  it('runs nothing, is framed by nobody, is kept nowhere, and sends forms home', async () => {
    const { url } = await serve([]);
    const answer = await fetch(url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
    });
    const text = await answer.text();
    expect(text).not.toMatch(/<script|\son\w+=|style=/i);
    expect(text).toContain(`<style>${STYLE}</style>`);
  });

  it('is in words when it fails, and tells nothing that is not ours', async () => {
    const throwing = (path: string, error: Error): Route => ({
      method: 'GET',
      path,
      handle() {
        throw error;
      },
    });
    const { url, lines } = await serve([
      throwing('/ours', new JitError('unknownMachine', { typed: '<b>', near: '' })),
      throwing('/theirs', new Error('a secret')),
    ]);
    const ours = await fetch(`${url}/ours`);
    expect([ours.status, await ours.text()]).toEqual([404, expect.stringContaining('“&lt;b&gt;”')]);
    const theirs = await fetch(`${url}/theirs`);
    expect(theirs.status).toBe(500);
    expect(await theirs.text()).not.toContain('secret');
    expect(lines).toEqual(['a page failed']);
  });

  it('goes on to one address alone, escaped', () => {
    const { body } = pageReply({ title: 'On', tongue: ENGLISH, body: html``, onTo: 'https://a.example/?b="1"&c' });
    expect(body).toContain('content="0;url=https://a.example/?b=&quot;1&quot;&amp;c"');
  });
});

describe('the cookie of a browser', () => {
  it('is sent over TLS alone, read by no script, and set by no other host', () => {
    expect(cookie.header('v')).toBe('__Host-jit=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure');
    expect(browserCookie('http://127.0.0.1:1').header('v')).toBe('jit=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax');
  });

  it('is read only where there is one, and it is ours', () => {
    const own = cookie.make();
    const read = (text: string) => cookie.read({ headers: { cookie: text } });
    expect(read(`a=b; __Host-jit=${own}`)).toBe(own);
    expect(read(`__Host-jit=${own}; __Host-jit=${cookie.make()}`)).toBeUndefined();
    expect(read('__Host-jit=short')).toBeUndefined();
    expect(read(`jit=${own}`)).toBeUndefined();
    expect(cookie.read({ headers: {} })).toBeUndefined();
  });
});

describe('a form', () => {
  const browser = cookie.make();
  const seal = /value="([^"]+)"/.exec(gate.field(browser).text)?.[1] ?? '';
  const good = {
    origin: ORIGIN,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    cookie: `__Host-jit=${browser}`,
    'sec-fetch-site': 'same-origin',
  };
  const sent = (headers: Readonly<Record<string, string | undefined>>, body = `form=${seal}&a=1`): HttpRequest => ({
    ...{ params: {}, query: new URLSearchParams(), address: '127.0.0.1' },
    headers,
    body: Buffer.from(body),
  });

  it('is read with its fields', () => {
    const { fields, browser: of } = gate.read(sent(good));
    expect([fields.get('a'), of]).toEqual(['1', browser]);
    expect(gate.read(sent({ ...good, 'sec-fetch-site': undefined })).browser).toBe(browser);
  });

  const other = cookie.make();
  it.each<[string, Readonly<Record<string, string | undefined>>, string?]>([
    ['of another site', { ...good, origin: 'https://evil.example' }],
    ['of a site that begins alike', { ...good, origin: `${ORIGIN}.evil.example` }],
    ['of nobody knows where', { ...good, origin: 'null' }],
    ['without an origin', { ...good, origin: undefined }],
    ['of a host beside this one', { ...good, 'sec-fetch-site': 'same-site' }],
    ['that is JSON', { ...good, 'content-type': 'application/json' }],
    ['that is plain text, which any page can send', { ...good, 'content-type': 'text/plain' }],
    ['without a cookie', { ...good, cookie: undefined }],
    ['of another browser', { ...good, cookie: `__Host-jit=${other}` }],
    ['without its field', good, 'a=1'],
    ['with a made-up field', good, `form=${seal.slice(0, -2)}AA`],
  ])('%s is not taken', (_, headers, body) => {
    expect(() => gate.read(sent(headers, body))).toThrow(expect.objectContaining({ code: 'formForeign' }));
  });

  it('made with an older key is taken until that key is gone', () => {
    const newer = { id: 'k2', secret: 'another' };
    const both = sealer('test', 'form', [newer, { id: 'k1', secret: 'a key' }]);
    expect(forms(ORIGIN, cookie, both).read(sent(good)).browser).toBe(browser);
    const alone = sealer('test', 'form', [newer]);
    expect(() => forms(ORIGIN, cookie, alone).read(sent(good))).toThrow('formForeign');
  });

  it('has a limit', async () => {
    const take: Route = { method: 'POST', path: '/form', bodyBytes: FORM_BYTES, handle: () => ({ status: 200 }) };
    const { url } = await serve([take]);
    const post = (body: string) => fetch(`${url}/form`, { method: 'POST', body: new URLSearchParams({ body }) });
    expect((await post('a')).status).toBe(200);
    expect((await post('a'.repeat(FORM_BYTES))).status).toBe(413);
  });
});

describe('the address of a client', () => {
  const told: Route = {
    method: 'GET',
    path: '/me',
    handle: ({ address, query }) => ({ status: 200, body: `${address} ${query}` }),
  };
  const ask = async (trusted: readonly string[], forwarded: string) => {
    const { url } = await serve([told], trusted);
    const answer = await fetch(`${url}/me?a=%20b&a=c?d`, { headers: { 'x-forwarded-for': forwarded } });
    return answer.text();
  };

  it('is that of the connection, whatever anybody says', async () => {
    expect(await ask([], '203.0.113.7')).toBe('127.0.0.1 a=+b&a=c%3Fd');
    expect(await ask(['10.0.0.0/8'], '203.0.113.7')).toMatch(/^127\.0\.0\.1 /);
  });

  it('is what a trusted proxy says, and not what was said to that proxy', async () => {
    expect(await ask(['127.0.0.1/32'], '203.0.113.7')).toMatch(/^203\.0\.113\.7 /);
    expect(await ask(['127.0.0.1/32'], '198.51.100.9, 203.0.113.7')).toMatch(/^203\.0\.113\.7 /);
  });
});
