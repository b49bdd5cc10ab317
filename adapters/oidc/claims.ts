import { z } from 'zod';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import type { SignedIn } from '../../src/ports/sign-in.ts';

/** How far the provider's clock may be from ours, either way. */
export const SKEW_MS = MINUTE_MS;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** "ID token claims reference": `oid` and `tid` are who it is; names and addresses are to be shown, and nothing else. */
const shape = z.looseObject({
  oid: z.string().regex(UUID),
  tid: z.string(),
  iat: z.number(),
  name: z.string().optional(),
  auth_time: z.number().optional(),
  acrs: z.union([z.array(z.string()), z.string().transform((one) => [one])]).optional(),
});

interface Wanted {
  readonly tenantId: string;
  readonly context?: string;
  readonly isFresh: boolean;
  readonly now: number;
}

/**
 * Who the claims of a verified ID token mean. A fresh sign-in has `auth_time`, from just now, and the authentication context where one is
 * wanted: `prompt` can be taken out of an address in the browser, so that only claims count. Throws `signInRefused`.
 */
export function signedInBy(claims: object, { tenantId, context, isFresh, now }: Wanted): SignedIn {
  const read = shape.safeParse(claims);
  if (!read.success) throw no('the provider does not say who it is (claims oid and tid)');
  const { oid, tid, iat, name = oid, auth_time: authTime, acrs = [] } = read.data;
  if (tid.toLowerCase() !== tenantId.toLowerCase()) throw no('that account belongs to another tenant');
  if (iat * SECOND_MS > now + SKEW_MS) throw no('the provider’s clock is ahead');
  if (isFresh) {
    if (authTime === undefined) throw no('the provider does not say when it was (claim auth_time)');
    if (Math.abs(now - authTime * SECOND_MS) > SKEW_MS) throw no('it was too long ago');
    if (context !== undefined && !acrs.includes(context)) throw no(`it did not satisfy the context ${context}`);
  }
  return { entra: oid.toLowerCase(), name };
}

function no(why: string): JitError {
  return new JitError('signInRefused', { why });
}
