import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { HttpReply } from '../ports/http.ts';

/**
 * What every reply has (OWASP, "HTTP Security Response Headers"). A page says itself what of its own it needs. Whether
 * all goes through TLS is for whoever ends it to say.
 */
const HEADERS: OutgoingHttpHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A line of plain text. */
export function text(status: number, line: string, headers: OutgoingHttpHeaders = {}): HttpReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${line}\n` };
}

/** What goes out: a body whole, or in pieces. */
export type Outgo = Omit<HttpReply, 'body'> & { readonly body?: HttpReply['body'] | Readable };

export function send(reply: FastifyReply, { status, headers, body = '' }: Outgo): FastifyReply {
  // Of a server that closes, nobody asks anything more.
  const closing = reply.server.server.listening ? {} : { connection: 'close' };
  return reply
    .code(status)
    .headers({ ...HEADERS, ...headers, ...closing })
    .send(body instanceof Uint8Array ? Buffer.from(body) : body);
}
