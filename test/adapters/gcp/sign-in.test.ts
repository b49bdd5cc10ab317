import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signInOf } from '../../../adapters/gcp/sign-in.ts';

describe('credentials of Google Cloud', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gcp-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each([
    [
      'that would send tokens elsewhere',
      { type: 'external_account', token_url: 'https://evil.example/token' },
      /evil\.example/,
    ],
    [
      'that would impersonate elsewhere',
      {
        type: 'external_account',
        token_url: 'https://sts.googleapis.com/v1/token',
        service_account_impersonation_url: 'https://evil.example/x',
      },
      /evil\.example/,
    ],
    ['of another kind', { type: 'authorized_user' }, /type/],
  ])('%s are refused before anything is sent', async (_, content, message) => {
    const credentialsFile = join(folder, 'credentials.json');
    await writeFile(credentialsFile, JSON.stringify(content));
    await expect(signInOf({ projects: [], priority: 1000, credentialsFile })()).rejects.toThrow(message);
  });
});
