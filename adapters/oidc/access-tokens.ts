import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { allowInsecureRequests, discovery } from 'openid-client';
import { z } from 'zod';
import { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import type { AccessTokens, ApiCaller } from '../../src/ports/api.ts';
import { SKEW_MS } from './claims.ts';
import { away } from './errors.ts';

export interface ApiClients {
  /** Of one tenant: `https://login.microsoftonline.com/<tenant>/v2.0`. */
  readonly issuer: string;
  readonly tenantId: string;
  /** The application that tokens must be for. */
  readonly audience: string;
  /** The one that people sign in through with a browser. */
  readonly clientId: string;
  /** The one that they sign in through with a device code. */
  readonly deviceClientId?: string;
  /** Services that sign in with client credentials, each through an application of its own. */
  readonly services?: readonly { readonly id: string; readonly clientId?: string | undefined }[];
}

/** What the application calls its one scope. */
const SCOPE = 'jit';
const LIMIT_MS = 10_000;
/** Where the keys are, is asked again after a day. */
const KEPT_MS = 24 * HOUR_MS;
/** A key that is not known is asked for at most this often. */
const COOLDOWN_MS = 30_000;

/** "Access token claims reference", version 2.0. Names and addresses are not read: they decide nothing. */
const shape = z.looseObject({
  ver: z.literal('2.0'),
  oid: z.uuid(),
  tid: z.string(),
  azp: z.string(),
  scp: z.string(),
  idtyp: z.string().optional(),
  exp: z.number(),
});

/**
 * The same of an application that signed in by itself ("OAuth 2.0 client credentials flow"): its subject is its own object, it has no
 * scope, and `azpacr` says that it proved who it is by a secret or a certificate. A public client has none (0).
 */
const appShape = z.looseObject({
  ver: z.literal('2.0'),
  oid: z.uuid(),
  sub: z.string(),
  tid: z.string(),
  azp: z.string(),
  azpacr: z.enum(['1', '2']),
  idtyp: z.literal('app').optional(),
  scp: z.undefined().optional(),
  exp: z.number(),
});

/**
 * Reads access tokens of Entra ID for an application of ours: signed by the tenant (RS256), for this audience, in time; of a service that
 * is configured, or of a person, with our scope, and given through one of two clients. Which one, tells how somebody signed in: a client that has a redirect address and
 * allows no public client flows gives no token for a device code ("Public client and confidential client applications").
 */
export function accessTokens(clients: ApiClients, now: () => number = Date.now): AccessTokens {
  const keys = keysOf(clients.issuer, now);
  return {
    async caller(token) {
      const key = await keys();
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['RS256'],
        issuer: clients.issuer,
        audience: clients.audience,
        clockTolerance: SKEW_MS / SECOND_MS,
        currentDate: new Date(now()),
        requiredClaims: ['exp', 'iat'],
      }).catch((error: unknown) => {
        throw refusalOf(error);
      });
      return callerBy(payload, clients);
    },
  };
}

export function scopeOf({ audience }: Pick<ApiClients, 'audience'>): string {
  return `api://${audience}/${SCOPE}`;
}

function callerBy(payload: JWTPayload, clients: ApiClients): ApiCaller {
  const { tenantId, clientId, deviceClientId, services = [] } = clients;
  if (payload.scp === undefined && services.some((one) => one.clientId !== undefined))
    return serviceBy(payload, { tenantId, services });
  const read = shape.safeParse(payload);
  if (!read.success) throw no('it is not one of a person, of version 2.0');
  const { oid, tid, azp, scp, idtyp, exp } = read.data;
  if (tid.toLowerCase() !== tenantId.toLowerCase()) throw no('that account belongs to another tenant');
  if (idtyp === 'app') throw no('it is one of an application');
  if (!scp.split(' ').includes(SCOPE)) throw no(`it lacks the scope ${SCOPE}`);
  const isLimited = azp.toLowerCase() === deviceClientId?.toLowerCase();
  if (!isLimited && azp.toLowerCase() !== clientId.toLowerCase()) throw no('it was given through another application');
  return { entra: oid.toLowerCase(), isLimited, until: exp * SECOND_MS };
}

function serviceBy(
  payload: JWTPayload,
  { tenantId, services }: Pick<ApiClients, 'tenantId'> & Required<Pick<ApiClients, 'services'>>,
): ApiCaller {
  const read = appShape.safeParse(payload);
  if (!read.success || read.data.sub !== read.data.oid)
    throw no('it is neither one of a person nor one of a service, of version 2.0');
  const { tid, azp, exp } = read.data;
  if (tid.toLowerCase() !== tenantId.toLowerCase()) throw no('that account belongs to another tenant');
  const service = services.find(({ clientId }) => clientId?.toLowerCase() === azp.toLowerCase());
  if (!service) throw no('it was given to an application that is no service');
  return { service: service.id, until: exp * SECOND_MS };
}

/** The keys of the provider, as its metadata says where they are. Throws `signInAway`. */
function keysOf(issuer: string, now: () => number): () => Promise<JWTVerifyGetKey> {
  let known: { readonly at: number; readonly keys: JWTVerifyGetKey } | undefined;
  return async () => {
    if (known && now() - known.at < KEPT_MS) return known.keys;
    const execute = issuer.startsWith('http://') ? [allowInsecureRequests] : [];
    const options = { execute, timeout: LIMIT_MS / SECOND_MS };
    const metadata = await discovery(new URL(issuer), 'none', undefined, undefined, options).then(
      (provider) => provider.serverMetadata(),
      (error: unknown) => {
        throw away(error);
      },
    );
    if (metadata.jwks_uri === undefined) throw away(new Error('the provider names no keys'));
    const limits = { timeoutDuration: LIMIT_MS, cooldownDuration: COOLDOWN_MS };
    known = { at: now(), keys: createRemoteJWKSet(new URL(metadata.jwks_uri), limits) };
    return known.keys;
  };
}

/** What the token says that is wrong is for the log alone; what could not be read is nobody's fault. */
function refusalOf(error: unknown): JitError {
  if (error instanceof errors.JWTExpired) return no('it is over');
  if (error instanceof errors.JWTClaimValidationFailed) return no(`it is not for this (claim ${error.claim})`, error);
  if (error instanceof errors.JWKSNoMatchingKey) return no('it is signed with another key', error);
  const isTold = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
  const isOurs = isTold && error.code !== 'ERR_JOSE_GENERIC' && error.code !== 'ERR_JWKS_INVALID';
  return isOurs ? no('it is none, or not signed by your organization', error) : away(error);
}

function no(why: string, cause?: unknown): JitError {
  return new JitError('tokenRefused', { why }, cause === undefined ? {} : { cause });
}
