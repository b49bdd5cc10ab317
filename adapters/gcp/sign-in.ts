import { readFile } from 'node:fs/promises';
import { ExternalAccountClient, GoogleAuth, JWT } from 'google-auth-library';
import { z } from 'zod';
import type { GcpSettings } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

const content = z.union([
  z.looseObject({
    type: z.literal('external_account'),
    token_url: z.url(),
    service_account_impersonation_url: z.url().optional(),
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
    made ??= credentialsFile === undefined ? usual() : fromFile(credentialsFile, endpoint);
    // What could not be made is made anew: the file may be there by then.
    made.catch(() => {
      made = undefined;
    });
    return (await made)();
  };
}

async function usual(): Promise<SignIn> {
  const auth = new GoogleAuth({ scopes: SCOPE });
  return () => auth.getAccessToken();
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
  const client = ExternalAccountClient.fromJSON({ ...read, scopes: [SCOPE] } as never);
  if (!client) throw new Error(`${file} is no configuration of workload identity federation`);
  return async () => (await client.getAccessToken()).token;
}
