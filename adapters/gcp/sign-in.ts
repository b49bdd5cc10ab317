import { readFile } from 'node:fs/promises';
import { AwsClient, GoogleAuth, IdentityPoolClient, JWT, PluggableAuthClient } from 'google-auth-library';
import { z } from 'zod';
import type { GcpSettings } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

const content = z.union([
  z.looseObject({
    type: z.literal('external_account'),
    audience: z.string(),
    subject_token_type: z.string(),
    token_url: z.url(),
    service_account_impersonation_url: z.url().optional(),
    /** Where the token of the other side comes from, which tells the kind (https://google.aip.dev/auth/4117). */
    credential_source: z.looseObject({}),
  }),
  z.looseObject({ type: z.literal('service_account'), client_email: z.string(), private_key: z.string() }),
]);

/** Google's hosts that tokens may be sent to: the file decides where they go, so it is checked before anything is sent. */
const HOSTS = new Set(['sts.googleapis.com', 'iamcredentials.googleapis.com']);

type SignIn = () => Promise<string | null | undefined>;

/** Gives access tokens, kept and renewed by google-auth-library. Without a file its default chain is used. */
export function signInOf({ credentialsFile, endpoint }: GcpSettings): SignIn {
  let made: Promise<SignIn> | undefined;
  return async () => {
    made ??= credentialsFile === undefined ? usual(endpoint) : fromFile(credentialsFile, endpoint);
    // What could not be made is made anew: the file may be there by then.
    made.catch(() => {
      made = undefined;
    });
    return (await made)();
  };
}

async function usual(endpoint: string | undefined): Promise<SignIn> {
  const { GOOGLE_APPLICATION_CREDENTIALS: file } = process.env;
  // The library's own chain would send tokens wherever this file says.
  if (file && (await isFederated(file))) return fromFile(file, endpoint);
  const auth = new GoogleAuth({ scopes: SCOPE });
  return () => auth.getAccessToken();
}

async function isFederated(file: string): Promise<boolean> {
  try {
    const { type } = JSON.parse(await readFile(file, 'utf8')) as { readonly type?: unknown };
    return type === 'external_account';
  } catch {
    // The library reads it too, and says what is wrong with it.
    return false;
  }
}

async function fromFile(file: string, endpoint: string | undefined): Promise<SignIn> {
  const read = content.parse(JSON.parse(await readFile(file, 'utf8')));
  if (read.type === 'service_account') {
    const jwt = new JWT({ email: read.client_email, key: read.private_key, scopes: [SCOPE] });
    return async () => (await jwt.getAccessToken()).token;
  }
  const own = endpoint === undefined ? undefined : new URL(endpoint).host;
  for (const url of [read.token_url, read.service_account_impersonation_url ?? read.token_url]) {
    const { host } = new URL(url);
    if (!HOSTS.has(host) && host !== own)
      throw new Error(`${file} would send tokens to ${host}, which is not Google’s`);
  }
  const client = federated(read.credential_source, { ...read, scopes: [SCOPE] });
  return async () => (await client.getAccessToken()).token;
}

/** As `ExternalAccountClient.fromJSON` of the library does, which writes to the terminal that hosts are to be checked: they are. */
function federated(source: object, options: object): AwsClient | IdentityPoolClient | PluggableAuthClient {
  if ('environment_id' in source) return new AwsClient(options as never);
  return 'executable' in source ? new PluggableAuthClient(options as never) : new IdentityPoolClient(options as never);
}
