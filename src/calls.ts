import { deskFor } from './app/api/desk.ts';
import type { Deps } from './app/deps.ts';
import { tracedDeliveries } from './app/inbox/traced.ts';
import { programVersion } from './config/version.ts';
import { apiDocument } from './http/api/document.ts';
import { apiRoutes } from './http/api/room.ts';
import { limiter } from './kit/limiter.ts';
import type { ApiRoom } from './ports/api.ts';
import type { Route } from './ports/http.ts';
import { apiPage } from './web/api-page.ts';

/** Of one person, or of one address from which nobody is known: whoever waits for a decision looks every two seconds. */
const LIMIT = { burst: 60, perSecond: 2 };

/** Calls with an `Idempotency-Key`, of one caller: what is kept of them for a day is bounded by it. */
const KEYED = { burst: 500, perSecond: 1_000 / 86_400 };

/** The HTTP API; nothing where nobody can sign in to it. */
export function callsOf(installation: string, deps: Deps, room: ApiRoom | undefined): readonly Route[] {
  if (!room) return [];
  const document = apiDocument(programVersion());
  const routes = apiRoutes({
    document,
    door: (call) => tracedDeliveries(deps, 'api', deskFor(deps, call)),
    tokens: room.tokens,
    signIn: { ...room.signIn, installation },
    wait: limiter(LIMIT, deps.monotonic),
    waitKeyed: limiter(KEYED, deps.monotonic),
    kept: deps.store,
    log: deps.log,
  });
  return [...routes, apiPage(document)];
}
