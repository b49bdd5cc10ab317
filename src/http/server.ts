import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { badConfig } from '../core/errors/bad-config.ts';
import type { Route } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { type HttpLimits, LIMITS, nodeOptions } from './limits.ts';
import { probes } from './probes.ts';
import { refusals } from './refusals.ts';
import { addRoutes, BODY_BYTES } from './routes.ts';
import { Streams } from './streams.ts';

export interface HttpServer {
  /** `http://127.0.0.1:3978` */
  readonly url: string;
  /** From now on deliveries are answered with 503; probes as ever. */
  drain(): void;
  /** Takes no more connections, lets those under way finish, then cuts what is left. */
  close(): Promise<void>;
}

/** The longest part of a path that is read: a ticket has up to 200 letters. */
const PARAM_LETTERS = 256;

interface Options {
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  /** Answers `/readyz`: the parts that are missing. Throws when Redis is. */
  readonly ready: () => Promise<readonly string[]>;
  /** Addresses and prefixes of proxies whose `X-Forwarded-For` is believed. Nobody’s without it, and never everybody’s. */
  readonly trustedProxies?: readonly string[];
  readonly log: Log;
  readonly limits?: Partial<HttpLimits>;
}

/**
 * The one HTTP server: the chats' deliveries, pages, `/healthz` (the process runs) and `/readyz` (it can work). Bodies are read
 * once, as bytes, and no route gets hold of the connection, so that the limits hold for all of them.
 */
export async function startServer({ host, port, log, trustedProxies = [], ...options }: Options): Promise<HttpServer> {
  const limits = { ...LIMITS, ...options.limits };
  const refuse = refusals(log);
  let isDraining = false;
  const routes = options.routes.map((route): Route => {
    return { ...route, handle: (request) => (isDraining ? refuse.stopping(route.path) : route.handle(request)) };
  });
  const app = fastify({
    ...nodeOptions(limits),
    // NB. nobody is believed to be somebody else, but proxies that are named by their addresses.
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: BODY_BYTES,
    // Its own would be loaded, a hundred files, and have nothing to do.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { maxParamLength: PARAM_LETTERS },
    clientErrorHandler: refuse.connection,
    frameworkErrors: refuse.unread,
  });
  app.setErrorHandler(refuse.unread);
  const streams = new Streams(limits.streams);
  addRoutes(app, [...routes, ...probes(options.ready)], refuse, streams);
  await app.ready();
  const { server } = app;
  server.maxConnections = limits.connections;
  server.on('drop', () =>
    log.warn({ connections: limits.connections }, 'a connection was refused: there are too many'),
  );
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    drain() {
      isDraining = true;
      streams.stop();
    },
    async close() {
      streams.stop();
      await close(server, limits.closeMs);
      await app.close();
    },
  };
}

/** What comes in and goes out is checked with zod, in the routes themselves. */
function noSchemas(): never {
  throw new Error('a route has a schema, and nothing here checks it');
}

/** What the settings are to blame for. */
const UNUSABLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port',
  EACCES: 'this user may not use this port',
  EADDRNOTAVAIL: 'this computer has no such address',
  ENOTFOUND: 'no such host is known',
};

/** NB. not fastify's own way to listen, which for `localhost` makes a second server, without some of the limits. */
function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = UNUSABLE[cause.code ?? ''];
      reject(why ? badConfig([`http: cannot listen on ${host}, port ${port}: ${why}`], cause) : cause);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function close(server: Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), ms);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
