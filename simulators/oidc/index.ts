import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { people, TENANT_ID } from '../world.ts';
import { type Api, accessTokenFor, serviceTokenFor } from './access.ts';
import { AuthorizeError, readAuthorize } from './authorize.ts';
import { DEVICE_GRANT, Devices } from './device.ts';
import {
  type Code,
  type OidcAccount,
  type OidcBehaviour,
  type OidcClient,
  type OidcPublicClient,
  OidcRefusal,
  type OidcService,
  type Waiting,
} from './model.ts';
import { accountsPage, errorPage } from './pages.ts';
import { idTokenFor, redeem } from './token.ts';

export interface OidcSimulator {
  readonly issuer: string;
  readonly client: OidcClient;
  /** Of the command line, which has a redirect address on loopback. */
  readonly cli: OidcPublicClient;
  /** Of the command line, for device codes. */
  readonly device: OidcPublicClient;
  /** An application that signs in by itself. */
  readonly service: OidcService;
  /** What access tokens are for. */
  readonly api: Api;
  /** Somebody types a user code and signs in, or declines without an account. */
  typeCode(userCode: string, oid?: string): void;
  /** An access token as the command line gets one. */
  accessToken(oid: string, through?: 'cli' | 'device'): Promise<string>;
  readonly behaviour: OidcBehaviour;
  /** Those who can sign in, by object id. */
  readonly accounts: Map<string, OidcAccount>;
  /** Signs with a new key from now on; the old one is published no more. */
  rotate(): Promise<void>;
  /** Takes deliveries of this redirect address alone. */
  register(redirectUri: string): void;
  stop(): Promise<void>;
}

const CODE_MS = 600_000;
const COOKIE = 'ESTSAUTH';

/**
 * An OpenID provider that behaves like Entra ID for one tenant and one web application: discovery, keys, the authorization code flow with
 * PKCE, sessions, `max_age`, `prompt`, and authentication contexts. Strict, from OpenID Connect Core and Discovery 1.0, RFC 6749 and
 * 7636, and Entra's pages on the code flow and on ID tokens; what it does not know it refuses.
 */
