import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { poster } from '../../../adapters/slack/post.ts';

const MESSAGE = { response_type: 'ephemeral', replace_original: false, text: 'Grüße: nothing waits' };
const SENT = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(MESSAGE) };

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Response URLs on loopback; `took` counts connections and requests. */
async function slack(handle: Handler) {
  const took = { connections: 0, requests: [] as (readonly [string | undefined, string | undefined, unknown])[] };
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    took.requests.push([request.method, request.headers['content-type'], JSON.parse(body)]);
    handle(request, response, body);
  });
  server.on('connection', () => {
    took.connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/commands/T1/2/abc`, took };
}

describe('what is posted to Slack', () => {
  it('is posted as it is, one after the other over one connection', async () => {
    const { url, took } = await slack((_, response) => response.end('ok'));
    const post = poster(10_000);
    for (let i = 0; i < 5; i += 1) expect(await post(url, SENT)).toMatchObject({ ok: true, status: 200 });
    expect(took.requests).toEqual(Array.from({ length: 5 }, () => ['POST', 'application/json', MESSAGE]));
    expect(took.connections).toBe(1);
  });

  it('uses so many connections at once, and no more', async () => {
    const { url, took } = await slack((_, response) => setImmediate(() => response.end()));
    const post = poster(10_000);
    const posted = await Promise.all(Array.from({ length: 200 }, () => post(url, SENT)));
    expect(posted.every(({ ok }) => ok)).toBe(true);
    expect(took.requests).toHaveLength(200);
    expect(took.connections).toBeLessThanOrEqual(50);
  });

  it.each([302, 404, 429, 500])('tells that Slack answered with %i, and follows nothing', async (status) => {
    const { url, took } = await slack((_, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end('no'),
    );
    expect(await poster(10_000)(url, SENT)).toMatchObject({ ok: false, status });
    expect(took.requests).toHaveLength(1);
  });

  it('has the answer whole, with its headers, however many pieces it came in', async () => {
    const said = JSON.stringify({ ok: true, name: 'Zoë', long: 'ü'.repeat(100_000) });
    const { url } = await slack((_, response) => {
      const bytes = Buffer.from(said);
      response.writeHead(200, { 'x-oauth-scopes': 'chat:write', 'retry-after': '7' });
      for (let from = 0; from < bytes.length; from += 9_999) response.write(bytes.subarray(from, from + 9_999));
      response.end();
    });
    const answer = await poster(10_000)(url, SENT);
    expect([answer.headers.get('x-oauth-scopes'), answer.headers.get('retry-after')]).toEqual(['chat:write', '7']);
    expect(await answer.text()).toBe(said);
  });

  const cases: readonly (readonly [string, Handler])[] = [
    ['nothing is answered', () => {}],
    ['the reply does not end', (_, response) => response.write('o')],
    ['the connection is cut', (request) => request.socket.destroy()],
    [
      'the reply is cut',
      (request, response) => {
        response.writeHead(200, { 'content-length': 10 }).write('o');
        setImmediate(() => request.socket.destroy());
      },
    ],
    ['there is no such status', (_, response) => void response.writeHead(799).end()],
  ];
  it.each(cases)('fails where %s', async (_, handle) => {
    const { url } = await slack(handle);
    await expect(poster(200)(url, SENT)).rejects.toThrow();
  });

  it('fails where nobody is there', async () => {
    await expect(poster(10_000)('http://127.0.0.1:1/', SENT)).rejects.toThrow('ECONNREFUSED');
  });
});
