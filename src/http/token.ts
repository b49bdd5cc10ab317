import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../ports/http.ts';

/** Whether a request bears the token of the operators. */
export function bearing(token: string): (request: Pick<HttpRequest, 'headers'>) => boolean {
  const right = digest(`Bearer ${token}`);
  // Equal lengths, and as long for a wrong one as for the right one.
  return ({ headers }) => timingSafeEqual(digest(headers.authorization ?? ''), right);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
