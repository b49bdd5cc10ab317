import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Settings } from './settings.ts';

/** Keys are kept for a day, and asked for again before that, for a token under one that is not known ("Authentication with the Bot Connector API"). */
const KEPT_MS = 24 * HOUR_MS;
const AGAIN_MS = 5 * MINUTE_MS;
/** While they cannot be read, those that are known count for so long: a key that Microsoft withdrew meanwhile, too. */
const OLDEST_MS = 3 * 24 * HOUR_MS;
/** After that failed, they are asked for again no earlier. */
const REST_MS = MINUTE_MS;
const CLOCK_SECONDS = 300;
const MOST_BYTES = 512 * 1_024;

const metadata = z.object({ jwks_uri: z.url() });
const keySet = z.object({
  keys: z.array(
    z.looseObject({ kid: z.string(), kty: z.literal('RSA'), endorsements: z.array(z.string()).optional() }),
  ),
});
type Keys = z.output<typeof keySet>['keys'];

/**
 * Checks the token of a delivery as Microsoft asks ("Authentication with the Bot Connector API"): signature by a published
 * key that is endorsed for the activity's channel, issuer, audience, time, and the service URL. Rejects with why not.
 */
export function tokenCheck(
  settings: Settings,
  callMs: number,
  now: () => number = () => performance.now(),
): (activity: object, authorization: string) => Promise<void> {
  const { appId, tokenIssuer, validateTokens } = settings;
  const keyOf = keysOf(settings.openIdMetadataUrl, callMs, now);
  return async (activity, authorization) => {
    if (!validateTokens) return;
    const token = /^Bearer ([\w.-]+)$/.exec(authorization)?.[1];
    if (token === undefined) throw new Error('no bearer token');
    const { kid } = decodeProtectedHeader(token);
    const key = await keyOf(`${kid}`);
    if (!key) throw new Error('signed with an unknown key');
    const { channelId, serviceUrl } = activity as { readonly channelId?: unknown; readonly serviceUrl?: unknown };
    if (!key.endorsements?.includes(`${channelId}`)) throw new Error('signed with a key for another channel');
    const { payload } = await jwtVerify(token, await importJWK(key as JWK, 'RS256'), {
      algorithms: ['RS256'],
      issuer: tokenIssuer,
      audience: appId,
      clockTolerance: CLOCK_SECONDS,
      requiredClaims: ['exp'],
    });
    const claimed = payload.serviceurl ?? payload.serviceUrl;
    if (typeof claimed !== 'string' || claimed !== serviceUrl) throw new Error('for another service URL');
  };
}

/** The published keys by id, kept; whoever is waited for already is not asked twice. Throws where nobody can tell whether there is one. */
function keysOf(url: string, callMs: number, now: () => number): (kid: string) => Promise<Keys[number] | undefined> {
  let known: Keys = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let failed: { readonly at: number; readonly error: unknown } | undefined;
  let asking: Promise<void> | undefined;
  const ask = async () => {
    try {
      const { jwks_uri } = metadata.parse(await jsonFrom(url, callMs));
      if (new URL(jwks_uri).origin !== new URL(url).origin) throw new Error('keys at another host');
      known = keySet.parse(await jsonFrom(jwks_uri, callMs)).keys;
      askedAt = now();
      failed = undefined;
    } catch (error) {
      failed = { at: now(), error };
    }
  };
  return async (kid) => {
    const find = () => known.find((key) => key.kid === kid);
    const isDue = () => now() - askedAt > KEPT_MS || (now() - askedAt > AGAIN_MS && !find());
    if (isDue() && !(failed && now() - failed.at < REST_MS)) {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    if (failed && !(find() && now() - askedAt <= OLDEST_MS)) throw failed.error;
    return find();
  };
}

async function jsonFrom(url: string, callMs: number): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(callMs) });
  if (!response.ok) throw new Error(`the keys cannot be read: ${response.status}`);
  const text = await response.text();
  if (text.length > MOST_BYTES) throw new Error('the keys are too many');
  return JSON.parse(text);
}
