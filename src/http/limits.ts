import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';

/** What one client, or all of them, may use of the server. They hold for every route. */
export interface HttpLimits {
  /** From the connection, or the end of the request before, to the last header. */
  readonly headersMs: number;
  /** To the last byte of the body. */
  readonly requestMs: number;
  /** How often the two above are looked at, so that both may be late by this much. */
  readonly checkMs: number;
  /** Nothing is read or written for this long: the connection is cut, whoever is at work on it. */
  readonly silenceMs: number;
  /** A connection without a request. Longer than the 60 s of most load balancers, or they meet one that is just being closed. */
  readonly idleMs: number;
  /** What is under way when the server closes. */
  readonly closeMs: number;
  readonly connections: number;
  /** Replies that go on. Of connections, they leave most to deliveries. */
  readonly streams: number;
  /** All headers of a request together, with its first line. */
  readonly headerBytes: number;
}

export const LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 15_000,
  checkMs: 1_000,
  silenceMs: 30_000,
  idleMs: 65_000,
  closeMs: 5_000,
  connections: 1_000,
  streams: 200,
  headerBytes: 16_384,
};

/** The limits that Node's own server keeps (Node, "http.createServer": options). */
export function nodeOptions({
  headersMs,
  requestMs,
  checkMs,
  silenceMs,
  idleMs,
  headerBytes,
}: HttpLimits): FastifyHttpOptions<Server> {
  return {
    http: { headersTimeout: headersMs, connectionsCheckingInterval: checkMs, maxHeaderSize: headerBytes },
    requestTimeout: requestMs,
    connectionTimeout: silenceMs,
    keepAliveTimeout: idleMs,
  };
}
