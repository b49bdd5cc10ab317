import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { signInOf } from '../../../adapters/gcp/sign-in.ts';

const external = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/one',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
};
const credential_source = { file: '/nowhere/token' };

describe('credentials of Google Cloud', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gcp-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each([
    [
      'that would send tokens elsewhere',
      { ...external, token_url: 'https://evil.example/token', credential_source },
      /evil\.example/,
    ],
    [
      'that would impersonate elsewhere',
      {
        ...external,
        service_account_impersonation_url: 'https://evil.example/x',
        credential_source,
      },
      /evil\.example/,
    ],
    ['of another kind', { type: 'authorized_user' }, /type/],
    ['that say nowhere where the token comes from', external, /credential_source/],
    ['whose token is not there', { ...external, credential_source }, /nowhere/],
    ['without the audience', { ...external, audience: undefined, credential_source }, /audience/],
  ])('%s are refused before anything is sent', async (_, content, message) => {
    const credentialsFile = join(folder, 'credentials.json');
    await writeFile(credentialsFile, JSON.stringify(content));
    const warned = vi.spyOn(console, 'warn');
    await expect(signInOf({ projects: [], priority: 1000, credentialsFile })()).rejects.toThrow(message);
    expect(warned).not.toHaveBeenCalled();
  });

  test('of the environment, for federation, are looked at in the same way', async () => {
    const file = join(folder, 'credentials.json');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
    onTestFinished(() => void vi.unstubAllEnvs());
    await writeFile(
      file,
      JSON.stringify({ ...external, token_url: 'https://evil.example/token', credential_source: { file } }),
    );
    await expect(signInOf({ projects: [], priority: 1000 })()).rejects.toThrow(/evil\.example, which is not Google’s/);
  });
});
