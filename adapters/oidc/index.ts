import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { faultAt, meaningOf } from '../../src/core/view/doctor-page.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { SignIn } from '../../src/ports/sign-in.ts';
import { SKEW_MS, signedInBy } from './claims.ts';
import { away, refused } from './errors.ts';

export { accessTokens, scopeOf } from './access-tokens.ts';

export interface OidcSettings {
  /** With the ID of one tenant in it: `https://login.microsoftonline.com/<tenant>/v2.0`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The one whose people are meant. */
  readonly tenantId: string;
  /** An authentication context of Conditional Access that a fresh sign-in must have satisfied. */
  readonly context?: string;
  /** Where the provider sends people back to. */
  readonly redirect: string;
}

const LIMIT_SECONDS = 10;

/**
 * Signing in through Entra ID (OpenID Connect Core 1.0, code flow with PKCE). NB. `openid-client` checks no signature of an ID token unless
 * it is told to (`enableNonRepudiationChecks`). Metadata and keys are read anew for each sign-in, of which there are few: a key that
 * was changed a moment ago is known, and nothing that is old is trusted.
 */
export function oidcSignIn(settings: OidcSettings, now: () => number = Date.now): SignIn & Examiner {
  const { issuer, clientId, clientSecret, redirect, context } = settings;
  const isLocal = issuer.startsWith('http://');
  const execute = [enableNonRepudiationChecks, ...(isLocal ? [allowInsecureRequests] : [])];
  const metadata = { client_secret: clientSecret, [clockTolerance]: SKEW_MS / SECOND_MS };
  const provider = (): Promise<Configuration> =>
    discovery(new URL(issuer), clientId, metadata, undefined, { execute, timeout: LIMIT_SECONDS }).catch(
      (error: unknown) => {
        throw away(error);
      },
    );
  return {
    async examine() {
      const [of, what] = ['Sign-in', 'provider'];
      try {
        await provider();
        return [{ of, what, verdict: 'fine' }];
      } catch (error) {
        const remedy =
          'Compare `signIn.issuer` with the OpenID configuration of the tenant, and let Drawbridge reach it.';
        return [faultAt(of, what, meaningOf(error), remedy)];
      }
    },
    async address({ state, nonce, verifier, isFresh }) {
      const own = await provider();
      const fresh = {
        max_age: '0',
        prompt: 'login',
        ...(context ? { claims: JSON.stringify({ id_token: { acrs: { essential: true, value: context } } }) } : {}),
      };
      const address = buildAuthorizationUrl(own, {
        ...{ redirect_uri: redirect, scope: 'openid profile', state, nonce, response_mode: 'query' },
        ...{ code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
        ...(isFresh ? fresh : { prompt: 'select_account' }),
      });
      if (address.protocol !== 'https:' && !isLocal) throw away(new Error('its page is not served over TLS'));
      return address.href;
    },
    async person(returned, { state, nonce, verifier, isFresh }) {
      const own = await provider();
      const url = new URL(redirect);
      url.search = returned.toString();
      // Of `max_age` alone, which is checked below by our own clock, it would allow no difference of clocks.
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      try {
        const claims = (await authorizationCodeGrant(own, url, checks)).claims();
        return signedInBy(claims ?? {}, { ...settings, isFresh: isFresh === true, now: now() });
      } catch (error) {
        throw error instanceof JitError ? error : refused(error);
      }
    },
  };
}
