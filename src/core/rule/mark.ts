import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../language/instant.ts';
import { type Placement, placementKey } from './rule.ts';

/** One signing key. New marks use the first of a list; old keys verify until no rule bears them. */
export interface MarkKey {
  readonly id: string;
  readonly secret: string;
}

export interface MarkSigner {
  /** The mark for a rule at this placement that ends then: at most 120 characters of `A-Za-z0-9 ._:=-`. */
  sign(placement: Placement, until: Instant): string;
  /** Reads a mark back and checks that it was signed by this installation for exactly this placement. */
  verify(text: string, placement: Placement): { readonly valid: boolean; readonly until?: Instant };
}

const SHAPE = /\bdb1\.([a-z0-9]{1,8})\.([a-z0-9-]{1,24})\.([0-9a-z]{6,9})\.([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/;

/** Does the text hold something that looks like a mark of any installation? */
export function looksMarked(text: string): boolean {
  return SHAPE.test(text);
}

/** A signer for one installation (`[a-z0-9-]`, at most 24) with its keys, newest first. */
export function markSigner(installation: string, keys: readonly [MarkKey, ...MarkKey[]]): MarkSigner {
  const hmac = (key: MarkKey, placement: Placement, until: string) =>
    createHmac('sha256', key.secret)
      .update(JSON.stringify(['db1', key.id, installation, placementKey(placement), until]))
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  return {
    sign(placement, until) {
      const end = until.toString(36);
      return `db1.${keys[0].id}.${installation}.${end}.${hmac(keys[0], placement, end)}`;
    },
    verify(text, placement) {
      const [, keyId, owner, end, tag] = SHAPE.exec(text) ?? [];
      const key = keys.find((k) => k.id === keyId);
      if (!key || owner !== installation || end === undefined || tag === undefined) return { valid: false };
      // As text: of the bits of its last letter not all are decoded, and a mark has one form.
      if (!timingSafeEqual(Buffer.from(tag), Buffer.from(hmac(key, placement, end)))) return { valid: false };
      return { valid: true, until: Number.parseInt(end, 36) };
    },
  };
}