export async function startOidcSimulator(): Promise<OidcSimulator> {
  const client: OidcClient = {
    clientId: 'd0c1d0c1-0000-4000-8000-00000000000d',
    clientSecret: 'oidc-secret',
    redirectUri: '',
  };
  const audience = 'a0a1a0a1-0000-4000-8000-00000000000a';
  const api: Api = { audience, scope: `api://${audience}/jit` };
  const cli: OidcPublicClient = {
    clientId: 'c11ec11e-0000-4000-8000-00000000000c',
    isLoopback: true,
    hasPublicFlows: false,
  };
  const device: OidcPublicClient = {
    clientId: 'de71de71-0000-4000-8000-00000000000e',
    isLoopback: false,
    hasPublicFlows: true,
  };
  const service: OidcService = {
    clientId: '5e4f1ce5-0000-4000-8000-00000000000f',
    clientSecret: 'service-secret',
    oid: '5e4f1ce5-0000-4000-8000-000000000010',
  };
  const publicClients = [cli, device];
  const behaviour: OidcBehaviour = { skewMs: 0, contexts: [], authTimeAlways: false };
  const accounts = new Map<string, OidcAccount>(
    Object.values(people).map(({ entraId, name, email }) => [entraId, { oid: entraId, name, email }]),
  );
  const waiting = new Map<string, Waiting>();
  const codes = new Map<string, Code>();
  const sessions = new Map<string, { readonly account: OidcAccount; readonly authTime: number }>();
  let keys = await newKeys();
  let origin = '';
  const base = () => `${origin}/${TENANT_ID}`;
  const issuer = () => `${base()}/v2.0`;
  const now = () => Date.now() + behaviour.skewMs;

  const devices = new Devices({ clients: publicClients, apiScope: api.scope, behaviour, base, now });

  function back(redirectUri: string, params: Readonly<Record<string, string>>): string {
    const url = new URL(redirectUri);
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    return url.href;
  }

  function signedIn(asked: Waiting, account: OidcAccount, authTime: number): string {
    const code = randomBytes(24).toString('base64url');
    codes.set(code, { waiting: asked, account, authTime, expires: now() + CODE_MS, isUsed: false });
    return back(asked.redirectUri, { code, state: asked.state, session_state: randomBytes(8).toString('hex') });
  }

  function authorize(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const { prompt, ...asked } = readAuthorize(query, { client, publicClients, apiScope: api.scope });
    const session = sessions.get(cookieOf(request));
    const isOld = session && asked.maxAge !== undefined && now() - session.authTime > asked.maxAge * 1_000;
    if (session && !asked.isFresh && !isOld && prompt !== 'select_account') {
      redirect(response, signedIn(asked, session.account, session.authTime));
      return;
    }
    if (prompt === 'none') throw new AuthorizeError('login_required', 'AADSTS50058: Nobody is signed in.', asked);
    const id = randomBytes(12).toString('hex');
    waiting.set(id, asked);
    page(response, 200, accountsPage(`${base()}/login`, id, [...accounts.values()]));
  }

  function login(response: ServerResponse, form: URLSearchParams): void {
    const asked = waiting.get(form.get('request') ?? '');
    waiting.delete(form.get('request') ?? '');
    if (!asked) throw new OidcRefusal('invalid_request', 'AADSTS165000: The sign-in has expired.');
    const account = accounts.get(form.get('account') ?? '');
    if (!account) {
      const said = { error: 'access_denied', error_description: 'AADSTS65004', state: asked.state };
      redirect(response, back(asked.redirectUri, said));
      return;
    }
    const session = randomBytes(16).toString('hex');
    sessions.set(session, { account, authTime: now() });
    response.setHeader('set-cookie', `${COOKIE}=${session}; Path=/; HttpOnly`);
    redirect(response, signedIn(asked, account, now()));
  }

  function signing(clientId: string) {
    return { issuer: issuer(), tenant: TENANT_ID, clientId, ...keys, behaviour, now: now() };
  }

  async function token(response: ServerResponse, form: URLSearchParams): Promise<void> {
    if (form.get('grant_type') === DEVICE_GRANT) {
      const { account, device: own } = devices.poll(form);
      const access_token = own.wantsApi ? await accessTokenFor(account, api, signing(own.clientId)) : 'opaque';
      return json(response, 200, { token_type: 'Bearer', scope: api.scope, expires_in: 4_199, access_token });
    }
    if (form.get('grant_type') === 'client_credentials') {
      const access_token = await serviceTokenFor(form, [service], { audience, signing });
      return json(response, 200, { token_type: 'Bearer', expires_in: 4_199, access_token });
    }
    const all = [client, ...publicClients];
    const own = all.find(({ clientId }) => clientId === form.get('client_id'));
    if (!own) throw new OidcRefusal('invalid_client', 'AADSTS700016: The application was not found.', 401);
    const code = redeem(form, own, codes, now());
    const { wantsApi } = code.waiting;
    const id_token = behaviour.flaw === 'noIdToken' ? {} : { id_token: await idTokenFor(code, signing(own.clientId)) };
    const body = {
      token_type: 'Bearer',
      scope: wantsApi ? `openid profile ${api.scope}` : 'openid profile',
      expires_in: behaviour.accessSeconds ?? 4_199,
      access_token: wantsApi ? await accessTokenFor(code.account, api, signing(own.clientId)) : 'opaque',
      ...id_token,
    };
    json(response, 200, body);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    const route = `${request.method} ${url.pathname.replace(`/${TENANT_ID}`, '')}`;
    if (behaviour.down) return json(response, behaviour.down, { error: 'temporarily_unavailable' });
    switch (route) {
      case 'GET /v2.0/.well-known/openid-configuration':
        return json(response, 200, discovery(base(), issuer()));
      case 'GET /discovery/v2.0/keys':
        return json(response, 200, { keys: [keys.jwk] });
      case 'GET /oauth2/v2.0/authorize':
        return authorize(request, response, url.searchParams);
      case 'POST /login':
        return login(response, await formOf(request));
      case 'POST /oauth2/v2.0/devicecode':
        return json(response, 200, devices.begin(await formOf(request)));
      case 'POST /oauth2/v2.0/token':
        return token(response, await formOf(request));
      case 'GET /favicon.ico':
        // A browser asks every origin for it by itself.
        response.writeHead(204).end();
        return;
      default:
        throw new OidcRefusal('invalid_request', `AADSTS900561: ${route} is not known.`, 404);
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof AuthorizeError)
        return redirect(
          response,
          back(error.redirectUri, { error: error.code, error_description: error.message, state: error.state ?? '' }),
        );
      const { status, error: code } = error instanceof OidcRefusal ? error : { status: 500, error: 'server_error' };
      if (request.method === 'GET') return page(response, status, errorPage(String(error)));
      json(response, status, { error: code, error_description: String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer: issuer(),
    ...{ client, cli, device, service, api },
    typeCode: (userCode, oid) => devices.type(userCode, oid === undefined ? undefined : accounts.get(oid)),
    async accessToken(oid, through = 'cli') {
      const account = accounts.get(oid);
      if (!account) throw new Error(`nobody is called ${oid}`);
      return accessTokenFor(account, api, signing({ cli, device }[through].clientId));
    },
    behaviour,
    accounts,
    async rotate() {
      keys = await newKeys();
    },
    register(redirectUri) {
      client.redirectUri = redirectUri;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let made = 0;

async function newKeys() {
  const { privateKey: key, publicKey } = await generateKeyPair('RS256');
  made += 1;
  const kid = `simulated-${made}`;
  return { kid, key, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}

/** OpenID Connect Discovery 1.0, 3; what Entra has besides is left out. */
function discovery(base: string, issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email'],
  };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    throw new OidcRefusal('invalid_request', 'AADSTS900561: The body is not a form.');
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}

function cookieOf({ headers }: IncomingMessage): string {
  return new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]+)`).exec(headers.cookie ?? '')?.[1] ?? '';
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(302, { location: to }).end();
}

function page(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(body);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
