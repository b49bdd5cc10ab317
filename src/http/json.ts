import type { z } from 'zod';
import type { HttpReply, HttpRequest, Route } from '../ports/http.ts';

const MOST_FAULTS = 20;

/**
 * Handles a route that takes JSON of the schema's shape, for the API to come: what is none, or of another shape, gets a 4xx
 * that says where, and never comes to `answer`. Only `application/json` passes: no page of somebody else can have that
 * sent without asking first (Fetch, "CORS-safelisted request-header").
 */
export function takesJson<T>(
  schema: z.ZodType<T>,
  answer: (asked: T, request: HttpRequest) => HttpReply | Promise<HttpReply>,
): Route['handle'] {
  return (request) => {
    if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
      return asJson(415, { error: 'application/json is expected' });
    const read = parsed(request.body);
    if (read === undefined) return asJson(400, { error: 'this is no JSON' });
    const { success, data, error } = schema.safeParse(read);
    if (success) return answer(data, request);
    const faults = error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => ({ path: path.join('.'), message }));
    return asJson(422, { error: 'this is not what is expected', faults });
  };
}

export function asJson(status: number, said: unknown): HttpReply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(said) };
}

/** Undefined for what is no JSON, which has no such value. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
