import { createServer, type Server } from 'node:https';
import type { Certificate } from '../shared/certificate.ts';
import type { Faults } from '../shared/faults.ts';
import { judgeAssertion, type Refused, type Trust } from './assertion.ts';
import { answer, guarded, type LateEffects, type Reply, readBody, send } from './http.ts';
import type { Keys } from './keys.ts';

/** Audience of the tokens that the connector takes (Bot Framework's authentication page). */
export const CONNECTOR_AUDIENCE = 'https://api.botframework.com';
/** Audience of the tokens that Microsoft Graph takes. */
export const GRAPH_AUDIENCE = 'https://graph.microsoft.com';
const TOKEN_SECONDS = 3600;

export interface LoginOptions {
  readonly certificate: Certificate;
  readonly keys: Keys;
  readonly faults: Faults;
  readonly late: LateEffects;
  readonly tenantId: string;
  readonly appId: string;
  readonly appPassword: () => string;
  readonly trust: Trust;
}

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** An error in the words of the Microsoft identity platform: an OAuth code and an AADSTS number. */
function refuse(status: number, error: string, aadsts: number, text: string): Reply {
  return { status, body: { error, error_description: `AADSTS${aadsts}: ${text}`, error_codes: [aadsts] } };
}

/** What is wrong with the assertion that a form has in place of a secret. */
async function assertionFault(form: URLSearchParams, options: LoginOptions, endpoint: string) {
  const jwt = form.get('client_assertion');
  if (jwt === null) return undefined;
  if (form.get('client_assertion_type') !== ASSERTION || form.has('client_secret'))
    return { aadsts: 700026, text: 'One way to authenticate the client is wanted.' };
  return judgeAssertion(jwt, options.trust, { appId: options.appId, audience: endpoint });
}

function judge(form: URLSearchParams, options: LoginOptions, fault: Refused | undefined): Reply | undefined {
  const grant = form.get('grant_type');
  if (grant !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`);
  if (form.get('client_id') !== options.appId)
    return refuse(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
  if (fault) return refuse(401, 'invalid_client', fault.aadsts, fault.text);
  if (!form.has('client_assertion') && form.get('client_secret') !== options.appPassword())
    return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  if (audienceIn(form) === undefined)
    return refuse(400, 'invalid_scope', 70011, 'The provided value for the input parameter scope is not valid.');
  return undefined;
}

/** What the token that is asked for is good for; undefined for what the bot may not ask. */
function audienceIn(form: URLSearchParams): string | undefined {
  const scopes = (form.get('scope') ?? '').split(' ');
  return [CONNECTOR_AUDIENCE, GRAPH_AUDIENCE].find((audience) => scopes.includes(`${audience}/.default`));
}

/**
 * The login of the bot: the tenant's client-credentials token endpoint and the pages that MSAL reads before it asks.
 * It speaks TLS because MSAL refuses plain http. Instants in tokens are real time: the clients judge them by theirs.
 */
export function createLogin(options: LoginOptions): Server {
  const { keys, tenantId, appId } = options;
  const tenantPath = `/${tenantId}`;

  const token = (claims: string): Reply => ({
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token: claims },
  });
  const page = (origin: string, path: string): Reply => {
    if (path === `${tenantPath}/v2.0/.well-known/openid-configuration`)
      return {
        status: 200,
        body: {
          issuer: `${origin}${tenantPath}/v2.0`,
          authorization_endpoint: `${origin}${tenantPath}/oauth2/v2.0/authorize`,
          token_endpoint: `${origin}${tenantPath}/oauth2/v2.0/token`,
          jwks_uri: `${origin}${tenantPath}/discovery/v2.0/keys`,
        },
      };
    return refuse(404, 'invalid_request', 90002, `Nothing at '${path}'.`);
  };

  const serve: Parameters<typeof guarded>[0] = async (request, response) => {
    options.late.settle();
    const url = new URL(request.url ?? '/', `https://${request.headers.host}`);
    if (request.method !== 'POST') return send(response, page(url.origin, url.pathname));
    if (url.pathname !== `${tenantPath}/oauth2/v2.0/token`)
      return send(response, refuse(400, 'invalid_request', 90002, `Tenant or page '${url.pathname}' not found.`));
    const form = new URLSearchParams((await readBody(request)).toString());
    const fault = await assertionFault(form, options, `${url.origin}${url.pathname}`);
    const now = Math.floor(Date.now() / 1000);
    const signed = await keys.sign('login', {
      aud: audienceIn(form) ?? CONNECTOR_AUDIENCE,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: now,
      nbf: now,
      exp: now + TOKEN_SECONDS,
      appid: appId,
      tid: tenantId,
      ver: '1.0',
    });
    const asEntra = (status: number, code: string, message: string) => refuse(status, code, 90033, message);
    return answer(response, options.faults.take('token'), options.late, asEntra, () => {
      return judge(form, options, fault) ?? token(signed);
    });
  };
  return createServer({ key: options.certificate.key, cert: options.certificate.cert }, guarded(serve));
}
