import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { HttpServer } from '../../src/http/server.ts';
import type { Route } from '../../src/ports/http.ts';
import { request, serve, statuses, wire } from './rig.ts';

const get = async ({ url }: HttpServer, path: string, init: RequestInit = {}) => {
  const response = await fetch(`${url}${path}`, init);
  return { status: response.status, headers: response.headers, body: await response.text() };
};

describe('a request', () => {
  it('is given whole, as bytes, to the route of its method and path', async () => {
    const { server, taken } = await serve({}, [
      { method: 'GET', path: '/people/:id', handle: ({ params }) => ({ status: 200, body: `${params.id}` }) },
      { method: 'DELETE', path: '/people/:id', handle: ({ params }) => ({ status: 200, body: `no ${params.id}` }) },
    ]);
    expect(await get(server, '/people/ada%20l?x=1')).toMatchObject({ status: 200, body: 'ada l' });
    expect(await get(server, '/people/ada', { method: 'DELETE' })).toMatchObject({ status: 200, body: 'no ada' });
    const body = Buffer.from([0, 255, 128, 10]);
    await get(server, '/take?x=1', { method: 'POST', body, headers: { 'X-Signature': 'a', 'content-type': 'text/x' } });
    expect(taken).toMatchObject([{ params: {}, headers: { 'x-signature': 'a', 'content-type': 'text/x' } }]);
    expect(taken[0]?.body.equals(body)).toBe(true);
  });

  it('without a body is given none', async () => {
    const { server, taken } = await serve();
    expect(await get(server, '/take', { method: 'POST' })).toMatchObject({ status: 200, body: '0' });
    expect(taken).toHaveLength(1);
  });

  it.each([
    ['an unknown path', 'GET', '/nowhere', 404],
    ['a path that only begins like one', 'GET', '/healthz/more', 404],
    ['a path in other letters', 'GET', '/HEALTHZ', 404],
    ['a path that cannot be decoded', 'GET', '/%zz', 400],
    ['a body for an unknown path', 'POST', '/nowhere', 404],
    ['another method', 'GET', '/take', 405],
    ['another method, with a body', 'PUT', '/take', 405],
    ['a method that hardly anybody knows', 'PROPFIND', '/nowhere', 404],
    ['a method that hardly anybody knows, of a path that there is', 'PROPFIND', '/take', 405],
    ['another such method, with a body', 'MKCOL', '/take', 405],
    ['a path with a slash more', 'POST', '/take/', 404],
    ['a path with two slashes', 'POST', '//take', 404],
    ['a path with a slash in code', 'POST', '/%2ftake', 404],
    ['a path as long as it may be', 'GET', `/${'x'.repeat(8_000)}`, 404],
  ])('that nobody takes is refused: %s', async (_, method, path, status) => {
    const { server, taken, log } = await serve();
    const body = method === 'GET' || method === 'PROPFIND' ? {} : { body: 'x'.repeat(5_000) };
    const seen = await get(server, `${path}?token=hush`, { method, ...body });
    expect(seen.status).toBe(status);
    expect(seen.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
    expect(taken).toEqual([]);
    expect(log).toMatchObject([{ level: 'warn', message: 'a request was refused', fields: { status } }]);
    expect(JSON.stringify(log)).not.toContain('hush');
    expect(seen.body).not.toContain('hush');
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two lengths', request('POST /take', { 'content-length': 1, 'transfer-encoding': 'chunked' }, '0\r\n\r\n')],
    ['a method that nobody knows', request('JIT /healthz')],
    ['a header with a line break', request('GET /healthz', { 'x-a': 'b\rc' })],
  ])('that is none is refused: %s', async (_, sent) => {
    const { port, taken } = await serve();
    expect(statuses(await wire(port, sent).rest)).toEqual([400]);
    expect(taken).toEqual([]);
  });

  it('whose handler throws gets a plain 500', async () => {
    const { server, log } = await serve({}, [
      {
        method: 'GET',
        path: '/fails',
        handle: () => {
          throw new Error('redis://secret');
        },
      },
      { method: 'GET', path: '/rejects', handle: () => Promise.reject(null) },
      { method: 'GET', path: '/calls', handle: () => Promise.reject(Object.assign(new Error(), { statusCode: 404 })) },
    ]);
    for (const path of ['/fails', '/rejects', '/calls'])
      expect(await get(server, path)).toMatchObject({ status: 500, body: 'Something went wrong.\n' });
    expect(log).toMatchObject(Array(3).fill({ level: 'error', message: 'a request failed' }));
  });

  it('that waits for a 100 is told to go on, and refused all the same when it is too big', async () => {
    const { port, taken } = await serve();
    const waits = { expect: '100-continue', connection: 'close' };
    const good = wire(port, request('POST /take', { ...waits, 'content-length': 2 }));
    await good.until('100 Continue');
    good.socket.write('ok');
    expect(statuses(await good.rest)).toEqual([100, 200]);
    expect(taken).toHaveLength(1);
    const big = await wire(port, request('POST /take', { ...waits, 'content-length': 5_000 })).rest;
    expect(statuses(big)).toEqual([100, 413]);
    expect(statuses(await wire(port, request('POST /take', { expect: 'miracles', connection: 'close' })).rest)).toEqual(
      [417],
    );
  });

  it('may follow another before that is answered, and gets its answer after it', async () => {
    let release = () => {};
    const slow: Route = {
      method: 'GET',
      path: '/slow',
      handle: () =>
        new Promise((resolve) => {
          release = () => resolve({ status: 200, body: 'slow' });
        }),
    };
    const { port, taken } = await serve({}, [slow]);
    const post = request('POST /take', { 'content-length': 3, connection: 'close' }, 'abc');
    const { rest, until, socket } = wire(port, `${request('GET /healthz')}${request('GET /slow')}${post}`);
    await until('ok\n');
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    release();
    const got = await rest;
    expect(statuses(got)).toEqual([200, 200, 200]);
    expect(got.indexOf('slow')).toBeLessThan(got.lastIndexOf('\r\n3'));
    expect(socket.destroyed).toBe(true);
  });
});

describe('a reply', () => {
  it('says what may be done with it, and not who made it', async () => {
    const { server } = await serve();
    for (const path of ['/healthz', '/nowhere']) {
      const { headers } = await get(server, path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'content-type': 'text/plain; charset=utf-8',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
    }
  });

  it('of a page may say more', async () => {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'self'" };
    const { server } = await serve({}, [
      { method: 'GET', path: '/page', handle: () => ({ status: 200, headers, body: '<p>Hello' }) },
    ]);
    const seen = await get(server, '/page');
    expect([seen.body, seen.headers.get('content-security-policy')]).toEqual(['<p>Hello', "default-src 'self'"]);
    expect(seen.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await get(server, '/page', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('trusts no header about who asks', async () => {
    const { server } = await serve();
    const forged = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    expect(await get(server, '/healthz', { headers: forged })).toMatchObject({ status: 200, body: 'ok\n' });
  });
});

describe('closing', () => {
  const held = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const route: Route = {
      method: 'GET',
      path: '/held',
      async handle() {
        begun.resolve();
        await promise;
        return { status: 200, body: 'done' };
      },
    };
    return { route, begun: begun.promise, release: resolve };
  };

  it('takes no more, and lets what is under way end', async () => {
    const { route, begun, release } = held();
    const { server, port } = await serve({ closeMs: 60_000, idleMs: 60_000 }, [route]);
    const idle = wire(port, request('GET /healthz'));
    await idle.until('ok\n');
    const busy = wire(port, request('GET /held'));
    await begun;
    const closed = server.close();
    await idle.rest;
    const refused = await new Promise((resolve) => {
      connect(port, '127.0.0.1')
        .once('error', (error: Error & { code?: string }) => resolve(error.code))
        .once('connect', () => resolve('connected'));
    });
    expect(refused).toBe('ECONNREFUSED');
    release();
    const [head = '', body] = (await busy.rest).split('\r\n\r\n');
    expect([head.toLowerCase().includes('connection: close'), body]).toEqual([true, 'done']);
    await closed;
  });

  it('cuts what does not end in time', async () => {
    const { route, begun } = held();
    const { server, port } = await serve({ closeMs: 50 }, [route]);
    const busy = wire(port, request('GET /held'));
    await begun;
    await server.close();
    expect(await busy.rest).toBe('');
  });
});
