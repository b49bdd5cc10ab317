import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyVault } from '../../../adapters/azure/key-vault/index.ts';
import { type AzureSimulator, startAzureSimulator } from '../../../simulators/azure/index.ts';
import type { Fault } from '../../../simulators/shared/faults.ts';
import type { SecretStore } from '../../../src/ports/secret-store.ts';
import { never } from '../../conformance/cloud-steps.ts';

const PLANTED = 'xoxb-planted-in-the-vault';

describe('Key Vault', () => {
  let sim: AzureSimulator;
  let store: SecretStore;
  const signIn = (more: { readonly clientSecret?: string } = {}) => {
    const caFile = join(mkdtempSync(join(tmpdir(), 'drawbridge-vault-')), 'ca.pem');
    writeFileSync(caFile, sim.ca);
    const { tenantId, clientId, clientSecret, authority } = sim;
    const settings = { tenantId, clientId, clientSecret, authority, caFile, disableInstanceDiscovery: true, ...more };
    return keyVault(settings, (reference) => {
      const [name = '', version] = reference.split('/');
      return { vault: sim.url, name, ...(version === undefined ? {} : { version }) };
    });
  };
  beforeEach(async () => {
    sim = await startAzureSimulator();
    sim.vault.set('slack', PLANTED);
    store = signIn();
  });
  afterEach(() => sim.stop());

  it('gives the current version, or the one that is named', async () => {
    expect(await store.read('slack', never)).toEqual({ value: PLANTED });
    const newer = sim.vault.set('slack', 'newer');
    expect(await store.read('slack', never)).toEqual({ value: 'newer' });
    sim.vault.set('slack', 'newest');
    expect(await store.read(`slack/${newer}`, never)).toEqual({ value: 'newer' });
    expect(
      new Set(
        sim
          .log()
          .map(({ operation }) => operation)
          .filter((one) => /Secret|Token/.test(one)),
      ),
    ).toEqual(new Set(['Token', 'GetSecret']));
  });

  it.each([
    ['ForbiddenByRbac', 'Key Vault does not let Drawbridge read it (ForbiddenByRbac)'],
    ['AccessDenied', 'Key Vault does not let Drawbridge read it (AccessDenied)'],
    ['ForbiddenByFirewall', 'the firewall of the vault keeps Drawbridge out (ForbiddenByFirewall)'],
    ['ForbiddenByConnection', 'the firewall of the vault keeps Drawbridge out (ForbiddenByConnection)'],
  ] as const)('that bars everybody with %s is told, with what to do', async (bar, fault) => {
    sim.vault.bar = bar;
    expect(await store.read('slack', never)).toEqual({ fault, remedy: expect.any(String) });
  });

  it('says that a secret is not there, is disabled, or is empty', async () => {
    const fault = 'Key Vault has no such secret (SecretNotFound)';
    expect(await store.read('absent', never)).toMatchObject({ fault, remedy: 'make it there, or correct its name' });
    sim.vault.set('empty', ' ');
    expect(await store.read('empty', never)).toEqual({
      fault: 'what answers is not Key Vault, or the secret is empty',
    });
    sim.vault.disable('slack');
    expect(await store.read('slack', never)).toMatchObject({ fault: 'it is disabled in Key Vault' });
    sim.vault.remove('slack');
    expect(await store.read('slack', never)).toMatchObject({ fault });
  });

  it('signs nobody in with a wrong secret, which is told by Entra’s own number', async () => {
    const said = await signIn({ clientSecret: 'planted-wrong' }).read('slack', never);
    expect(said).toMatchObject({
      fault: 'Entra ID signs nobody in for Key Vault (AADSTS7000215)',
      remedy: expect.any(String),
    });
    expect(JSON.stringify(said)).not.toContain('planted');
  });

  it.each<[string, string, Fault]>([
    ['GetSecret', 'throttles', { kind: 'throttle', retryAfterSeconds: 1 }],
    ['GetSecret', 'is away', { kind: 'error', status: 503, code: 'ServiceUnavailable' }],
    ['GetSecret', 'cuts the connection', { kind: 'reset' }],
    ['GetSecret', 'is a proxy that answers', { kind: 'strange', body: '<html>Sign in</html>' }],
    ['GetSecret', 'is a filter that answers in JSON', { kind: 'strange', body: '{"blocked":true}' }],
    ['GetSecret', 'answers with nothing', { kind: 'strange', body: '' }],
    ['Token', 'has a sign-in that is away', { kind: 'error', status: 503, code: 'ServiceUnavailable' }],
    ['Token', 'has a sign-in that throttles', { kind: 'throttle' }],
  ])('%s: one that %s may answer otherwise a moment later', async (operation, _, fault) => {
    sim.faults.add(operation, fault);
    const said = await store.read('slack', never);
    expect(said).toEqual({ fault: expect.any(String) });
    expect(await store.read('slack', never)).toEqual({ value: PLANTED });
  });

  it('is not waited for longer than whoever asks wants', async () => {
    sim.faults.add('GetSecret', { kind: 'slow', ms: 2_000 });
    await expect(store.read('slack', AbortSignal.timeout(50))).rejects.toThrow(/timeout|abort/i);
  });
});
