import { readFile } from 'node:fs/promises';
import type { AccessToken, TokenCredential } from '@azure/identity';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { secretNow } from '../../src/kit/live-secret.ts';
import { failureOf } from './errors.ts';
import type { Settings } from './settings.ts';

/** What a managed identity's token is exchanged for, where an app trusts it (Entra, "Workload identity federation"). */
const EXCHANGE = 'api://AzureADTokenExchange/.default';

/** A token that is over within this is used no more. */
const RENEW_MS = 5 * MINUTE_MS;

/** Gives tokens for the connector, or for another resource. */
export interface Login {
  /** Rejects with a `ConnectorFailure` that has Entra's own number. */
  token(signal?: AbortSignal): Promise<string>;
}

/**
 * Signs in as the bot, in the one way that the settings name. NB. After a 429 or 5xx of the token endpoint MSAL does not
 * ask again for a minute: a credential that failed is dropped, and the next call makes a new one.
 */
export function loginOf(settings: Settings, resource = settings.oauthScope): Login {
  const scope = resource.endsWith('/.default') ? resource : `${resource}/.default`;
  let kept: Promise<TokenCredential> | undefined;
  let given: AccessToken | undefined;
  let signedInWith: string | undefined;
  return {
    async token(abortSignal) {
      // One that was rotated is signed in with anew, before the old one ends.
      const password = secretNow(settings.appPassword);
      if (password !== signedInWith) [kept, given] = [undefined, undefined];
      signedInWith = password;
      if (given && isGood(given)) return given.token;
      kept ??= make(settings);
      const used = kept;
      try {
        const token = (await (await used).getToken(scope, abortSignal ? { abortSignal } : {})) ?? undefined;
        if (kept === used) given = token;
        return tokenOf(token);
      } catch (error) {
        if (kept === used) [kept, given] = [undefined, undefined];
        throw failureOf(error);
      }
    },
  };
}

async function make({ tenantId, appId, appPassword, credential, loginUrl, ca }: Settings): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const options = {
    authorityHost: loginUrl,
    // The authority comes from our own configuration; nobody else is asked whether it is genuine.
    disableInstanceDiscovery: true,
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    retryOptions: { maxRetries: 0 },
  };
  const asserting = (assert: () => Promise<string>) =>
    new identity.ClientAssertionCredential(tenantId, appId, assert, options);
  const managed = (clientId: string) =>
    new identity.ManagedIdentityCredential({ clientId, retryOptions: { maxRetries: 0 } });
  if (credential === undefined)
    return new identity.ClientSecretCredential(tenantId, appId, secretNow(appPassword), options);
  if ('certificate' in credential)
    return new identity.ClientCertificateCredential(tenantId, appId, credential, options);
  if ('managedIdentity' in credential) return managed(appId);
  // Who writes this file writes it anew before the token is over: it is read at each sign-in.
  if ('tokenFile' in credential) return asserting(async () => (await readFile(credential.tokenFile, 'utf8')).trim());
  const trusted = managed(credential.federatedIdentity);
  return asserting(async () => tokenOf(await trusted.getToken(EXCHANGE)));
}

/** MSAL keeps it as well, and takes several times as long to find it again. It asks for another one as early as this does. */
function isGood({ expiresOnTimestamp, refreshAfterTimestamp = Number.POSITIVE_INFINITY }: AccessToken): boolean {
  return Date.now() < Math.min(expiresOnTimestamp - RENEW_MS, refreshAfterTimestamp);
}

function tokenOf(given: AccessToken | null | undefined): string {
  if (!given) throw new Error('no token was given');
  return given.token;
}
