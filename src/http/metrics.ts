import type { Route } from '../ports/http.ts';
import { asJson } from './json.ts';
import { bearing } from './token.ts';

/** `GET /metrics`, for Prometheus with the token of the operators. `read` gives the text, and its media type. */
export function metricsRoute(
  token: string,
  read: () => Promise<{ readonly type: string; readonly body: string }>,
): Route {
  const isAllowed = bearing(token);
  return {
    method: 'GET',
    path: '/metrics',
    async handle(request) {
      if (!isAllowed(request)) return asJson(401, { error: 'a token is needed' });
      const { type, body } = await read();
      return { status: 200, headers: { 'content-type': type }, body };
    },
  };
}
