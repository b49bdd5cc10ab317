/** What a sign-in at the provider of `signIn` is asked to be, and must come back as. */
export interface SignInAsk {
  /** Comes back as it is; unguessable. */
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: stays here until the code is redeemed. */
  readonly verifier: string;
  /** The person must have signed in since then. */
  readonly isFresh?: true;
}

/** Who signed in, as the provider vouches. */
export interface SignedIn {
  /** Entra object id, in lower case. */
  readonly entra: string;
  /** To be shown, and for nothing else. */
  readonly name: string;
}

/** Signing in with OpenID Connect. */
export interface SignIn {
  /** The address of the provider's page. Throws `signInAway`. */
  address(asked: SignInAsk): Promise<string>;
  /**
   * Who came back with these parameters. Throws `signInAway` where the provider cannot be asked, and `signInRefused` for everything that
   * is not exactly what was asked for.
   */
  person(returned: URLSearchParams, asked: SignInAsk): Promise<SignedIn>;
}
