import { createHash, randomBytes } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import type { AccessTokens } from '../../ports/api.ts';

/** What begins a key of a service, so that scanners of leaked secrets find it. */
const BEGINS = 'dbk_';
const KEY_BYTES = 32;

/** A key as it is sent, or an access token, behind `Bearer `. */
export const TOKEN = /^Bearer (dbk_[\w-]{43}|[\w-]+\.[\w-]+\.[\w-]+)$/;

interface Keyed {
  readonly id: string;
  /** `sha256:` and 64 hexadecimal digits, each. */
  readonly keys: readonly string[];
}

/** A new key, which nobody keeps, and what the configuration keeps of it: of 32 random bytes, a plain SHA-256 tells nothing. */
export function newKey(): { readonly key: string; readonly hash: string } {
  const key = `${BEGINS}${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, hash: hashOf(key) };
}

function hashOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** Reads keys of services besides access tokens. Throws `keyRefused` for one that no service has. */
export function withKeys(tokens: AccessTokens, services: readonly Keyed[]): AccessTokens {
  // NB. looked up by a hash: how long that takes tells nothing of a key.
  const owners = new Map(services.flatMap(({ id, keys }) => keys.map((hash) => [hash, id] as const)));
  return {
    async caller(token) {
      if (!token.startsWith(BEGINS)) return tokens.caller(token);
      const service = owners.get(hashOf(token));
      if (service === undefined) throw new JitError('keyRefused');
      return { service };
    },
  };
}
