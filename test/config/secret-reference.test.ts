import { describe, expect, it, vi } from 'vitest';
import { fetchSecrets } from '../../src/config/fetch-secrets.ts';
import { isStored, readReference } from '../../src/config/secret-reference.ts';
import { keepFetched, liveSecretOf, secretFault, secretOf, wasRotated } from '../../src/config/secrets.ts';
import type { SecretRead } from '../../src/ports/secret-store.ts';
import { refusal } from '../core/samples.ts';
import { broken, faultsOf, SMALL } from './files.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:drawbridge/slack-AbCdEf';

describe('a reference to a secret', () => {
  it.each([
    ['env:TOKEN', { kind: 'env', name: 'TOKEN' }],
    ['file:/run/a b', { kind: 'file', path: '/run/a b' }],
    [
      'keyVault:https://door.vault.azure.net/secrets/slack',
      { kind: 'keyVault', vault: 'https://door.vault.azure.net', name: 'slack' },
    ],
    [
      `keyVault:https://door.vault.usgovcloudapi.net/secrets/slack/${'0a'.repeat(16)}`,
      { kind: 'keyVault', vault: 'https://door.vault.usgovcloudapi.net', name: 'slack', version: '0a'.repeat(16) },
    ],
    [
      'keyVault:https://door.vault.azure.cn/secrets/s',
      { kind: 'keyVault', vault: 'https://door.vault.azure.cn', name: 's' },
    ],
    [`secretsManager:${ARN}`, { kind: 'secretsManager', id: ARN, region: 'eu-west-1' }],
    [`secretsManager:${ARN}#botToken`, { kind: 'secretsManager', id: ARN, region: 'eu-west-1', field: 'botToken' }],
  ])('%s is read', (text, read) => {
    expect(readReference(text)).toEqual(read);
    expect(isStored(readReference(text))).toBe(!/^(?:env|file)$/.test(read.kind));
  });

  it.each([
    'xoxb-1234',
    'env:lower',
    'file:',
    'keyVault:door/slack',
    // No token for a vault goes to any other host.
    'keyVault:https://door.vault.azure.net.evil.example/secrets/slack',
    'keyVault:https://evil.example/secrets/slack?.vault.azure.net',
    'keyVault:https://evil.example#.vault.azure.net/secrets/slack',
    'keyVault:https://door.vault.azure.net@evil.example/secrets/slack',
    'keyVault:http://door.vault.azure.net/secrets/slack',
    'keyVault:https://127.0.0.1/secrets/slack',
    'keyVault:https://door.vault.azure.net/keys/slack',
    'keyVault:https://door.vault.azure.net/secrets/a/../b',
    `secretsManager:${ARN}#`,
    'secretsManager:drawbridge/slack',
    'secretsManager:arn:aws:ssm:eu-west-1:123456789012:parameter/slack',
  ])('%s is none, and is not repeated', (text) => {
    expect(readReference(text)).toBeUndefined();
    const faults = faultsOf(broken(['env:A', JSON.stringify(text)]));
    expect(faults).toEqual([expect.stringMatching(/^slack\.botToken: must be env:NAME, file:\/path, or/)]);
    expect(faults.join()).not.toContain(text.slice(text.indexOf(':') + 1) || 'xoxb');
  });

  it('of what a store is signed in to with is not in that store', () => {
    const keys = `aws: { accessKeyId: "secretsManager:${ARN}#id", secretAccessKey: env:K, accounts:`;
    expect(faultsOf(broken(['aws: { accounts:', keys]))).toEqual([
      'aws.accessKeyId: must be env:NAME or file:/path: Secrets Manager is signed in to with it; secrets do not belong in this file (line 3)',
    ]);
    const id = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
    const azure = (secret: string) =>
      `${SMALL}azure: { tenantId: ${id}, clientId: ${id}, clientSecret: "${secret}", subscriptions: [{ id: ${id} }] }\n`;
    expect(faultsOf(azure('keyVault:https://door.vault.azure.net/secrets/own'))).toEqual([
      'azure.clientSecret: must be env:NAME, file:/path, or secretsManager:<ARN>: Key Vault is signed in to with it; secrets do not belong in this file (line 13)',
    ]);
    expect(faultsOf(azure(`secretsManager:${ARN}#azure`))).toEqual([]);
  });
});

