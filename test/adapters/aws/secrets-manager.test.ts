import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretsManager } from '../../../adapters/aws/secrets-manager/index.ts';
import { type AwsSimulator, startAwsSimulator } from '../../../simulators/aws/index.ts';
import type { Fault } from '../../../simulators/shared/faults.ts';
import type { SecretStore } from '../../../src/ports/secret-store.ts';
import { never } from '../../conformance/cloud-steps.ts';

const PLANTED = 'xoxb-planted-in-secrets-manager';
const AWAY = { fault: 'Secrets Manager, or the sign-in to it, does not answer' };

describe('Secrets Manager', () => {
  let sim: AwsSimulator;
  let store: SecretStore;
  let arn: string;
  const signIn = (more: { readonly secretAccessKey?: string } = {}) => {
    const { accessKeyId, secretAccessKey, url: endpoint, region } = sim;
    return secretsManager({ endpoint, credentials: { accessKeyId, secretAccessKey, ...more } }, (reference) => {
      const [id = '', field] = reference.split('#');
      return { id, region, ...(field === undefined ? {} : { field }) };
    });
  };
  const calls = () => sim.log().filter(({ action }) => action === 'GetSecretValue').length;
  beforeEach(async () => {
    sim = await startAwsSimulator();
    arn = sim.secretsManager.set('drawbridge/slack', PLANTED);
    store = signIn();
  });
  afterEach(() => sim.stop());

  it('gives the current text, and fields of one secret with one call', async () => {
    expect(await store.read(arn, never)).toEqual({ value: PLANTED });
    sim.secretsManager.set(
      'drawbridge/slack',
      JSON.stringify({ botToken: PLANTED, signingSecret: 'planted-2', port: 1 }),
    );
    const before = calls();
    expect(
      await Promise.all(['botToken', 'signingSecret'].map((field) => store.read(`${arn}#${field}`, never))),
    ).toEqual([{ value: PLANTED }, { value: 'planted-2' }]);
    expect(calls() - before).toBe(1);
    for (const field of ['port', 'absent', '__proto__', 'toString'])
      expect(await store.read(`${arn}#${field}`, never)).toMatchObject({
        fault: `it has no text under the key ${field}`,
      });
  });

  it('says of text that is no JSON, and of what is binary, that it cannot be used', async () => {
    const said = await store.read(`${arn}#botToken`, never);
    expect(said).toMatchObject({ fault: 'it is no JSON, and so has no key botToken' });
    expect(JSON.stringify(said)).not.toContain('planted');
    sim.secretsManager.set('drawbridge/slack');
    expect(await store.read(arn, never)).toMatchObject({ fault: 'it holds no text' });
    sim.secretsManager.set('drawbridge/slack', 'null');
    expect(await store.read(`${arn}#botToken`, never)).toMatchObject({
      fault: 'it has no text under the key botToken',
    });
  });

  it('that refuses is told, with what to do', async () => {
    const said = () => store.read(arn, never);
    expect(await store.read(arn.replace('slack', 'other'), never)).toMatchObject({
      fault: 'Secrets Manager has no such secret',
    });
    sim.secretsManager.isDenied = true;
    expect(await said()).toEqual({
      fault: 'Secrets Manager does not let Drawbridge read it (AccessDeniedException)',
      remedy: 'allow secretsmanager:GetSecretValue (manifests/aws/secrets.yaml)',
    });
    sim.secretsManager.isDenied = false;
    sim.secretsManager.lock('drawbridge/slack');
    expect(await said()).toMatchObject({
      fault: 'Secrets Manager cannot decrypt it',
      remedy: expect.stringContaining('kms:Decrypt'),
    });
    sim.secretsManager.delete('drawbridge/slack');
    expect(await said()).toMatchObject({ fault: 'it is marked for deletion in Secrets Manager' });
  });

  it('takes no wrong key', async () => {
    const said = await signIn({ secretAccessKey: 'planted-wrong' }).read(arn, never);
    expect(said).toMatchObject({
      fault: expect.stringMatching(/^Secrets Manager does not let Drawbridge read it/),
      remedy: expect.any(String),
    });
    expect(JSON.stringify(said)).not.toContain('planted');
  });

  it.each<[string, Fault]>([
    ['throttles', { kind: 'throttle' }],
    ['is away', { kind: 'error', status: 503, code: 'ServiceUnavailable' }],
    ['has an error of its own', { kind: 'error', status: 500, code: 'InternalServiceError' }],
    ['has one with the other status', { kind: 'error', status: 400, code: 'InternalServiceError' }],
    ['cuts the connection', { kind: 'reset' }],
    ['is a proxy that answers', { kind: 'strange', body: '<html>Sign in</html>' }],
    ['is a filter that answers in JSON', { kind: 'strange', body: '{"blocked":true}' }],
    ['answers with nothing', { kind: 'strange', body: '' }],
  ])('that %s may answer otherwise a moment later', async (_, fault) => {
    sim.faults.add('GetSecretValue', fault);
    expect(await store.read(arn, never)).toEqual(AWAY);
    expect(await store.read(arn, never)).toEqual({ value: PLANTED });
  });

  it('is not waited for longer than whoever asks wants', async () => {
    sim.faults.add('GetSecretValue', { kind: 'slow', ms: 2_000 });
    await expect(store.read(arn, AbortSignal.timeout(50))).rejects.toThrow(/timeout|abort/i);
  });
});
