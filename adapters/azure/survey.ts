import { z } from 'zod';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { AzureSurvey } from '../../src/ports/survey.ts';
import { connectionsWith } from './arm/clients.ts';
import { type AzureCloud, hostsOf } from './arm/clouds.ts';
import { credentialFor } from './arm/credential.ts';
import { type Plain, plainCalls } from './arm/plain.ts';
import { asJitError } from './errors.ts';

/** Where to sign in; all of it has a usual value. Without a secret, the default chain of @azure/identity signs in. */
export interface AzureAccess {
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly cloud?: AzureCloud;
  readonly resourceManager?: string;
  readonly authority?: string;
  readonly caFile?: string;
  readonly disableInstanceDiscovery?: boolean;
}

/** The chain tries one way after another, and some take seconds to say that they have nothing. */
const LIMIT_MS = 30 * SECOND_MS;
/** "Subscriptions - List" and "Tenants - List" of the Azure Resource Manager REST API. */
const VERSION = '2022-12-01';

const subscription = z.object({
  subscriptionId: z.string(),
  tenantId: z.string(),
  displayName: z.string().default(''),
  state: z.string().optional(),
});
const tenant = z.object({ tenantId: z.string(), displayName: z.string().optional() });

/** What the sign-in at hand finds in Azure. */
export function azureSurvey(access: AzureAccess): AzureSurvey {
  const list = async <T extends z.ZodType>(
    path: string,
    one: T,
    signal: AbortSignal,
  ): Promise<readonly z.output<T>[]> =>
    callWithin({ signal, limitMs: LIMIT_MS, asError: asJitError }, async (abortSignal) => {
      const found = await (await armCalls(access)).list({ path, version: VERSION }, { abortSignal });
      return found.flatMap((item) => one.safeParse(item).data ?? []);
    });
  return {
    async tenants(signal) {
      const found = await list('/tenants', tenant, signal);
      return found.map(({ tenantId, displayName }) => ({ id: tenantId, name: displayName ?? tenantId }));
    },
    async subscriptions(signal) {
      const found = await list('/subscriptions', subscription, signal);
      return found
        .filter(({ state = 'Enabled' }) => state === 'Enabled')
        .map(({ subscriptionId, tenantId, displayName }) => ({ id: subscriptionId, name: displayName, tenantId }));
    },
  };
}

/** Calls of Resource Manager as whoever is signed in here. */
export async function armCalls({ caFile, ...access }: AzureAccess): Promise<Plain> {
  const rest = await import('@azure/core-rest-pipeline');
  const { resourceManager, authority } = hostsOf(access);
  const connections = connectionsWith(caFile);
  const pipeline = rest.createPipelineFromOptions({
    ...connections,
    retryOptions: { maxRetries: 1 },
    userAgentOptions: { userAgentPrefix: 'drawbridge' },
  });
  const credential = credentialFor({ ...access, authority, ...connections });
  const scopes = [`${resourceManager.replace(/\/+$/, '')}/.default`];
  pipeline.addPolicy(rest.bearerTokenAuthenticationPolicy({ credential, scopes }));
  const client = rest.createDefaultHttpClient();
  return plainCalls({ sendRequest: (request) => pipeline.sendRequest(client, request) }, resourceManager);
}
