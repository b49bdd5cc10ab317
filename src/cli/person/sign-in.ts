import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type TokenEndpointResponse,
} from 'openid-client';
import { isLoopback } from '../../config/loopback.ts';
import { JitError } from '../../core/errors/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import type { ApiSignIn } from '../../ports/api.ts';

/** What a sign-in gave. */
export interface GivenToken {
  readonly token: string;
  readonly until: number;
}

/** Somebody looks for their phone. */
const PATIENCE_MS = 5 * MINUTE_MS;
const LIMIT_SECONDS = 15;
/** Where the provider does not say: what Entra gives at least ("Configurable token lifetimes"). */
const USUAL_SECONDS = 3_600;

/** A scope of Drawbridge and of nothing else: a server cannot have somebody fetch it a token for another service. */
const SCOPE = /^api:\/\/[\w.-]+(?:\/[\w.-]+)*\/jit$/;

/**
 * Signs in with a browser on this computer (RFC 8252: loopback redirect; RFC 7636: PKCE). `show` is given the address of the provider's
 * page, to open or to print. Throws `loginFailed`.
 */
export async function signInWithBrowser(
  given: ApiSignIn,
  show: (address: string) => Promise<void>,
): Promise<GivenToken> {
  const provider = await providerOf(given, given.clientId);
  const listener = await listen();
  const { port } = listener.address() as AddressInfo;
  const redirect = `http://localhost:${port}/jit`;
  const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
  try {
    const address = buildAuthorizationUrl(provider, {
      ...{ redirect_uri: redirect, scope: `openid profile ${given.scope}`, state, nonce, response_mode: 'query' },
      ...{ code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      prompt: 'select_account',
    });
    const returned = comeBack(listener, { redirect, state });
    await show(address.href);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    return tokenIn(await authorizationCodeGrant(provider, await returned, checks).catch(failed));
  } finally {
    listener.close();
    listener.closeAllConnections();
  }
}

/** Signs in with a code that is typed in any browser (RFC 8628). Such a sign-in may list and request alone. */
export async function signInWithDevice(
  given: ApiSignIn,
  show: (said: { readonly address: string; readonly code: string }) => void,
): Promise<GivenToken> {
  if (given.deviceClientId === undefined)
    throw new JitError('loginFailed', { why: 'this Drawbridge takes no device codes' });
  const provider = await providerOf(given, given.deviceClientId);
  const begun = await initiateDeviceAuthorization(provider, { scope: given.scope }).catch(failed);
  show({ address: begun.verification_uri, code: begun.user_code });
  const signal = AbortSignal.timeout(begun.expires_in * SECOND_MS);
  return tokenIn(await pollDeviceAuthorizationGrant(provider, begun, undefined, { signal }).catch(failed));
}

async function providerOf({ issuer, scope }: ApiSignIn, clientId: string): Promise<Configuration> {
  const isSafe = URL.canParse(issuer) && (issuer.startsWith('https://') || isLoopback(issuer));
  if (!isSafe || !SCOPE.test(scope))
    throw new JitError('loginFailed', { why: 'what the server says of its sign-in is not of Drawbridge' });
  const execute = [enableNonRepudiationChecks, ...(issuer.startsWith('http://') ? [allowInsecureRequests] : [])];
  return discovery(new URL(issuer), clientId, undefined, None(), { execute, timeout: LIMIT_SECONDS }).catch(failed);
}

function tokenIn({ access_token: token, expires_in: seconds = USUAL_SECONDS }: TokenEndpointResponse): GivenToken {
  return { token, until: Date.now() + seconds * SECOND_MS };
}

/** On loopback alone, at a port of its own. */
function listen(): Promise<HttpServer> {
  const listener = createServer();
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => resolve(listener));
  });
}

/** Waits for the one page that the provider sends the browser to. Whatever else comes, a guess of a code too, is turned away. */
function comeBack(
  listener: HttpServer,
  { redirect, state }: { readonly redirect: string; readonly state: string },
): Promise<URL> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new JitError('loginFailed', { why: 'nobody came back from the sign-in page' })),
      PATIENCE_MS,
    );
    listener.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', redirect);
      const isOurs =
        request.method === 'GET' && url.pathname === '/jit' && request.headers.host === new URL(redirect).host;
      if (!isOurs || url.searchParams.get('state') !== state) {
        response.writeHead(404, { connection: 'close' }).end();
        return;
      }
      const isDone = url.searchParams.has('code');
      response.writeHead(200, PAGE_HEADERS).end(isDone ? DONE_PAGE : FAILED_PAGE);
      clearTimeout(late);
      resolve(url);
    });
  });
}

const PAGE_HEADERS = {
  ...{ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', connection: 'close' },
  'content-security-policy': "default-src 'none'",
};
const page = (says: string) => `<!doctype html><title>Drawbridge</title><p>${says} You can close this page.\n`;
const DONE_PAGE = page('Go on at the command line.');
const FAILED_PAGE = page('The sign-in did not work: the command line says why.');

/** What the provider says is shown in a few words; its own text may be anything. */
function failed(error: unknown): never {
  const { code, error: said } = error as { readonly code?: unknown; readonly error?: unknown };
  const why =
    WHY[`${said ?? code ?? ''}`] ?? (error instanceof ResponseBodyError ? 'the provider refused it' : undefined);
  throw new JitError('loginFailed', { why: why ?? 'the provider could not be asked' }, { cause: error });
}

const WHY: Readonly<Record<string, string>> = {
  access_denied: 'it was cancelled',
  authorization_declined: 'it was cancelled',
  expired_token: 'the code is too old',
  OAUTH_TIMEOUT: 'the provider did not answer in time, or the code is too old',
  OAUTH_INVALID_RESPONSE: 'what came back is not what was asked for',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'what came back is not what was asked for',
  OAUTH_KEY_SELECTION_FAILED: 'what came back is signed with an unknown key',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'what came back is too old, or a clock is wrong',
  invalid_grant: 'your organization does not let you sign in like this',
};
