import { randomBytes } from 'node:crypto';
import type { HttpRequest } from '../ports/http.ts';

/** Long enough for every page that begins something. */
const LIFE_SECONDS = 900;
const NAME = 'jit';
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** What tells browsers apart: a cookie with 256 random bits, and nothing about anybody in it. */
export interface BrowserCookie {
  /** Undefined where there is none, or none of ours. */
  read(request: Pick<HttpRequest, 'headers'>): string | undefined;
  make(): string;
  /** The header `set-cookie`. */
  header(value: string, seconds?: number): string;
}

/**
 * `Secure`, `HttpOnly`, and `SameSite=Lax`: a sign-in comes back by a link of another site, which `Strict` would send without it.
 * The prefix `__Host-` has browsers refuse one that another host set (RFC 6265bis, "Cookie Name Prefixes"). `url` is the public address;
 * on loopback it may do without TLS, which takes away both. `word` tells cookies for different things apart.
 */
export function browserCookie(url: string, word = NAME, seconds = LIFE_SECONDS): BrowserCookie {
  const isSecure = new URL(url).protocol === 'https:';
  const name = isSecure ? `__Host-${word}` : word;
  return {
    read({ headers }) {
      const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
      const own = pairs.filter(([key]) => key === name).map(([, value = '']) => value);
      // Two of one name: one of them is somebody else's.
      return own.length === 1 && VALUE.test(own[0] ?? '') ? own[0] : undefined;
    },
    make: () => randomBytes(32).toString('base64url'),
    header: (value, own = seconds) =>
      `${name}=${value}; Path=/; Max-Age=${own}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
  };
}
