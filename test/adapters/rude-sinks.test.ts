import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { azureLogsSink } from '../../adapters/audit-azure-logs/index.ts';
import { httpsSink } from '../../adapters/audit-https/index.ts';
import { otlpSink } from '../../adapters/audit-otlp/index.ts';
import { outgoing } from '../../adapters/outgoing/index.ts';
import { pauseFor } from '../../src/kit/clock.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { batches } from '../conformance/sink.ts';

const [batch] = batches(1);
if (!batch) throw new Error('none');
const now = () => 1_764_000_000_000;
const WAIT_MS = 400;

const SINKS: Readonly<Record<string, (url: string, call: CallOut) => Sink>> = {
  splunk: (url, call) => httpsSink({ name: 's', kind: 'splunk', url, secret: 'token' }, call, { now, pause: pauseFor }),
  webhook: (url, call) => httpsSink({ name: 's', kind: 'webhook', url, secret: 'key' }, call, { now, pause: pauseFor }),
  azure: (endpoint, call) =>
    azureLogsSink(
      {
        name: 's',
        endpoint,
        rule: 'dcr-0',
        stream: 'Custom-Drawbridge',
        scope: 'https://monitor.azure.com/.default',
        management: 'https://m',
      },
      {
        call,
        credential: { getToken: async () => ({ token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY }) },
        monotonic: now,
      },
    ),
  otlp: (url, call) => otlpSink({ name: 's', url, headers: {} }, call, { warn: () => {} }),
};

const json = 'content-type: application/json\r\n';
const whole = (status: string, body: string, type = json) =>
  `HTTP/1.1 ${status} Said\r\n${type}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** What is answered, and which sinks may take it for a yes; everybody else has to ask again. */
const RUDE: readonly (readonly [what: string, answer: (socket: Socket) => unknown, taken: readonly string[]])[] = [
  ['nothing, ever', () => {}, []],
  ['one byte at a time', (socket) => slowly(socket, whole('200', '{"text":"Success","code":0}'.padEnd(4_000))), []],
  ['a head without an end', (socket) => slowly(socket, `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(4_000)}`), []],
  ['a reset within the body', (socket) => cut(socket, whole('200', '{"text":"Success","code":0}').slice(0, -3)), []],
  ['a reset before the head', (socket) => socket.resetAndDestroy(), []],
  ['413', (socket) => socket.end(whole('413', '')), ['otlp']],
  ['429', (socket) => socket.end(whole('429', '')), []],
  ['503 that is busy (HEC, code 9)', (socket) => socket.end(whole('503', '{"text":"Server is busy","code":9}')), []],
  [
    '200 that is busy all the same',
    (socket) => socket.end(whole('200', '{"text":"Server is busy","code":9}')),
    ['webhook', 'otlp'],
  ],
  ['500 with a page', (socket) => socket.end(whole('500', '<html>Oops')), []],
  ['a redirect', (socket) => socket.end(whole('302', '', 'location: http://127.0.0.1:1/\r\n')), []],
  [
    'a redirect that keeps the method',
    (socket) => socket.end(whole('307', '', 'location: http://127.0.0.1:1/\r\n')),
    [],
  ],
  ['the page of a proxy that wants a sign-in', (socket) => socket.end(page()), []],
  [
    '200 whose acknowledgement nobody can ask for',
    (socket) => socket.end(whole('200', '{"text":"Success","code":0,"ackId":0}')),
    ['webhook', 'otlp'],
  ],
  ['200 and nothing', (socket) => socket.end(whole('200', '')), ['webhook', 'otlp']],
  ['200 and half of its JSON', (socket) => socket.end(whole('200', '{"text":"Succ')), ['webhook', 'otlp']],
  ['a body that never ends', (socket) => endless(socket), []],
  ['what is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), []],
];

function page(): string {
  return whole('200', '<!doctype html><title>Sign in</title>', 'content-type: text/html; charset=utf-8\r\n');
}

function slowly(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++] ?? ''), 5);
  socket.on('close', () => clearInterval(timer));
}

function cut(socket: Socket, text: string): void {
  socket.write(text, () => socket.resetAndDestroy());
}

function endless(socket: Socket): void {
  socket.write(`HTTP/1.1 200 OK\r\n${json}\r\n`);
  const more = () => {
    while (!socket.destroyed && socket.write('x'.repeat(16_000)));
  };
  socket.on('drain', more);
  more();
}

async function rude(answer: (socket: Socket) => unknown): Promise<{ readonly host: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.each(Object.entries(SINKS))('what answers %s', (name, make) => {
  it.each(RUDE)('%s: is a yes only where it says so, within its time', async (_, answer, taken) => {
    const { host } = await rude(answer);
    const sink = make(`http://${host}`, outgoing({ hosts: [host], addresses: ['127.0.0.0/8'] }));
    const begun = performance.now();
    const said = await sink.write(batch, AbortSignal.timeout(WAIT_MS)).then(
      () => 'taken',
      () => 'asked again',
    );
    expect(said).toBe(taken.includes(name) ? 'taken' : 'asked again');
    expect(performance.now() - begun).toBeLessThan(WAIT_MS * 10);
  });
});

describe.each(Object.entries(SINKS))('what asks %s to wait', (_, make) => {
  it.each([
    ['429', 'retry-after: 120\r\n', 120_000],
    ['503', 'date: Mon, 24 Nov 2025 10:00:00 GMT\r\nretry-after: Mon, 24 Nov 2025 10:02:30 GMT\r\n', 150_000],
    ['429', '', undefined],
  ])('%s with %o is asked again after %o ms', async (status, headers, waitMs) => {
    const { host } = await rude((socket) => socket.end(whole(status, '', headers)));
    const sink = make(`http://${host}`, outgoing({ hosts: [host], addresses: ['127.0.0.0/8'] }));
    const error = await sink.write(batch, AbortSignal.timeout(WAIT_MS * 10)).catch((told: unknown) => told);
    expect(error).toMatchObject({ code: 'outgoingSilent', retryAfterMs: waitMs });
  });
});
