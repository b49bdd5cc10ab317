import { type OidcClient, type OidcPublicClient, OidcRefusal, type Waiting } from './model.ts';

const KNOWN = new Set([
  ...['client_id', 'response_type', 'redirect_uri', 'response_mode', 'scope', 'state', 'nonce', 'prompt', 'max_age'],
  ...['claims', 'login_hint', 'domain_hint', 'code_challenge', 'code_challenge_method'],
]);
/** `http://localhost/jit` is registered: any port will do, and no other path, nor a slash behind it. */
const LOOPBACK = /^http:\/\/localhost:\d{1,5}\/jit$/;

interface Known {
  readonly client: OidcClient;
  readonly publicClients: readonly OidcPublicClient[];
  readonly apiScope: string;
}

const PROMPTS = ['login', 'none', 'consent', 'select_account'];

/** An error that goes back to the client, once its address is known to be right (RFC 6749, 4.1.2.1). */
export class AuthorizeError extends Error {
  readonly code: string;
  readonly state: string | undefined;
  readonly redirectUri: string;

  constructor(
    code: string,
    description: string,
    back: { readonly state: string | undefined; readonly redirectUri: string },
  ) {
    super(description);
    this.code = code;
    this.state = back.state;
    this.redirectUri = back.redirectUri;
  }
}

/**
 * Reads an authorization request (OpenID Connect Core 1.0, 3.1.2.1; Entra's "OAuth 2.0 authorization code flow"; RFC 7636). What it does
 * not know it refuses; PKCE with S256, a state, and a nonce are demanded, as everybody who uses this provider must send them.
 */
export function readAuthorize(
  query: URLSearchParams,
  { client, publicClients, apiScope }: Known,
): Waiting & { readonly prompt?: string } {
  const one = (name: string) => {
    if (query.getAll(name).length > 1) throw new OidcRefusal('invalid_request', `AADSTS9000411: '${name}' is twice.`);
    return query.get(name) ?? undefined;
  };
  const clientId = one('client_id') ?? '';
  const open = publicClients.find((own) => own.clientId === clientId);
  if (clientId !== client.clientId && !open)
    throw new OidcRefusal('unauthorized_client', `AADSTS700016: Application '${clientId}' was not found.`);
  // Compared as text: neither case nor a slash at the end may differ; of localhost, the port may ("Redirect URI restrictions").
  const redirectUri = one('redirect_uri') ?? '';
  const isTheirs = open ? open.isLoopback && LOOPBACK.test(redirectUri) : redirectUri === client.redirectUri;
  if (!isTheirs)
    throw new OidcRefusal('invalid_request', `AADSTS50011: The redirect URI '${redirectUri}' does not match.`);
  const state = one('state');
  const refuse = (code: string, description: string) => new AuthorizeError(code, description, { state, redirectUri });
  for (const name of query.keys())
    if (!KNOWN.has(name)) throw refuse('invalid_request', `AADSTS9000411: '${name}' is not known.`);
  if (one('response_type') !== 'code') throw refuse('unsupported_response_type', 'AADSTS700051: only code.');
  if (!['query', undefined].includes(one('response_mode'))) throw refuse('invalid_request', 'Only the mode query.');
  const scopes = (one('scope') ?? '').split(' ');
  const wantsApi = open !== undefined && scopes.includes(apiScope);
  const known = ['openid', 'profile', 'email', ...(wantsApi ? [apiScope] : [])];
  if (!scopes.includes('openid') || scopes.some((scope) => !known.includes(scope)))
    throw refuse('invalid_scope', `AADSTS70011: The scope '${one('scope')}' is not valid.`);
  const challenge = one('code_challenge') ?? '';
  if (one('code_challenge_method') !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(challenge))
    throw refuse('invalid_request', 'AADSTS9002325: Proof Key for Code Exchange with S256 is required.');
  const nonce = one('nonce');
  if (!state || !nonce) throw refuse('invalid_request', 'AADSTS900144: state and nonce are required.');
  const prompt = one('prompt');
  if (prompt !== undefined && !PROMPTS.includes(prompt))
    throw refuse('invalid_request', `AADSTS90023: Unsupported 'prompt' value '${prompt}'.`);
  const maxAge = one('max_age');
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) throw refuse('invalid_request', 'max_age is no number.');
  const context = contextOf(one('claims'), refuse);
  return {
    ...{ clientId, redirectUri, ...(wantsApi ? { wantsApi } : {}) },
    ...{ state, nonce, challenge, isFresh: prompt === 'login' || maxAge === '0' },
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
    ...(context === undefined ? {} : { context }),
    ...(prompt === undefined ? {} : { prompt }),
  };
}

/** `{"id_token":{"acrs":{"essential":true,"value":"c1"}}}` ("Developer guide to Conditional Access authentication context"). */
function contextOf(claims: string | undefined, refuse: (code: string, text: string) => Error): string | undefined {
  if (claims === undefined) return undefined;
  const found = /^\{"id_token":\{"acrs":\{"essential":true,"value":"(c\d{1,2})"\}\}\}$/.exec(claims);
  if (!found) throw refuse('invalid_request', 'AADSTS900236: The claims parameter cannot be read.');
  return found[1];
}
