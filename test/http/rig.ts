import { connect, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import type { HttpLimits } from '../../src/http/limits.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import type { HttpRequest, Route } from '../../src/ports/http.ts';

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Rig {
  readonly server: HttpServer;
  readonly port: number;
  /** What the routes were given, in order. */
  readonly taken: HttpRequest[];
  readonly log: Line[];
  /** Resolves once this many lines were logged. */
  logged(count: number): Promise<readonly Line[]>;
}

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** A server with `POST /take` (a kilobyte at most), which says how many bytes it got, and whatever routes a test adds. */
export async function serve(limits: Partial<HttpLimits> = {}, routes: readonly Route[] = []): Promise<Rig> {
  const log: Line[] = [];
  const taken: HttpRequest[] = [];
  let heard = () => {};
  const say = (level: string) => (fields: Line['fields'], message: string) => {
    log.push({ level, message, fields });
    heard();
  };
  const take: Route = {
    method: 'POST',
    path: '/take',
    bodyBytes: 1_024,
    handle(request) {
      taken.push(request);
      return { status: 200, body: String(request.body.length) };
    },
  };
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    routes: [take, ...routes],
    ready: async () => [],
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    limits: { checkMs: 20, ...limits },
  });
  ended.push(() => server.close());
  return {
    server,
    port: Number(new URL(server.url).port),
    taken,
    log,
    logged: (count) =>
      new Promise((resolve) => {
        heard = () => {
          if (log.length >= count) resolve(log);
        };
        heard();
      }),
  };
}

export interface Wire {
  readonly socket: Socket;
  /** All that came back until the other side hung up; how it hung up does not matter. */
  readonly rest: Promise<string>;
  /** What came back so far, once it holds this. */
  until(part: string): Promise<string>;
}

/** A raw connection that sends this at once. */
export function wire(port: number, sent = ''): Wire {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  let heard = () => {};
  socket.on('data', (part) => {
    got += part.toString('latin1');
    heard();
  });
  socket.on('error', () => {});
  const rest = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(got));
  });
  ended.push(async () => {
    socket.destroy();
    await rest;
  });
  socket.write(sent);
  return {
    socket,
    rest,
    until: (part) =>
      new Promise((resolve) => {
        heard = () => {
          if (got.includes(part)) resolve(got);
        };
        heard();
      }),
  };
}

/** The statuses of the answers in what came back. */
export function statuses(got: string): readonly number[] {
  return [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}

/** A request as it goes over the wire. */
export function request(line: string, headers: Readonly<Record<string, string | number>> = {}, body = ''): string {
  const all = Object.entries({ host: 'drawbridge', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${all.join('')}\r\n${body}`;
}
