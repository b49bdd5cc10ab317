import type { IncomingMessage } from 'node:http';

/** Bytes of a posted body; everything that the page posts is far smaller. */
export const BODY_LIMIT = 65_536;

/** A request that is not taken, with the HTTP status that says so. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Keeps other sites out: a page of theirs may name this server (the Host then is their own, after DNS rebinding) or post
 * to it from elsewhere (the Origin then is theirs). Throws `Refused`.
 *
 * 1. The Host must be loopback with our port.
 * 2. A post must come from a page of that same host, as JSON: browsers send no JSON across sites unasked.
 */
export function checkCaller({ method, headers }: IncomingMessage, port: number): void {
  const host = headers.host ?? '';
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(host)) throw new Refused(421, 'This is not my name.');
  if (method === 'GET' || method === 'HEAD') return;
  if (method !== 'POST') throw new Refused(405, 'Only GET and POST are served.');
  if (headers.origin !== `http://${host}`) throw new Refused(403, 'Only this page itself may post here.');
  const [type] = (headers['content-type'] ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/json') throw new Refused(415, 'Only JSON is taken.');
}

/** The posted JSON; throws `Refused` when it is none or too long. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > BODY_LIMIT) throw new Refused(413, `No more than ${BODY_LIMIT} bytes are taken.`);
    parts.push(part as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    throw new Refused(400, 'This is not JSON.');
  }
}
