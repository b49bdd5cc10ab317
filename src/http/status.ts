import { type Drill, drillLateness } from '../core/request/drill.ts';
import type { Closings, Health } from '../ports/health.ts';
import type { Route } from '../ports/http.ts';
import type { LiveProcess } from '../ports/processes.ts';
import { asJson } from './json.ts';
import { bearing } from './token.ts';

interface Told {
  readonly health: Health;
  readonly about: Readonly<Record<string, string>>;
  readonly closings: () => Closings;
  readonly lifeboat: () => { readonly isOn: boolean; readonly wentBack: boolean };
  /** The last drill; absent where none is known. */
  readonly drill: () => Promise<Drill | undefined>;
  /** All that serve or work on the same Redis, this one among them. */
  readonly processes: () => readonly LiveProcess[];
}

/**
 * `GET /status`, for operators with the token: what is served, what is degraded and since when, how late closings are, the last
 * drill, and which processes live, with their versions.
 */
export function statusRoute(token: string, { health, about, closings, lifeboat, drill, processes }: Told): Route {
  const isAllowed = bearing(token);
  return {
    method: 'GET',
    path: '/status',
    async handle(request) {
      if (!isAllowed(request)) return asJson(401, { error: 'a token is needed' });
      const parts = health.parts().map(({ since, ...part }) => ({ ...part, since: new Date(since).toISOString() }));
      const missing = health.missing();
      return asJson(200, {
        ...about,
        ready: missing.length === 0,
        missing,
        lifeboat: lifeboat(),
        closings: closings(),
        drill: drillOf(await drill().catch(() => undefined)),
        processes: processesOf(processes()),
        parts,
      });
    },
  };
}

/** Without who began it: operators need no names. */
function drillOf(drill: Drill | undefined): Readonly<Record<string, unknown>> | null {
  if (!drill) return null;
  const { machineName, startedAt, dueAt, closedAt, outcome, why } = drill;
  const lateMs = drillLateness(drill);
  return {
    machine: machineName,
    started: new Date(startedAt).toISOString(),
    due: new Date(dueAt).toISOString(),
    ...(closedAt === undefined ? {} : { closed: new Date(closedAt).toISOString() }),
    ...(lateMs === undefined ? {} : { lateMs }),
    outcome: outcome ?? 'none',
    ...(why === undefined ? {} : { why }),
  };
}

function processesOf(live: readonly LiveProcess[]) {
  const kinds = new Set(live.map(({ config, program }) => `${program} ${config}`));
  return {
    sameVersions: kinds.size < 2,
    sameRules: new Set(live.map(({ config, rules }) => rules ?? config)).size < 2,
    live: live.map(({ id: _, since, ...one }) => ({ ...one, started: new Date(since).toISOString() })),
  };
}
