import { describe, expect, it } from 'vitest';
import { LIMITS, nodeOptions } from '../../src/http/limits.ts';
import { request, serve, statuses, wire } from './rig.ts';

describe('time', () => {
  it('is up for headers that do not end', async () => {
    const { port, logged } = await serve({ headersMs: 60, requestMs: 60_000 });
    const { rest } = wire(port, 'POST /take HTTP/1.1\r\nhost: drawbridge\r\n');
    expect(statuses(await rest)).toEqual([408]);
    expect(await logged(1)).toMatchObject([
      { level: 'warn', message: 'a request was refused', fields: { status: 408 } },
    ]);
  });

  it('is up for headers that come drop by drop', async () => {
    const { port } = await serve({ headersMs: 100, requestMs: 60_000 });
    const { socket, rest } = wire(port, 'POST /take HTTP/1.1\r\n');
    const drops = setInterval(() => socket.write('x: y\r\n'), 5);
    expect(statuses(await rest)).toEqual([408]);
    clearInterval(drops);
  });

  it('is up for a connection on which nothing is asked', async () => {
    const { port } = await serve({ headersMs: 60, requestMs: 60_000 });
    await wire(port).rest;
  });

  it('is up for a body that does not end, whatever its route', async () => {
    const { port, taken, logged, log } = await serve({ headersMs: 60, requestMs: 60 });
    const { rest } = wire(port, request('POST /take', { 'content-length': 10 }, 'half'));
    expect(statuses(await rest)).toEqual([408]);
    await logged(1);
    expect(taken).toEqual([]);
    expect(log).toHaveLength(1);
  });

  it('is up for a body that comes drop by drop', async () => {
    const { port, taken } = await serve({ headersMs: 100, requestMs: 100 });
    const { socket, rest } = wire(port, request('POST /take', { 'transfer-encoding': 'chunked' }));
    const drops = setInterval(() => socket.write('1\r\nx\r\n'), 5);
    expect(statuses(await rest)).toEqual([408]);
    clearInterval(drops);
    expect(taken).toEqual([]);
  });

  it('is up for the second request of a connection as for the first', async () => {
    const { port, logged } = await serve({ headersMs: 400, requestMs: 400 });
    const { socket, rest, until } = wire(port, request('GET /healthz'));
    await until('ok\n');
    socket.write(request('POST /take', { 'content-length': 10 }, 'half'));
    expect(statuses(await rest)).toEqual([200]);
    await logged(1);
  });

  it('is up for a handler that is silent, and for whoever waits for it', async () => {
    const { port } = await serve({ silenceMs: 60 }, [
      { method: 'GET', path: '/never', handle: () => new Promise(() => {}) },
    ]);
    expect(await wire(port, request('GET /never')).rest).toBe('');
  });

  it('is up for a connection that idles after its answer', async () => {
    const { port } = await serve({ idleMs: 60, headersMs: 60_000 });
    expect(statuses(await wire(port, request('GET /healthz')).rest)).toEqual([200]);
  });

  it('is what is written, a second more at most', () => {
    expect(nodeOptions(LIMITS)).toEqual({
      http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
      requestTimeout: 15_000,
      connectionTimeout: 30_000,
      keepAliveTimeout: 65_000,
    });
  });
});

describe('size', () => {
  it('of headers is limited', async () => {
    const { port, log } = await serve({ headerBytes: 1_024 });
    const flood = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x-${n}`, 'x'.repeat(50)]));
    expect(statuses(await wire(port, request('GET /healthz', flood)).rest)).toEqual([431]);
    expect(log).toMatchObject([{ fields: { status: 431, why: 'HPE_HEADER_OVERFLOW' } }]);
  });

  it.each([
    ['as announced', request('POST /take', { 'content-length': 1_025 }, 'x')],
    ['as it comes', request('POST /take', { 'transfer-encoding': 'chunked' }, `401\r\n${'x'.repeat(1_025)}\r\n`)],
  ])('of a body is limited, %s, and the rest is not read', async (_, sent) => {
    const { port, taken, log } = await serve();
    const got = await wire(port, sent).rest;
    expect(statuses(got)).toEqual([413]);
    expect(got.toLowerCase()).toContain('connection: close');
    expect(taken).toEqual([]);
    expect(log).toMatchObject([{ level: 'warn', fields: { status: 413, method: 'POST', path: '/take' } }]);
  });

  it.each([
    ['too long', '/take', 413],
    ['for nothing', '/nothing', 404],
    ['by another method', '/healthz', 405],
  ])(
    'of a body %s: the answer comes through to whoever sends all of it first, as proxies do',
    async (_, path, status) => {
      const { port } = await serve();
      const whole = 1_000_000;
      const { socket, rest } = wire(port, request(`POST ${path}`, { 'content-length': whole }));
      // A proxy that cannot send on tells its client of a bad gateway, whatever it was answered before.
      const wrong: Error[] = [];
      for (let sent = 0; sent < whole; sent += 50_000) {
        await new Promise<void>((resolve) => {
          socket.write('x'.repeat(50_000), (error) => {
            if (error) wrong.push(error);
            setImmediate(resolve);
          });
        });
      }
      expect(wrong).toEqual([]);
      expect(statuses(await rest)).toEqual([status]);
    },
  );

  it('of a body is what its route says', async () => {
    const big: Parameters<typeof serve>[1] = [
      {
        method: 'PUT',
        path: '/big',
        bodyBytes: 4_096,
        handle: ({ body }) => ({ status: 200, body: `${body.length}` }),
      },
      { method: 'PUT', path: '/silent', handle: () => ({ status: 200 }) },
    ];
    const { server } = await serve({}, big);
    const put = async (path: string, bytes: number) =>
      (await fetch(`${server.url}${path}`, { method: 'PUT', body: Buffer.alloc(bytes) })).status;
    expect([await put('/big', 4_096), await put('/big', 4_097)]).toEqual([200, 413]);
    expect([await put('/silent', 1_024), await put('/silent', 1_025)]).toEqual([200, 413]);
  });

  it('of the crowd is limited', async () => {
    const { port, logged } = await serve({ connections: 2 });
    const first = [wire(port, request('GET /healthz')), wire(port, request('GET /healthz'))];
    await Promise.all(first.map(({ until }) => until('ok\n')));
    expect(await wire(port, request('GET /healthz')).rest).toBe('');
    expect(await logged(1)).toMatchObject([{ level: 'warn', fields: { connections: 2 } }]);
    first[0]?.socket.destroy();
    await first[0]?.rest;
    // The server hears of it in its own time.
    const again = async (): Promise<string> =>
      (await wire(port, request('GET /healthz', { connection: 'close' })).rest) || again();
    expect(statuses(await again())).toEqual([200]);
  });
});
