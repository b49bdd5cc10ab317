import { randomBytes } from 'node:crypto';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { type AccessFlaw, type OidcAccount, OidcRefusal, type OidcService } from './model.ts';
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
  const { tenant, clientId, behaviour } = signing;
  const { accessFlaw: flaw, accessSeconds = LIFE_SECONDS } = behaviour;
  const is = (one: AccessFlaw) => flaw === one;
  const claims = {
    ...{ ver: is('versionOne') ? '1.0' : '2.0', tid: is('otherTenant') ? OTHER_TENANT : tenant },
    ...{ azp: is('otherClient') ? 'ffffffff-0000-4000-8000-00000000000f' : clientId, azpacr: '0', name: account.name },
    ...{ preferred_username: account.email, uti: randomBytes(8).toString('base64url') },
    ...(is('noObjectId') ? {} : { oid: account.oid }),
    ...(is('noScope') ? {} : { scp: is('otherScope') ? 'user_impersonation' : (scope.split('/').at(-1) ?? '') }),
    ...(is('ofApplication') ? { idtyp: 'app' } : {}),
  };
  return sealed(claims, { subject: account.oid, audience, seconds: accessSeconds }, signing);
}

/** What an application may send for its own token ("OAuth 2.0 client credentials flow", first case). */
const SERVICE_KNOWN = ['grant_type', 'client_id', 'client_secret', 'scope'];

/** A token of an application for the API, by its secret. */
export async function serviceTokenFor(
  form: URLSearchParams,
  services: readonly OidcService[],
  { audience, signing }: Pick<Api, 'audience'> & { readonly signing: (clientId: string) => Signing },
): Promise<string> {
  for (const name of form.keys())
    if (!SERVICE_KNOWN.includes(name) || form.getAll(name).length > 1)
      throw new OidcRefusal('invalid_request', `AADSTS9000411: The parameter '${name}' is not known or is twice.`);
  const service = services.find(({ clientId }) => clientId === form.get('client_id'));
  if (!service) throw new OidcRefusal('unauthorized_client', 'AADSTS700016: The application was not found.');
  if (form.get('client_secret') !== service.clientSecret)
    throw new OidcRefusal('invalid_client', 'AADSTS7000215: Invalid client secret provided.', 401);
  if (form.get('scope') !== `${audience}/.default` && form.get('scope') !== `api://${audience}/.default`)
    throw new OidcRefusal('invalid_scope', 'AADSTS1002012: The scope of client credentials ends in /.default.');
  const own = signing(service.clientId);
  const is = (one: AccessFlaw) => own.behaviour.accessFlaw === one;
  const claims = {
    ...{ ver: '2.0', tid: is('otherTenant') ? OTHER_TENANT : own.tenant, oid: service.oid, idtyp: 'app' },
    ...{ azp: is('otherClient') ? 'ffffffff-0000-4000-8000-00000000000f' : service.clientId },
    ...{ azpacr: is('public') ? '0' : '1', uti: randomBytes(8).toString('base64url') },
  };
  const subject = is('otherSubject') ? 'ffffffff-0000-4000-8000-00000000000e' : service.oid;
  return sealed(claims, { subject, audience, seconds: LIFE_SECONDS }, own);
}

interface Shape {
  readonly subject: string;
  readonly audience: string;
  readonly seconds: number;
}

async function sealed(claims: object, { subject, audience, seconds }: Shape, signing: Signing): Promise<string> {
  const { issuer, kid, behaviour, now } = signing;
  const at = Math.floor(now / 1_000);
  const is = (one: AccessFlaw) => behaviour.accessFlaw === one;
  const issued = is('expired') ? at - LIFE_SECONDS - 600 : at;
  const shape = <T extends SignJWT | UnsecuredJWT>(token: T): T =>
    token
      .setIssuer(is('wrongIssuer') ? `${issuer}/other` : issuer)
      .setAudience(is('wrongAudience') ? 'somebody-else' : audience)
      .setSubject(subject)
      .setIssuedAt(issued)
      .setNotBefore(issued)
      .setExpirationTime(issued + seconds) as T;
  if (is('unsigned')) return shape(new UnsecuredJWT({ ...claims })).encode();
  const key = is('wrongKey') ? (await generateKeyPair('RS256')).privateKey : signing.key;
  return shape(new SignJWT({ ...claims }))
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .sign(key);
}
