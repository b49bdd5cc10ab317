import { randomBytes } from 'node:crypto';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { AccessFlaw, OidcAccount } from './model.ts';
import { OTHER_TENANT, type Signing } from './token.ts';

/** What the tenant's API application is called, with its one scope. */
export interface Api {
  readonly audience: string;
  readonly scope: string;
}

const LIFE_SECONDS = 4_200;

/** An access token of version 2.0 for the API ("Access token claims reference"), with whatever flaw a test wants. */
export async function accessTokenFor(
  account: OidcAccount,
  { audience, scope }: Api,
  signing: Signing,
): Promise<string> {
  const { issuer, tenant, clientId, kid, behaviour, now } = signing;
  const { accessFlaw: flaw, accessSeconds = LIFE_SECONDS } = behaviour;
  const at = Math.floor(now / 1_000);
  const is = (one: AccessFlaw) => flaw === one;
  const claims = {
    ...{ ver: is('versionOne') ? '1.0' : '2.0', tid: is('otherTenant') ? OTHER_TENANT : tenant },
    ...{ azp: is('otherClient') ? 'ffffffff-0000-4000-8000-00000000000f' : clientId, azpacr: '0', name: account.name },
    ...{ preferred_username: account.email, uti: randomBytes(8).toString('base64url') },
    ...(is('noObjectId') ? {} : { oid: account.oid }),
    ...(is('noScope') ? {} : { scp: is('otherScope') ? 'user_impersonation' : (scope.split('/').at(-1) ?? '') }),
    ...(is('ofApplication') ? { idtyp: 'app' } : {}),
  };
  const issued = is('expired') ? at - LIFE_SECONDS - 600 : at;
  const shape = <T extends SignJWT | UnsecuredJWT>(token: T): T =>
    token
      .setIssuer(is('wrongIssuer') ? `${issuer}/other` : issuer)
      .setAudience(is('wrongAudience') ? 'somebody-else' : audience)
      .setSubject(account.oid)
      .setIssuedAt(issued)
      .setNotBefore(issued)
      .setExpirationTime(issued + accessSeconds) as T;
  if (is('unsigned')) return shape(new UnsecuredJWT(claims)).encode();
  const key = is('wrongKey') ? (await generateKeyPair('RS256')).privateKey : signing.key;
  return shape(new SignJWT(claims)).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key);
}
