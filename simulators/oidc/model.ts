/** Somebody who can sign in to the simulated tenant. */
export interface OidcAccount {
  /** Entra object id. */
  readonly oid: string;
  readonly name: string;
  readonly email: string;
  /** A guest of the tenant: the token says `acct: 1` and which provider they come from ("ID token claims reference"). */
  readonly isGuest?: true;
}

/** The one application that is registered, with its one redirect address. */
export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  redirectUri: string;
}

/** What is wrong with ID tokens from now on. A test sets it. */
export type TokenFlaw =
  | 'wrongKey'
  | 'unsigned'
  | 'wrongIssuer'
  | 'wrongAudience'
  | 'wrongNonce'
  | 'noNonce'
  | 'expired'
  | 'otherTenant'
  | 'noObjectId'
  | 'noAuthTime'
  | 'oldAuthTime'
  | 'noIdToken';

export interface OidcBehaviour {
  flaw?: TokenFlaw;
  /** The provider's clock against the real one. */
  skewMs: number;
  /** Authentication contexts that the tenant gives when they are asked for. */
  contexts: readonly string[];
  /** The ID token has the optional claim `auth_time` although no `max_age` was asked for. */
  authTimeAlways: boolean;
  /** Nothing is answered but this status. */
  down?: number;
}

/** An authorization request that was found right and waits for somebody to sign in. */
export interface Waiting {
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly maxAge?: number;
  readonly context?: string;
  readonly isFresh: boolean;
}

/** A code, good once and for ten minutes (RFC 6749, 4.1.2). */
export interface Code {
  readonly waiting: Waiting;
  readonly account: OidcAccount;
  readonly authTime: number;
  readonly expires: number;
  isUsed: boolean;
}

/** An answer of the provider in its own words. */
export class OidcRefusal extends Error {
  readonly status: number;
  readonly error: string;

  constructor(error: string, description: string, status = 400) {
    super(description);
    this.status = status;
    this.error = error;
  }
}
