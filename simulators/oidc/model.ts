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

/** A public application: it has no secret ("Public client and confidential client applications"). */
export interface OidcPublicClient {
  readonly clientId: string;
  /** A desktop application with the redirect address `http://localhost/jit`: the port is not compared ("Redirect URI restrictions"). */
  readonly isLoopback: boolean;
  /** "Allow public client flows": without it, no token is given for a device code. */
  readonly hasPublicFlows: boolean;
}

/** An application that signs in by itself, with its object in the tenant. */
export interface OidcService {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly oid: string;
}

/** What is wrong with access tokens of the API from now on. */
export type AccessFlaw =
  | 'wrongKey'
  | 'unsigned'
  | 'wrongIssuer'
  | 'wrongAudience'
  | 'expired'
  | 'otherTenant'
  | 'noObjectId'
  | 'noScope'
  | 'otherScope'
  | 'otherClient'
  | 'versionOne'
  | 'ofApplication'
  | 'otherSubject'
  | 'public';

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
  accessFlaw?: AccessFlaw;
  /** Conditional Access blocks the flow of device codes ("Block authentication flows"). */
  noDeviceCodes?: boolean;
  /** How long access tokens are good for, in seconds. */
  accessSeconds?: number;
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
  readonly clientId: string;
  readonly redirectUri: string;
  /** The scope of an API was asked for, too. */
  readonly wantsApi?: true;
}

/** A device code that waits for somebody to type its user code (RFC 8628). */
export interface Device {
  readonly clientId: string;
  readonly userCode: string;
  readonly expires: number;
  readonly wantsApi: boolean;
  /** When it was asked for last: earlier than the interval, it is `slow_down`. */
  askedAt: number;
  account?: OidcAccount;
  isDeclined?: true;
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
