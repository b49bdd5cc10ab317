import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../../src/ports/http.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Limits } from './settings.ts';

/** What is answered to a delivery: a status, and a body for invokes alone. */
export interface Reply {
  readonly status: number;
  readonly body?: object;
}

/** What is wrong with a request before anybody looks at what it says. */
class Unread extends Error {
  override readonly name = 'Unread';
  readonly status: number;

  constructor(status: number, why: string) {
    super(why);
    this.status = status;
  }
}

/** The messaging endpoint: reads JSON within its limits and answers. Whatever is refused is told to the log alone. */
export function receiver(
  path: string,
  limits: Limits,
  log: Log,
  take: (body: unknown, authorization: string) => Promise<Reply>,
): Route {
  return {
    path,
    async handle(request, response) {
      try {
        const body = await readJson(request, limits);
        answer(response, await take(body, request.headers.authorization ?? ''));
      } catch (error) {
        if (!(error instanceof Unread)) throw error;
        log.warn({ code: 'forged', why: error.message }, 'a delivery from Teams was refused');
        // What was not read is not wanted either.
        response.setHeader('connection', 'close');
        answer(response, { status: error.status });
      }
    },
  };
}

function answer(response: ServerResponse, { status, body }: Reply): void {
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage, limits: Limits): Promise<unknown> {
  if (request.method !== 'POST') throw new Unread(405, 'not a POST');
  if (!isJson(request.headers['content-type'])) throw new Unread(415, 'not application/json');
  if (request.headers['content-encoding'] !== undefined) throw new Unread(415, 'a content encoding');
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) throw new Unread(413, 'too big');
  try {
    return JSON.parse((await read(request, limits)).toString('utf8'));
  } catch (error) {
    throw error instanceof Unread ? error : new Unread(400, 'not JSON, or cut short');
  }
}

/** `application/json`, with no parameter but `charset=utf-8`. */
function isJson(contentType = ''): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType);
}

function read(request: IncomingMessage, { bodyBytes, bodyMs }: Limits): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const late = setTimeout(() => reject(new Unread(408, 'too slow')), bodyMs);
    const settle = (finish: () => void) => {
      clearTimeout(late);
      finish();
    };
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > bodyBytes) settle(() => reject(new Unread(413, 'too big')));
      else parts.push(part);
    });
    request.once('end', () => settle(() => resolve(Buffer.concat(parts))));
    request.once('error', (error) => settle(() => reject(error)));
    request.once('close', () => settle(() => reject(new Unread(400, 'cut short'))));
  });
}
