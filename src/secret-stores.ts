import type { StoreOf } from './config/fetch-secrets.ts';
import type { Config } from './config/schema.ts';
import { isStored, readReference, type StoredReference } from './config/secret-reference.ts';
import { secretOf } from './config/secrets.ts';
import type { SecretStore } from './ports/secret-store.ts';

/** The stores of secrets, signed in to as the clouds of the configuration are. Each is loaded when something is asked of it. */
export function secretStores({ azure, aws }: Pick<Config, 'azure' | 'aws'>): StoreOf {
  const made = new Map<StoredReference['kind'], Promise<SecretStore>>();
  const makers: Readonly<Record<StoredReference['kind'], () => Promise<SecretStore>>> = {
    keyVault: () => vaultOf(azure),
    secretsManager: () => managerOf(aws),
  };
  return (reference) => {
    const { kind } = stored(reference);
    const kept = made.get(kind) ?? makers[kind]();
    made.set(kind, kept);
    return kept;
  };
}

async function vaultOf(azure: Config['azure']): Promise<SecretStore> {
  const { keyVault } = await import('../adapters/azure/key-vault/index.ts');
  const { tenantId, clientId, clientSecret, authority, caFile, disableInstanceDiscovery } = azure ?? {};
  const settings = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret: secretOf(clientSecret) }),
    ...(authority === undefined ? {} : { authority }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(disableInstanceDiscovery === undefined ? {} : { disableInstanceDiscovery }),
  };
  return keyVault(settings, (reference) => stored(reference, 'keyVault'));
}

async function managerOf(aws: Config['aws']): Promise<SecretStore> {
  const { secretsManager } = await import('../adapters/aws/secrets-manager/index.ts');
  const { accessKeyId, secretAccessKey, endpoint } = aws ?? {};
  const settings = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId: secretOf(accessKeyId), secretAccessKey: secretOf(secretAccessKey) } }
      : {}),
  };
  return secretsManager(settings, (reference) => stored(reference, 'secretsManager'));
}

function stored<K extends StoredReference['kind'] = StoredReference['kind']>(
  reference: string,
  kind?: K,
): Extract<StoredReference, { readonly kind: K }> {
  const read = readReference(reference);
  if (!isStored(read) || (kind !== undefined && read.kind !== kind)) throw new Error(`${reference} is in no store`);
  return read as Extract<StoredReference, { readonly kind: K }>;
}
