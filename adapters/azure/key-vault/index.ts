import type { TokenCredential } from '@azure/identity';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { SecretRead, SecretStore } from '../../../src/ports/secret-store.ts';
import { connectionsWith } from '../arm/clients.ts';
import { type AzureCloud, hostsOf } from '../arm/clouds.ts';
import { credentialFor } from '../arm/credential.ts';
import { asJitError } from '../errors.ts';

/** What it signs in with: as to Azure itself, or as whoever this computer is where Azure is not configured. */
export interface KeyVaultSettings {
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly authority?: string;
  readonly caFile?: string;
  readonly disableInstanceDiscovery?: boolean;
}

/** Where a secret is. */
export interface InVault {
  /** Origin of the vault. */
  readonly vault: string;
  readonly name: string;
  readonly version?: string;
}

const CALL_MS = 5_000;
const VERSION = '7.4';
/** What its tokens are for, and where they come from, by the host of a vault ("National clouds"). */
const RESOURCES: Readonly<Record<AzureCloud, string>> = {
  public: 'https://vault.azure.net',
  usGovernment: 'https://vault.usgovcloudapi.net',
  china: 'https://vault.azure.cn',
};
const ROLE = '“Drawbridge operator (secrets)” of manifests/azure';

/**
 * Azure Key Vault: "Get Secret" (REST API 7.4), which takes one right. NB. The token's audience follows from the host, never from what
 * the vault answers: a challenge could ask for one of something else.
 */
export function keyVault(settings: KeyVaultSettings, whereIs: (reference: string) => InVault): SecretStore {
  const { agent } = connectionsWith(settings.caFile);
  const credentials = new Map<AzureCloud, TokenCredential>();
  const credentialIn = (cloud: AzureCloud) => {
    const { authority } = hostsOf({ cloud, authority: settings.authority });
    const kept = credentials.get(cloud) ?? credentialFor({ ...settings, authority, ...(agent ? { agent } : {}) });
    credentials.set(cloud, kept);
    return kept;
  };
  return {
    name: 'Azure Key Vault',
    async read(reference, signal) {
      const { vault, name, version } = whereIs(reference);
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
      const cloud = cloudOf(vault);
      try {
        const token = await credentialIn(cloud).getToken(`${RESOURCES[cloud]}/.default`, { abortSignal });
        const path = version === undefined ? name : `${name}/${version}`;
        const url = `${vault}/secrets/${path}?api-version=${VERSION}`;
        return readOf(await get(url, token?.token ?? '', { abortSignal, ...(agent ? { agent } : {}) }));
      } catch (error) {
        signal.throwIfAborted();
        return faultOf(error);
      }
    },
  };
}

function cloudOf(vault: string): AzureCloud {
  const { hostname } = new URL(vault);
  if (hostname.endsWith('.vault.usgovcloudapi.net')) return 'usGovernment';
  return hostname.endsWith('.vault.azure.cn') ? 'china' : 'public';
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function get(
  url: string,
  token: string,
  { abortSignal, agent }: { readonly abortSignal: AbortSignal } & ReturnType<typeof connectionsWith>,
): Promise<Answer> {
  const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } = await import(
    '@azure/core-rest-pipeline'
  );
  const headers = createHttpHeaders({ authorization: `Bearer ${token}`, accept: 'application/json' });
  const request = createPipelineRequest({ url, method: 'GET', headers, abortSignal });
  if (agent) request.agent = agent;
  const { status, bodyAsText } = await createDefaultHttpClient().sendRequest(request);
  return { status, text: bodyAsText ?? '' };
}

/** "REST API error codes" of Key Vault. Of an answer only the name of its error is ever told. */
function readOf({ status, text }: Answer): SecretRead {
  const { value, error } = objectIn(text);
  if (status === 200)
    return typeof value === 'string' && value.trim() !== ''
      ? { value }
      : { fault: 'what answers is not Key Vault, or the secret is empty' };
  const code = codeIn(error) ?? `HTTP ${status}`;
  if (status === 404)
    return { fault: `Key Vault has no such secret (${code})`, remedy: 'make it there, or correct its name' };
  if (code === 'SecretDisabled')
    return { fault: 'it is disabled in Key Vault', remedy: 'enable it, or name another version' };
  if (code === 'ForbiddenByFirewall' || code === 'ForbiddenByConnection')
    return { fault: `the firewall of the vault keeps Drawbridge out (${code})`, remedy: 'let its network in' };
  if (status === 401 || status === 403)
    return {
      fault: `Key Vault does not let Drawbridge read it (${code})`,
      remedy: `assign ${ROLE} there to its identity`,
    };
  if (status === 429 || status >= 500) return { fault: `Key Vault does not answer now (${code})` };
  return { fault: `Key Vault refuses to give it (${code})`, remedy: 'look this code up in its documentation' };
}

function faultOf(error: unknown): SecretRead {
  const told = asJitError(error);
  if (told instanceof JitError && told.code === 'cloudDenied')
    return {
      fault: `Entra ID signs nobody in for Key Vault (${String(told.words.code)})`,
      remedy: 'compare the credentials of `azure`, or of this computer',
    };
  return { fault: 'Key Vault, or the sign-in to it, does not answer' };
}

interface Body {
  readonly value?: unknown;
  readonly error?: unknown;
}

function objectIn(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** The inner code says more: `ForbiddenByRbac`, `SecretDisabled`. */
function codeIn(error: unknown): string | undefined {
  const { code, innererror } = (error ?? {}) as {
    readonly code?: unknown;
    readonly innererror?: { readonly code?: unknown };
  };
  const said = innererror?.code ?? code;
  return typeof said === 'string' && /^[A-Za-z]{1,60}$/.test(said) ? said : undefined;
}
