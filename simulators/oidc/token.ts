import { createHash, randomBytes } from 'node:crypto';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { type Code, type OidcBehaviour, type OidcClient, type OidcPublicClient, OidcRefusal } from './model.ts';

const KNOWN = new Set([
  ...['grant_type', 'code', 'redirect_uri', 'code_verifier', 'client_id', 'client_secret'],
  // What a client may repeat (RFC 6749, 4.1.3 knows no scope; Entra takes one).
  'scope',
]);

/** Reads a token request and gives its code, used from now on ("Redeem a code for an access token", RFC 7636 4.6). */
export function redeem(
  form: URLSearchParams,
  client: OidcClient | OidcPublicClient,
  codes: ReadonlyMap<string, Code>,
  now: number,
): Code {
  for (const name of form.keys())
    if (!KNOWN.has(name) || form.getAll(name).length > 1)
      throw new OidcRefusal('invalid_request', `AADSTS9000411: The parameter '${name}' is not known or is twice.`);
  if (form.get('grant_type') !== 'authorization_code')
    throw new OidcRefusal('unsupported_grant_type', 'AADSTS70003: only authorization_code.');
  if (!('clientSecret' in client) && form.has('client_secret'))
    throw new OidcRefusal(
      'invalid_client',
      'AADSTS700025: Client is public, so no client_secret may be presented.',
      401,
    );
  if ('clientSecret' in client && form.get('client_secret') !== client.clientSecret)
    throw new OidcRefusal('invalid_client', 'AADSTS7000215: Invalid client secret provided.', 401);
  const code = codes.get(form.get('code') ?? '');
  if (!code) throw new OidcRefusal('invalid_grant', 'AADSTS70000: The provided code is not valid.');
  if (code.isUsed) throw new OidcRefusal('invalid_grant', 'AADSTS54005: The code was already redeemed.');
  code.isUsed = true;
  if (code.expires < now) throw new OidcRefusal('invalid_grant', 'AADSTS70008: The code has expired.');
  if (code.waiting.clientId !== client.clientId)
    throw new OidcRefusal('invalid_grant', 'AADSTS700005: The code was issued for another client.');
  if (form.get('redirect_uri') !== code.waiting.redirectUri)
    throw new OidcRefusal('invalid_grant', 'AADSTS500112: The reply address does not match.');
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (challenge !== code.waiting.challenge)
    throw new OidcRefusal('invalid_grant', 'AADSTS50148: The code_verifier does not match the code_challenge.');
  return code;
}

export interface Signing {
  readonly issuer: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly kid: string;
  readonly key: CryptoKey;
  readonly behaviour: OidcBehaviour;
  readonly now: number;
}

const LIFE_SECONDS = 3_600;
export const OTHER_TENANT = '99999999-0000-4000-8000-000000000099';

/** The ID token for a code ("ID token claims reference"), with whatever flaw a test wants. */
export async function idTokenFor({ waiting, account, authTime }: Code, signing: Signing): Promise<string> {
  const { issuer, tenant, clientId, kid, behaviour, now } = signing;
  const { flaw, contexts, authTimeAlways } = behaviour;
  const at = Math.floor(now / 1_000);
  const isTold = (waiting.maxAge !== undefined || authTimeAlways) && flaw !== 'noAuthTime';
  const age = flaw === 'oldAuthTime' ? 3_600 : 0;
  const claims = {
    ...{ ver: '2.0', tid: flaw === 'otherTenant' ? OTHER_TENANT : tenant, name: account.name },
    preferred_username: account.email,
    ...(flaw === 'noObjectId' ? {} : { oid: account.oid }),
    ...(flaw === 'noNonce' ? {} : { nonce: flaw === 'wrongNonce' ? 'another' : waiting.nonce }),
    ...(isTold ? { auth_time: Math.floor(authTime / 1_000) - age } : {}),
    ...(waiting.context && contexts.includes(waiting.context) ? { acrs: [waiting.context] } : {}),
    ...(account.isGuest ? { acct: 1, idp: 'https://sts.windows.net/guests/' } : { acct: 0 }),
  };
  const issued = flaw === 'expired' ? at - LIFE_SECONDS - 600 : at;
  const shape = <T extends SignJWT | UnsecuredJWT>(token: T): T =>
    token
      .setIssuer(flaw === 'wrongIssuer' ? `${issuer}/other` : issuer)
      .setAudience(flaw === 'wrongAudience' ? 'somebody-else' : clientId)
      // Pairwise: another one for each application, so nobody's key elsewhere.
      .setSubject(createHash('sha256').update(`${clientId} ${account.oid}`).digest('base64url'))
      .setIssuedAt(issued)
      .setNotBefore(issued)
      .setExpirationTime(issued + LIFE_SECONDS)
      .setJti(randomBytes(8).toString('hex')) as T;
  if (flaw === 'unsigned') return shape(new UnsecuredJWT(claims)).encode();
  const key = flaw === 'wrongKey' ? (await generateKeyPair('RS256')).privateKey : signing.key;
  return shape(new SignJWT(claims)).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key);
}
