import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { awsAdapter } from '../../../adapters/aws/index.ts';
import { startAwsSimulator } from '../../../simulators/aws/index.ts';
import { markSigner } from '../../../src/core/rule/mark.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { testLog } from './harness.ts';

const TRUSTS = { iss: 'https://sts.windows.net/tenant/', aud: 'api://drawbridge', sub: 'the-managed-identity' };

afterEach(() => vi.unstubAllEnvs());

/** A token as Entra gives it to a managed identity, signature aside. */
const tokenOf = (claims: object) =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

test.each([
  ['is let in, and takes the role of each account from there', TRUSTS, 600, undefined],
  ['of another identity is refused', { ...TRUSTS, sub: 'somebody else' }, 600, 'cloudDenied'],
  ['for another audience is refused', { ...TRUSTS, aud: 'api://other' }, 600, 'cloudDenied'],
  ['that has expired is refused', TRUSTS, -600, 'cloudDenied'],
])('a program in Azure without keys, with a token of Entra, %s', async (_, claims, seconds, code) => {
  const sim = await startAwsSimulator();
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'token-')), 'token');
    writeFileSync(file, tokenOf({ ...claims, exp: Math.floor(Date.now() / 1000) + seconds }));
    const env = {
      AWS_ENDPOINT_URL: sim.url,
      AWS_REGION: sim.region,
      AWS_ROLE_ARN: sim.addWebRole('drawbridge-hub', TRUSTS),
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
    };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const role = { arn: sim.roleArn, externalId: sim.externalId };
    const adapter = awsAdapter(
      { accounts: [{ id: sim.accountId, regions: [sim.region], role }] },
      { marks: markSigner('test', [{ id: 'k1', secret: 'x' }]), installation: 'test', log: testLog(), now: Date.now },
    );
    const asked = adapter.machines(never);
    if (code) await expect(asked).rejects.toMatchObject({ code });
    else expect((await asked).all).toHaveLength(3);
    const hub = sim.log().find(({ action }) => action === 'AssumeRole');
    expect(hub?.caller).toEqual(code ? undefined : expect.stringContaining('assumed-role/drawbridge-hub/'));
  } finally {
    await sim.stop();
  }
});
