import { createHash, timingSafeEqual } from 'node:crypto';
import type { Closings, Health } from '../ports/health.ts';
import type { Route } from '../ports/http.ts';
import { asJson } from './json.ts';

interface Told {
  readonly health: Health;
  readonly about: Readonly<Record<string, string>>;
  readonly closings: () => Closings;
  readonly lifeboat: () => { readonly isOn: boolean; readonly wentBack: boolean };
}

/** `GET /status`, for operators with the token: what is served, what is degraded and since when, and how late closings are. */
export function statusRoute(token: string, { health, about, closings, lifeboat }: Told): Route {
  const right = digest(`Bearer ${token}`);
  return {
    method: 'GET',
    path: '/status',
    handle({ headers }) {
      // Equal lengths, and as long for a wrong one as for the right one.
      if (!timingSafeEqual(digest(headers.authorization ?? ''), right))
        return asJson(401, { error: 'a token is needed' });
      const parts = health.parts().map(({ since, ...part }) => ({ ...part, since: new Date(since).toISOString() }));
      const missing = health.missing();
      return asJson(200, {
        ...about,
        ready: missing.length === 0,
        missing,
        lifeboat: lifeboat(),
        closings: closings(),
        parts,
      });
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
