import type { Agent } from 'node:https';
import type { AccessToken, TokenCredential } from '@azure/identity';

interface SignIn {
  /** Without it the default chain takes the one that it finds. */
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly authority: string;
  readonly disableInstanceDiscovery?: boolean;
  readonly agent?: Agent;
}

/**
 * Signs in to Entra ID as one app.
 *
 * NB. After a 429 or 5xx of the token endpoint MSAL does not ask again for a minute, or as long as the service said (an
 * hour at most), and meanwhile every call to Azure fails, closing too. A credential that failed is therefore dropped, and
 * the next call makes a new one; when that is, whoever retries decides.
 */
export function credentialFor(signIn: SignIn): TokenCredential {
  let kept: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options): Promise<AccessToken | null> {
      kept ??= make(signIn);
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

async function make({ authority, tenantId, clientId, clientSecret, ...rest }: SignIn): Promise<TokenCredential> {
  const { ClientSecretCredential, DefaultAzureCredential } = await import('@azure/identity');
  const { disableInstanceDiscovery = false, agent } = rest;
  const options = {
    authorityHost: authority,
    disableInstanceDiscovery,
    retryOptions: { maxRetries: 0 },
    ...(agent ? { agent } : {}),
  };
  if (clientSecret !== undefined && tenantId !== undefined && clientId !== undefined)
    return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
  const ids = clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId };
  return new DefaultAzureCredential({ ...options, ...(tenantId === undefined ? {} : { tenantId }), ...ids });
}
