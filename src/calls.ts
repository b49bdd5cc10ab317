import { deskFor } from './app/api/desk.ts';
import type { Deps } from './app/deps.ts';
import { tracedDeliveries } from './app/inbox/traced.ts';
import { apiRoutes } from './http/api/room.ts';
import { limiter } from './kit/limiter.ts';
import type { ApiRoom } from './ports/api.ts';
import type { Route } from './ports/http.ts';

/** Of one person, or of one address from which nobody is known: whoever waits for a decision looks every two seconds. */
const LIMIT = { burst: 60, perSecond: 2 };

/** The HTTP API; nothing where nobody can sign in to it. */
export function callsOf(installation: string, deps: Deps, room: ApiRoom | undefined): readonly Route[] {
  if (!room) return [];
  return apiRoutes({
    door: (call) => tracedDeliveries(deps, 'api', deskFor(deps, call)),
    tokens: room.tokens,
    signIn: { ...room.signIn, installation },
    wait: limiter(LIMIT, deps.monotonic),
    log: deps.log,
  });
}
