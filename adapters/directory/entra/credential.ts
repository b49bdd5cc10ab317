import type { Agent } from 'node:https';
import type { TokenCredential } from '@azure/identity';
import type { EntraSettings } from './settings.ts';

/**
 * Signs in as the app. NB. After a 429 or 5xx of the token endpoint MSAL does not ask again for a minute: a credential that
 * failed is dropped, and the next call makes a new one.
 */
export function credentialOf(settings: EntraSettings, agent: Agent): Pick<TokenCredential, 'getToken'> {
  let kept: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      kept ??= make(settings, agent);
      const used = kept;
      try {
        return await (await used).getToken(scopes, options);
      } catch (error) {
        if (kept === used) kept = undefined;
        throw error;
      }
    },
  };
}

async function make(settings: EntraSettings, agent: Agent): Promise<TokenCredential> {
  const { tenantId, clientId, clientSecret, authority, disableInstanceDiscovery = false } = settings;
  const { ClientSecretCredential, DefaultAzureCredential } = await import('@azure/identity');
  const options = {
    ...(authority === undefined ? {} : { authorityHost: authority }),
    disableInstanceDiscovery,
    retryOptions: { maxRetries: 0 },
    agent,
  };
  if (clientSecret !== undefined) return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
  const ids = { tenantId, managedIdentityClientId: clientId, workloadIdentityClientId: clientId };
  return new DefaultAzureCredential({ ...options, ...ids });
}
