import type { HttpReply, HttpRequest, Route } from '../../src/ports/http.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Limits } from './settings.ts';

/** What is answered to a delivery: a status, and a body for invokes alone. */
export interface Reply {
  readonly status: number;
  readonly body?: object;
}

/** The messaging endpoint: takes JSON and answers. Whatever is refused is told to the log alone. */
export function receiver(
  path: string,
  { bodyBytes }: Limits,
  log: Log,
  take: (body: unknown, authorization: string) => Promise<Reply>,
): Route {
  const refuse = (status: number, why: string): HttpReply => {
    log.warn({ code: 'forged', why }, 'a delivery from Teams was refused');
    return { status };
  };
  return {
    method: 'POST',
    path,
    bodyBytes,
    async handle({ headers, body }: HttpRequest) {
      if (!isJson(headers['content-type'])) return refuse(415, 'not application/json');
      if (headers['content-encoding'] !== undefined) return refuse(415, 'a content encoding');
      const read = parsed(body);
      if (read === undefined) return refuse(400, 'not JSON');
      return answer(await take(read, headers.authorization ?? ''));
    },
  };
}

function answer({ status, body }: Reply): HttpReply {
  if (body === undefined) return { status };
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** `application/json`, with no parameter but `charset=utf-8`. */
function isJson(contentType = ''): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType);
}

/** Undefined for what is no JSON, which has no such value. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
