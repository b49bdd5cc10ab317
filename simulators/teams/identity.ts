import { createServer, type IncomingMessage, type Server } from 'node:http';
import { guarded, type Reply, send } from './http.ts';

/** Managed identities by client id: the claims that their tokens have besides the audience. */
export type Identities = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

interface IdentityOptions {
  readonly identities: Identities;
  /** What App Service puts into `IDENTITY_HEADER`. */
  readonly header: string;
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
}

const TOKEN_SECONDS = 86_400;
const IMDS = '/metadata/identity/oauth2/token';
const APP_SERVICE = '/msi/token';

/**
 * Where a machine of Azure asks for tokens of its managed identities: the Instance Metadata Service of a VM
 * ("How to use managed identities on a virtual machine") and the endpoint of App Service ("REST endpoint reference").
 */
export function createIdentity({ identities, header, sign }: IdentityOptions): Server {
  const faultOf = (request: IncomingMessage, url: URL): Reply | undefined => {
    const { searchParams } = url;
    // Microsoft's own client ends the path with a slash.
    const pathname = url.pathname.replace(/\/$/, '');
    const bad = (error: string): Reply => ({ status: 400, body: { error, error_description: error } });
    if (request.method !== 'GET') return { status: 405 };
    const isImds = pathname === IMDS;
    if (!isImds && pathname !== APP_SERVICE) return { status: 404 };
    if (isImds && request.headers.metadata !== 'true') return bad('bad_request_102');
    if (!isImds && request.headers['x-identity-header'] !== header) return { status: 401 };
    if (searchParams.get('api-version') !== (isImds ? '2018-02-01' : '2019-08-01')) return bad('invalid_request');
    if (!searchParams.get('resource')) return bad('invalid_request');
    return identities.has(searchParams.get('client_id') ?? '') ? undefined : bad('invalid_request');
  };
  return createServer(
    guarded(async (request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const fault = faultOf(request, url);
      if (fault) return send(response, fault);
      const resource = url.searchParams.get('resource') ?? '';
      const clientId = url.searchParams.get('client_id') ?? '';
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now, exp: now + TOKEN_SECONDS };
      const token = await sign({ ...identities.get(clientId), ...times, aud: resource, appid: clientId });
      const body = {
        access_token: token,
        client_id: clientId,
        expires_in: `${TOKEN_SECONDS}`,
        expires_on: `${now + TOKEN_SECONDS}`,
        not_before: `${now}`,
        resource,
        token_type: 'Bearer',
      };
      return send(response, { status: 200, body });
    }),
  );
}
