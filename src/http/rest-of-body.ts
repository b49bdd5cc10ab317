import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { HttpReply } from '../ports/http.ts';
import type { Outgo } from './reply.ts';

/** More than a proxy lets through where nobody said otherwise (nginx: 1 MB), and soon dropped. */
const MOST_BYTES = 2_000_000;
const MOST_MS = 2_000;

/**
 * Refuses a request whose body is still on its way: the answer goes out at once, and what comes meanwhile is dropped, up to a limit, before the
 * connection is closed. Closed at once, it would be reset under a proxy that still sends, which then tells its client of a bad gateway
 * (RFC 9112, section 9.6).
 */
export function withRest(raw: IncomingMessage, answer: HttpReply, send: (answer: Outgo) => unknown): void {
  const { headers, method } = raw;
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  const { body = '' } = answer;
  if (raw.complete || !hasBody || method === 'HEAD') return void send(answer);
  const whole = Buffer.from(body);
  const told = { ...answer.headers, 'content-length': whole.byteLength };
  send({ ...answer, headers: told, body: Readable.from(thenDropped(whole, raw)) });
}

async function* thenDropped(whole: Buffer, raw: IncomingMessage): AsyncGenerator<Buffer> {
  yield whole;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, MOST_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    raw.on('data', (part: Buffer) => {
      bytes += part.byteLength;
      if (bytes > MOST_BYTES) end();
    });
    for (const event of ['end', 'close', 'error']) raw.once(event, end);
    raw.resume();
  });
}