describe('what a store said of a secret', () => {
  const named = (name: string) => `keyVault:https://tests.vault.azure.net/secrets/${name}`;

  it('is nothing before it was asked, then the fault, then the value, which a later fault does not take away', () => {
    const reference = named('life');
    expect(refusal(() => secretOf(reference)).hint).toBe(`\n  the secret ${reference} is not set`);
    keepFetched(reference, { fault: 'Key Vault has no such secret (SecretNotFound)', remedy: 'make it there' });
    expect(secretFault(reference)).toBe('cannot be read: Key Vault has no such secret (SecretNotFound): make it there');
    keepFetched(reference, { value: ' one\n' });
    expect(secretOf(reference)).toBe('one');
    keepFetched(reference, { fault: 'Key Vault does not answer now (HTTP 503)' });
    expect([secretOf(reference), secretFault(reference)]).toEqual(['one', undefined]);
    keepFetched(reference, { value: ' one\n' });
    expect(wasRotated(reference)).toBe(false);
    keepFetched(reference, { value: 'two' });
    expect([wasRotated(reference), secretOf(reference)]).toEqual([true, 'two']);
  });

  it('is the newest value for what is live, and the last one while there is none', () => {
    const reference = named('live');
    expect(refusal(() => liveSecretOf(reference)).code).toBe('badConfig');
    keepFetched(reference, { value: 'one' });
    const live = liveSecretOf(reference);
    keepFetched(reference, { value: 'two' });
    expect(live()).toBe('two');
    vi.stubEnv('LIVE_OF_A_TEST', 'one');
    const own = liveSecretOf('env:LIVE_OF_A_TEST');
    vi.stubEnv('LIVE_OF_A_TEST', '');
    expect(own()).toBe('one');
    vi.unstubAllEnvs();
  });
});

describe('secrets are fetched', () => {
  const storeOf = (read: (reference: string, signal: AbortSignal) => Promise<SecretRead>) => async () => ({
    name: 'a store',
    read,
  });
  const asked = Array.from({ length: 30 }, (_, i) => `keyVault:https://tests.vault.azure.net/secrets/s${i}`);

  it('each once, few at a time, all of them whatever becomes of some', async () => {
    let [atOnce, most] = [0, 0];
    const found = await fetchSecrets(
      [...asked, ...asked],
      storeOf(async (reference) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise(setImmediate);
        atOnce -= 1;
        return reference.endsWith('7') ? { fault: 'no', remedy: 'do' } : { value: reference };
      }),
      10_000,
    );
    expect([found.size, most]).toEqual([30, 8]);
    expect([...found.values()].filter((read) => 'fault' in read)).toHaveLength(3);
  });

  it('again where a moment later it may be another answer, until the time is over', async () => {
    let tries = 0;
    const [first = ''] = asked;
    const busy = storeOf(async () => {
      tries += 1;
      return tries < 2 ? { fault: 'busy' } : { value: 'v' };
    });
    expect(await fetchSecrets([first], busy, 5_000)).toEqual(new Map([[first, { value: 'v' }]]));
    const silent = storeOf(
      (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    expect(await fetchSecrets([first], silent, 50)).toEqual(
      new Map([[first, { fault: 'its store did not answer in time' }]]),
    );
    expect(
      await fetchSecrets(
        [first],
        storeOf(async () => ({ fault: 'busy' })),
        50,
      ),
    ).toEqual(new Map([[first, { fault: 'busy' }]]));
  });
});
