import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../ports/log.ts';
import { send, text } from './reply.ts';

const LONGEST_PATH = 200;

/** Answers what is not taken with a plain line, and leaves one in the log. Neither says anything of what was sent. */
export interface Refusals {
  /** What is no request: too slow, too many headers, no HTTP. */
  connection(error: Error & { readonly code?: string }, socket: Socket): void;
  /** A request that the server could not take: too big, cut short, an address that cannot be read. */
  unread(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void;
  notFound(request: FastifyRequest, reply: FastifyReply): void;
  notAllowed(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): void;
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
    // What is left of its body is not wanted.
    send(reply, text(status, `${STATUS_CODES[status]}.`, { ...headers, connection: 'close' }));
  };
  const failed = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    log.error({ error, path: pathOf(request) }, 'a request failed');
    return send(reply, text(500, 'Something went wrong.'));
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
    failed,
  };
}

/** Without the query, in which a secret may be. */
function pathOf({ url }: FastifyRequest): string {
  return (url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH);
}
