import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { SecretRead, SecretStore } from '../../../src/ports/secret-store.ts';
import { ownAnswers } from '../ec2/own-answers.ts';
import { asJitError } from '../errors.ts';

/** What it signs in with: as to AWS itself, or by the SDK's own chain. */
export interface SecretsManagerSettings {
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoint?: string;
}

/** Where a secret is. */
export interface InSecretsManager {
  /** Its ARN. */
  readonly id: string;
  readonly region: string;
  /** A key of the JSON that it holds. */
  readonly field?: string;
}

const CONNECT_MS = 2_000;
const CALL_MS = 5_000;
/** The page of the call says 500, the one of all errors 400. */
const AWAY = new Set(['InternalServiceError', 'InternalFailure']);
const POLICY = 'manifests/aws/secrets.yaml';

/** AWS Secrets Manager: `GetSecretValue` of the current version. Fields of one secret are read with one call. */
export function secretsManager(
  settings: SecretsManagerSettings,
  whereIs: (reference: string) => InSecretsManager,
): SecretStore {
  const clients = new Map<string, SecretsManagerClient>();
  const underWay = new Map<string, Promise<SecretRead>>();
  const clientIn = (region: string) => {
    const kept = clients.get(region) ?? clientOf(region, settings);
    clients.set(region, kept);
    return kept;
  };
  const wholeOf = ({ id, region }: InSecretsManager, abortSignal: AbortSignal) => {
    const kept = underWay.get(id);
    if (kept) return kept;
    const asked = whole(clientIn(region), id, abortSignal).finally(() => underWay.delete(id));
    underWay.set(id, asked);
    return asked;
  };
  return {
    name: 'AWS Secrets Manager',
    async read(reference, signal) {
      const where = whereIs(reference);
      const read = await wholeOf(where, signal);
      signal.throwIfAborted();
      return where.field === undefined || 'fault' in read ? read : fieldOf(read.value, where.field);
    },
  };
}

async function whole(client: SecretsManagerClient, SecretId: string, abortSignal: AbortSignal): Promise<SecretRead> {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }), { abortSignal });
    return SecretString.trim() === ''
      ? { fault: 'it holds no text', remedy: 'store it as text: binary secrets are not read' }
      : { value: SecretString };
  } catch (error) {
    return faultOf(error);
  }
}

function clientOf(region: string, { credentials, endpoint }: SecretsManagerSettings): SecretsManagerClient {
  return ownAnswers(
    new SecretsManagerClient({
      region,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: CALL_MS, throwOnRequestTimeout: true },
      // Tries again are those of whoever asks, within a limit of its own.
      maxAttempts: 1,
      userAgentAppId: 'drawbridge',
      ...(credentials ? { credentials } : {}),
      ...(endpoint ? { endpoint } : {}),
    }),
  );
}

function fieldOf(text: string, field: string): SecretRead {
  const remedy = 'correct the key behind “#”, or the secret';
  let value: unknown;
  try {
    value = (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[field];
  } catch {
    return { fault: `it is no JSON, and so has no key ${field}`, remedy };
  }
  return typeof value === 'string' && value.trim() !== ''
    ? { value }
    : { fault: `it has no text under the key ${field}`, remedy };
}

/** "GetSecretValue", errors. Of an answer only the name of its error is ever told. */
function faultOf(error: unknown): SecretRead {
  const { name = '' } = (error ?? {}) as { readonly name?: string };
  const known = FAULTS[name];
  if (known) return known;
  const told = asJitError(error);
  const code = told instanceof JitError && !AWAY.has(name) ? told.code : undefined;
  if (code === 'cloudDenied')
    return {
      fault: `Secrets Manager does not let Drawbridge read it (${name})`,
      remedy: `allow secretsmanager:GetSecretValue (${POLICY})`,
    };
  if (code === 'cloudRefused')
    return { fault: `Secrets Manager refuses to give it (${name})`, remedy: 'look this code up in its documentation' };
  return { fault: 'Secrets Manager, or the sign-in to it, does not answer' };
}

const FAULTS: Readonly<Record<string, SecretRead>> = {
  ResourceNotFoundException: {
    fault: 'Secrets Manager has no such secret',
    remedy: 'make it there, or correct its ARN',
  },
  InvalidRequestException: {
    fault: 'it is marked for deletion in Secrets Manager',
    remedy: 'restore it, or name another one',
  },
  DecryptionFailure: {
    fault: 'Secrets Manager cannot decrypt it',
    remedy: `let Drawbridge use its KMS key: kms:Decrypt (${POLICY})`,
  },
};
