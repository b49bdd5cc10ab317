import { randomBytes } from 'node:crypto';
import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { JitError } from '../core/errors/errors.ts';
import type { HttpReply } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { problemIn } from './api/problem.ts';
import { send, text } from './reply.ts';
import { withRest } from './rest-of-body.ts';

const LONGEST_PATH = 200;
const STOPPING_MS = 5_000;
/** Whoever sent it tries again, and by then another process answers. */
const STOPPING = text(503, 'Drawbridge is stopping. Try again.', { connection: 'close', 'retry-after': '5' });

/** Answers what is not taken with a plain line, or as the API refuses at its paths, and leaves a line in the log. Neither says anything of what was sent. */
export interface Refusals {
  /** What is no request: too slow, too many headers, no HTTP. */
  connection(error: Error & { readonly code?: string }, socket: Socket): void;
  /** A request that the server could not take: too big, cut short, an address that cannot be read. */
  unread(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void;
  notFound(request: FastifyRequest, reply: FastifyReply): void;
  notAllowed(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): void;
  /** The server closes: whoever it was tries again, and by then another process answers. */
  stopping(path: string): HttpReply;
  /** What a route's own `handle` threw: a 500. */
  failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

/** By Node's codes (Node, "http: Event 'clientError'"); everything else is a bad request. */
const STATUS_OF: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

interface Why {
  readonly status: number;
  readonly why: string;
  readonly headers?: OutgoingHttpHeaders;
}

export function refusals(log: Log): Refusals {
  const refuse = (request: FastifyRequest, reply: FastifyReply, { status, why, headers }: Why) => {
    log.warn({ status, why, method: request.method, path: pathOf(request) }, 'a request was refused');
    const closing = { ...headers, connection: 'close' };
    const said = isOfApi(request.url)
      ? problemIn(refusalOf(status, request, headers), { headers: closing })
      : text(status, `${STATUS_CODES[status]}.`, closing);
    withRest(request.raw, said, (answer) => send(reply, answer));
  };
  const failed = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    log.error({ error, path: pathOf(request) }, 'a request failed');
    if (!isOfApi(request.url)) return send(reply, text(500, 'Something went wrong.'));
    const reference = randomBytes(5).toString('hex');
    log.error({ reference, path: pathOf(request) }, 'it was told with a reference');
    return send(reply, problemIn(new JitError('bug', { reference })));
  };
  return {
    connection(error, socket) {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      const status = STATUS_OF[error.code ?? ''] ?? 400;
      log.warn({ status, why: error.code }, 'a request was refused');
      // NB. after bytes of another answer it would be taken for more of that.
      if (socket.writable && socket.bytesWritten === 0)
        socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      socket.destroy(error);
    },
    unread(error, request, reply) {
      const { statusCode: status = 500, code: why } = error;
      // Whoever it was is gone; or was cut off by a limit, which has its own line.
      if (request.raw.destroyed && !request.raw.complete) reply.send('');
      else if (status >= 400 && status < 500) refuse(request, reply, { status, why });
      else failed(error, request, reply);
    },
    notFound: (request, reply) => refuse(request, reply, { status: 404, why: 'no such path' }),
    notAllowed: (request, reply, allowed) =>
      refuse(request, reply, { status: 405, why: 'not this method', headers: { allow: allowed.join(', ') } }),
    stopping: (path) =>
      isOfApi(path)
        ? problemIn(new JitError('stopping', {}, { retryAfterMs: STOPPING_MS }), { headers: { connection: 'close' } })
        : STOPPING,
    failed,
  };
}

/** Where programs call: they read what is refused as they read every other refusal there. */
function isOfApi(url: string): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url);
}

/** As the API says it. What the server itself cannot read of a call has no field. */
function refusalOf(status: number, { method }: FastifyRequest, { allow }: OutgoingHttpHeaders = {}): JitError {
  if (status === 404) return new JitError('noSuchCall');
  if (status === 405) return new JitError('otherMethod', { methods: String(allow), method });
  if (status === 413) return new JitError('bodyTooLong');
  return new JitError('malformedCall', { faults: 'its address, headers, or body cannot be read' });
}

/** Without the query, in which a secret may be. */
function pathOf({ url }: FastifyRequest): string {
  return (url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH);
}
