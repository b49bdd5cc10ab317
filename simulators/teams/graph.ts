import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from '../shared/faults.ts';
import { BOT_APP_ID, TENANT_ID } from '../world.ts';
import { answer, isJson, type LateEffects, type Reply, readBody, send } from './http.ts';
import type { Keys } from './keys.ts';
import { GRAPH_AUDIENCE } from './login.ts';
import type { Person, Tenant } from './tenant.ts';

export const GRAPH = '/graph';
/** What the organization's catalog calls the app. */
export const CATALOG_ID = '7c0e6d1a-93b5-4a2f-8d64-1e5f9b3a2c70';
const INSTALLED = /^\/graph\/v1\.0\/users\/([^/]+)\/teamwork\/installedApps$/;

export interface GraphOptions {
  readonly keys: Keys;
  readonly tenant: Tenant;
  readonly faults: Faults;
  readonly late: LateEffects;
  /** Whether an administrator gave `TeamsAppInstallation.ReadWriteSelfForUser.All`. */
  readonly mayInstall: () => boolean;
  /** The app was added: Teams tells the bot. */
  readonly added: (person: Person) => void;
}

const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message, innerError: {} } },
});

/** Microsoft Graph, as far as it adds an app for a person ("userScopeTeamsAppInstallation: add"). */
export async function serveGraph(options: GraphOptions, request: IncomingMessage, response: ServerResponse) {
  const { keys, tenant, faults, late } = options;
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const text = (await readBody(request)).toString();
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  const claims = await keys.verifyLogin(token, GRAPH_AUDIENCE).catch(() => undefined);
  if (scheme !== 'Bearer' || claims?.appid !== BOT_APP_ID || claims.tid !== TENANT_ID)
    return send(response, refusal(401, 'InvalidAuthenticationToken', 'Access token is empty or invalid.'));
  const [, id = ''] = INSTALLED.exec(url.pathname) ?? [];
  if (request.method !== 'POST' || id === '')
    return send(response, refusal(400, 'BadRequest', `Resource not found for '${url.pathname}'.`));
  return answer(response, faults.take('installApp'), late, refusal, () => {
    if (!options.mayInstall()) return refusal(403, 'Forbidden', 'Missing role permissions on the request.');
    const person = tenant.person(decodeURIComponent(id));
    if (!person || person.entraId !== id) return refusal(404, 'NotFound', 'User not found.');
    const fault = faultIn(text);
    if (fault) return fault;
    if (person.installed) return refusal(409, 'Conflict', 'App already installed for the user.');
    tenant.setPerson(person.entraId, { installed: true });
    options.added(tenant.need(person.entraId));
    return { status: 201 };
  });
}

function faultIn(text: string): Reply | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refusal(400, 'BadRequest', 'The body is not JSON.');
  }
  const bound = isJson(body) && Object.keys(body).length === 1 ? `${body['teamsApp@odata.bind']}` : '';
  if (!/^https?:\/\/.+\/v1\.0\/appCatalogs\/teamsApps\/[^/]+$/.test(bound))
    return refusal(400, 'BadRequest', "'teamsApp@odata.bind' alone is expected.");
  return bound.endsWith(`/${CATALOG_ID}`) ? undefined : refusal(404, 'NotFound', 'The app is not in the catalog.');
}
