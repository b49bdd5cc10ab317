import type { Instant } from '../core/language/instant.ts';
import { type Drill, drillLateness } from '../core/request/drill.ts';
import type { Closings, Health } from '../ports/health.ts';
import type { Route } from '../ports/http.ts';
import type { LiveProcess } from '../ports/processes.ts';
import { asJson } from './json.ts';
import { bearing } from './token.ts';

/** A store that takes longer has no say. */
const STORE_MS = 2_000;

/** What of a changed configuration waits, and for what. */
export interface WaitingConfiguration {
  /** Sections that the next start takes up. */
  readonly forRestart: readonly string[];
  /** The change that its owners were asked about; `undefined` where none is. */
  readonly forApproval: { readonly version: string; readonly since: Instant; readonly approvals: number } | undefined;
}

interface Told {
  readonly health: Health;
  readonly about: Readonly<Record<string, string>>;
  readonly closings: () => Closings;
  readonly lifeboat: () => { readonly isOn: boolean; readonly wentBack: boolean; readonly why?: string };
  /** The last drill; undefined where there was none. */
  readonly drill: () => Promise<Drill | undefined>;
  /** What of a changed configuration does not hold yet. */
  readonly configuration: () => Promise<WaitingConfiguration>;
  /** All that serve or work on the same Redis, this one among them. */
  readonly processes: () => readonly LiveProcess[];
}

/**
 * `GET /status`, for operators with the token: what is served, what is degraded and since when, how late closings are, the last
 * drill, what of a changed configuration waits for a restart or its owners, and which processes live, with their versions.
 */
export function statusRoute(token: string, { health, about, configuration, ...told }: Told): Route {
  const isAllowed = bearing(token);
  return {
    method: 'GET',
    path: '/status',
    async handle(request) {
      if (!isAllowed(request)) return asJson(401, { error: 'a token is needed' });
      const parts = health.parts().map(({ since, ...part }) => ({ ...part, since: new Date(since).toISOString() }));
      const missing = health.missing();
      const [drill, waiting] = await Promise.all([
        inTime(() => drillIn(told.drill), 'unknown'),
        inTime(() => waitingIn(configuration), 'unknown'),
      ]);
      return asJson(200, {
        ...about,
        ready: missing.length === 0,
        missing,
        lifeboat: told.lifeboat(),
        closings: told.closings(),
        ...{ drill, waiting },
        processes: processesOf(told.processes()),
        parts,
      });
    },
  };
}

/** What it is, or what is said where a store that does not answer keeps it: whoever asks has to hear the rest now. */
async function inTime<T, E>(work: () => Promise<T>, orElse: E): Promise<T | E> {
  const { promise: late, resolve } = Promise.withResolvers<E>();
  const timer = setTimeout(() => resolve(orElse), STORE_MS);
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Without names. `unknown` where nobody can tell: no operator may think that nothing waits. */
async function waitingIn(configuration: Told['configuration']): Promise<Readonly<Record<string, unknown>> | 'unknown'> {
  try {
    const { forRestart, forApproval } = await configuration();
    const since = forApproval && new Date(forApproval.since).toISOString();
    return { forRestart, forApproval: forApproval ? { ...forApproval, since } : null };
  } catch {
    return 'unknown';
  }
}

/** `unknown` where nobody can tell: it is not that there was none. */
async function drillIn(drill: Told['drill']): Promise<ReturnType<typeof drillOf> | 'unknown'> {
  try {
    return drillOf(await drill());
  } catch {
    return 'unknown';
  }
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

/** This one is among those that are seen: where none is, nobody has seen them yet. */
function processesOf(live: readonly LiveProcess[]) {
  if (live.length === 0) return { sameVersions: 'unknown', sameRules: 'unknown', live };
  const kinds = new Set(live.map(({ config, program }) => `${program} ${config}`));
  return {
    sameVersions: kinds.size < 2,
    sameRules: new Set(live.map(({ config, rules }) => rules ?? config)).size < 2,
    live: live.map(({ id: _, since, ...one }) => ({ ...one, started: new Date(since).toISOString() })),
  };
}
