import { DAY_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Login } from './credential.ts';
import { failureOf } from './errors.ts';
import type { Settings } from './settings.ts';

/** Whoever took the app off does not find it there again at once. */
const TRIED_MS = DAY_MS;
/** A right that is missing is missing for all. */
const REFUSED_MS = 10 * MINUTE_MS;
const MOST_KEPT = 5_000;

export interface Installer {
  /** Adds the app for a person, at most once a day. False where it was not added now. Rejects with a `ConnectorFailure` when it is to be tried again. */
  install(user: string, signal: AbortSignal): Promise<boolean>;
}

interface Installing {
  readonly settings: Settings;
  /** For Graph. */
  readonly login: Login;
  /** Monotonic, in ms. */
  readonly now: () => number;
}

/** What its tokens are for: an emulator takes those of the public cloud. */
export function graphResource(graph: string): string {
  const { origin, protocol } = new URL(graph);
  return protocol === 'https:' ? origin : 'https://graph.microsoft.com';
}

/** Adds the app through Graph, where the settings name it (Graph, "userScopeTeamsAppInstallation: add"). */
export function installer({ settings, login, now }: Installing): Installer | undefined {
  const { install } = settings;
  if (!install) return undefined;
  const graph = `${install.graph.replace(/\/$/, '')}/v1.0`;
  const body = JSON.stringify({ 'teamsApp@odata.bind': `${graph}/appCatalogs/teamsApps/${install.app}` });
  const tried = new Map<string, number>();
  let refusedUntil = Number.NEGATIVE_INFINITY;

  async function add(user: string, signal: AbortSignal): Promise<number> {
    const response = await fetch(`${graph}/users/${encodeURIComponent(user)}/teamwork/installedApps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await login.token(signal)}`, 'content-type': 'application/json' },
      body,
      redirect: 'error',
      signal,
    });
    await response.body?.cancel();
    const { status, headers } = response;
    if (status === 429 || status >= 500) throw failureOf({ statusCode: status, response: { headers } });
    return status;
  }

  return {
    async install(user, signal) {
      if (refusedUntil > now() || (tried.get(user) ?? Number.NEGATIVE_INFINITY) > now()) return false;
      const status = await add(user, signal).catch((error: unknown) => {
        throw failureOf(error);
      });
      if (status === 401 || status === 403) refusedUntil = now() + REFUSED_MS;
      else {
        if (tried.size >= MOST_KEPT) tried.clear();
        tried.set(user, now() + TRIED_MS);
      }
      // 409: it was there before, so that is not why they cannot be reached.
      return status >= 200 && status < 300;
    },
  };
}
