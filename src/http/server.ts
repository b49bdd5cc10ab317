import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Route } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';

export interface HttpServer {
  /** `http://127.0.0.1:3978` */
  readonly url: string;
  /** Takes no more connections, lets those under way finish, then cuts what is left. */
  close(): Promise<void>;
}

interface Options {
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  /** Answers `/readyz`: throws when something that is needed does not work. */
  readonly ready: () => Promise<void>;
  readonly log: Log;
}

/** A slow sender gets no more than this for headers and for the whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 15_000;
const CLOSE_MS = 5_000;

/** The one HTTP server: the chats' deliveries, `/healthz` (the process runs) and `/readyz` (it can work). */
export async function startServer(options: Options): Promise<HttpServer> {
  const { host, port, log } = options;
  const routes = new Map(options.routes.map((route) => [route.path, route]));
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: 16_384 },
    (request, response) => {
      answer(request, response, routes, options.ready).catch((error: unknown) => {
        log.error({ error, path: pathOf(request) }, 'a request failed');
        plain(response, 500, 'Something went wrong.');
      });
    },
  );
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => close(server),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: ReadonlyMap<string, Route>,
  ready: () => Promise<void>,
): Promise<void> {
  const path = pathOf(request);
  const route = routes.get(path);
  if (route) return route.handle(request, response);
  if (path === '/healthz') return plain(response, 200, 'ok');
  if (path !== '/readyz') return plain(response, 404, 'Nothing is here.');
  try {
    await ready();
    plain(response, 200, 'ready');
  } catch {
    plain(response, 503, 'not ready');
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function plain(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
