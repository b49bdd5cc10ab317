import { exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { Refusal } from './errors.ts';
import type { Caller, Route } from './route.ts';

/** The one application of the simulated tenant. */
export interface Application {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const OBJECT_ID = '5e5e5e5e-0000-4000-8000-0000000000aa';
const LIFETIME_SECONDS = 3599;

/** Parameters that MSAL adds for telemetry and that Entra takes without effect. */
const telemetry = /^(x-.+|client_info|client-request-id|claims)$/;
const known = new Set(['grant_type', 'client_id', 'client_secret', 'scope']);

const form = z.record(z.string(), z.string());

const refuse = (status: number, error: string, description: string): Refusal => new Refusal(status, error, description);

/** Resource of a scope `…/.default`, without slashes at its end. */
const bare = (resource: string): string => resource.replace(/\/+$/, '');

let shared: ReturnType<typeof generateKeyPair> | undefined;

/** Made once a process: a pair takes longer to make than most tests take. The issuer tells simulators apart. */
function processKeys(): ReturnType<typeof generateKeyPair> {
  shared ??= generateKeyPair('RS256');
  return shared;
}

/**
 * Entra ID for one tenant and one application with a secret (client credentials), and the check of its tokens. A
 * token's life is measured in real time, whatever the simulator's clock says, as clients do when they keep tokens.
 */
export async function createEntra(app: Application, origin: () => string) {
  const keys = await processKeys();
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'simulated-1', use: 'sig', alg: 'RS256' };
  /** Tokens that were seen to be good: the signature of one is not worked out again for each call. */
  const proven = new Map<string, JWTPayload>();
  const issuer = (): string => `${origin()}/${app.tenantId}/v2.0`;
  const audiences = {
    arm: () => ['https://management.azure.com', 'https://management.core.windows.net', origin()],
    graph: () => ['https://graph.microsoft.com', `${origin()}/graph`],
    vault: () => ['https://vault.azure.net'],
  };

  function checkTenant(tenant: string): void {
    if (tenant.toLowerCase() !== app.tenantId) {
      throw refuse(400, 'invalid_tenant', `AADSTS90002: Tenant '${tenant}' not found.`);
    }
  }

  async function token(body: unknown, authorization: string | undefined) {
    const parsed = form.safeParse(body);
    if (!parsed.success) throw refuse(400, 'invalid_request', 'AADSTS900144: The request body is not a form.');
    const given = { ...parsed.data };
    if (authorization?.startsWith('Basic ')) {
      const [id = '', secret = ''] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
      given.client_id ??= decodeURIComponent(id);
      given.client_secret ??= decodeURIComponent(secret);
    }
    for (const name of Object.keys(given)) {
      if (!known.has(name) && !telemetry.test(name)) {
        throw refuse(400, 'invalid_request', `AADSTS9000411: The request parameter '${name}' is not supported.`);
      }
    }
    const { grant_type, client_id, client_secret, scope } = given;
    if (!grant_type) {
      throw refuse(400, 'invalid_request', "AADSTS900144: The request body must contain: 'grant_type'.");
    }
    if (grant_type !== 'client_credentials') {
      throw refuse(
        400,
        'unsupported_grant_type',
        `AADSTS70003: The app requested an unsupported grant type '${grant_type}'.`,
      );
    }
    if (client_id !== app.clientId) {
      const message = `AADSTS700016: Application with identifier '${client_id}' was not found in the directory.`;
      throw refuse(400, 'unauthorized_client', message);
    }
    if (client_secret !== app.clientSecret) {
      throw refuse(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
    }
    // MSAL asks for OpenID's own scopes too when it is told to; alone they are not a resource.
    const resources = (scope ?? '').split(' ').filter((s) => !/^(openid|profile|offline_access)?$/.test(s));
    const [wanted] = resources;
    if (!wanted || resources.length > 1 || !wanted.endsWith('/.default')) {
      const message = `AADSTS1002012: The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`;
      throw refuse(400, 'invalid_scope', message);
    }
    const audience = bare(wanted.slice(0, -'/.default'.length));
    if (!Object.values(audiences).some((some) => some().includes(audience))) {
      throw refuse(
        400,
        'invalid_resource',
        `AADSTS500011: The resource principal named ${audience} was not found in the tenant.`,
      );
    }
    const issued = Math.floor(Date.now() / 1000);
    const claims = { tid: app.tenantId, oid: OBJECT_ID, appid: app.clientId, idtyp: 'app', ver: '2.0' };
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid, typ: 'JWT' })
      .setIssuer(issuer())
      .setAudience(audience)
      .setSubject(OBJECT_ID)
      .setIssuedAt(issued)
      .setNotBefore(issued)
      .setExpirationTime(issued + LIFETIME_SECONDS)
      .sign(keys.privateKey);
    const times = { expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS };
    return { token_type: 'Bearer', ...times, access_token: signed };
  }

  async function prove(token: string, no: (code: string, message: string) => Refusal): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, keys.publicKey, { issuer: issuer() }).catch((error) => {
      const expired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
      if (expired) throw no('ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than now.');
      throw no('InvalidAuthenticationToken', 'The access token is invalid.');
    });
    proven.set(token, payload);
    return payload;
  }

  /** Who bears this `Authorization` header, or a refusal in the words of Resource Manager or Graph. */
  async function verify(area: keyof typeof audiences, authorization: string | undefined): Promise<Caller> {
    const challenge = {
      'WWW-Authenticate': `Bearer authorization_uri="${origin()}/${app.tenantId}", error="invalid_token"`,
    };
    const no = (code: string, message: string): Refusal =>
      new Refusal(401, area === 'arm' ? code : 'InvalidAuthenticationToken', message, challenge);
    if (!authorization?.startsWith('Bearer ')) {
      throw no('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing or invalid.");
    }
    const token = authorization.slice(7);
    const known = proven.get(token);
    const isFresh = known !== undefined && Number(known.exp) * 1000 > Date.now();
    const { aud, oid, appid } = isFresh ? known : await prove(token, no);
    if (typeof aud !== 'string' || !audiences[area]().includes(aud)) {
      throw no('InvalidAuthenticationTokenAudience', `The access token has been obtained for wrong audience '${aud}'.`);
    }
    return { objectId: String(oid), appId: String(appid) };
  }

  const routes: Route[] = [
    {
      operation: 'InstanceDiscovery',
      area: 'entra',
      method: 'GET',
      path: '/common/discovery/instance',
      query: ['authorization_endpoint', 'x-*'],
      handle: () => {
        const host = new URL(origin()).host;
        const metadata = [{ preferred_network: host, preferred_cache: host, aliases: [host] }];
        const tenant_discovery_endpoint = `${issuer()}/.well-known/openid-configuration`;
        return { status: 200, body: { tenant_discovery_endpoint, 'api-version': '1.1', metadata } };
      },
    },
    {
      operation: 'OpenIdConfiguration',
      area: 'entra',
      method: 'GET',
      path: '/{tenant}/v2.0/.well-known/openid-configuration',
      query: ['x-*'],
      handle: (call) => {
        checkTenant(call.param('tenant'));
        const base = `${origin()}/${app.tenantId}`;
        const body = {
          token_endpoint: `${base}/oauth2/v2.0/token`,
          token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
          jwks_uri: `${base}/discovery/v2.0/keys`,
          response_types_supported: ['code', 'id_token', 'token'],
          subject_types_supported: ['pairwise'],
          id_token_signing_alg_values_supported: ['RS256'],
          issuer: issuer(),
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          end_session_endpoint: `${base}/oauth2/v2.0/logout`,
        };
        return { status: 200, body };
      },
    },
    {
      operation: 'Keys',
      area: 'entra',
      method: 'GET',
      path: '/{tenant}/discovery/v2.0/keys',
      handle: (call) => {
        checkTenant(call.param('tenant'));
        return { status: 200, body: { keys: [jwk] } };
      },
    },
    {
      operation: 'Token',
      area: 'entra',
      method: 'POST',
      path: '/{tenant}/oauth2/v2.0/token',
      query: ['x-*', 'client-request-id'],
      handle: async (call) => {
        checkTenant(call.param('tenant'));
        const body = await token(call.body, call.headers.authorization);
        return { status: 200, body, headers: { 'Cache-Control': 'no-store, no-cache' } };
      },
    },
  ];
  return { routes, verify };
}
