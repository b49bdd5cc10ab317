import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';

/**
 * Which key signs: `channel` is Teams' own, `unendorsed` is published too but endorsed for another channel only, and
 * `login` signs the tokens that the login gives to bots.
 */
export type KeyName = 'channel' | 'unendorsed' | 'login';

interface Key {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

async function createKey(kid: string, endorsements?: readonly string[]): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256', ...(endorsements && { endorsements }) };
  return { privateKey, publicKey, jwk };
}

export interface Keys {
  /** What the OpenID key page of Bot Framework shows: every key with the channels it may sign for. */
  readonly published: readonly JWK[];
  /** A signed JWT. `kid` overrides the key's own id in the header, so that a forger can borrow another's. */
  sign(key: KeyName, claims: Record<string, unknown>, kid?: string): Promise<string>;
  /** The claims of a token that the login signed for `audience`; rejects any other. */
  verifyLogin(token: string, audience: string): Promise<Record<string, unknown>>;
  /** By which the login's own tokens are checked elsewhere. */
  readonly loginKey: CryptoKey;
}

async function createKeys(): Promise<Keys> {
  const [channel, unendorsed, login] = await Promise.all([
    createKey('teams-channel', ['msteams']),
    createKey('other-channel', ['webchat']),
    createKey('login'),
  ]);
  const keys: Record<KeyName, Key> = { channel, unendorsed, login };
  return {
    loginKey: login.publicKey,
    published: [channel.jwk, unendorsed.jwk],
    sign: (name, claims, kid = keys[name].jwk.kid) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: `${kid}` }).sign(keys[name].privateKey),
    verifyLogin: async (token, audience) =>
      (await jwtVerify(token, login.publicKey, { audience, algorithms: ['RS256'] })).payload,
  };
}

let keys: Promise<Keys> | undefined;

/**
 * The keys of this process, made once. NB. shared by all simulators of a process because botbuilder keeps bot tokens
 * and key pages in caches of its own that outlive a simulator, as they outlive a restart of the real service.
 */
export function processKeys(): Promise<Keys> {
  keys ??= createKeys();
  return keys;
}
