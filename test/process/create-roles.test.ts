import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { type AzureSimulator, startAzureSimulator } from '../../simulators/azure/index.ts';
import { createRolesVerb } from '../../src/cli/create-roles.ts';
import type { CreateOptions } from '../../src/cli/role-plan.ts';
import { rolesFor } from '../../src/cli/roles.ts';
import { broken } from '../config/files.ts';

const OURS = 'Drawbridge reader';
const namesIn = (text = '') =>
  (
    JSON.parse(text) as { readonly resources: readonly { readonly properties: { readonly roleName: string } }[] }
  ).resources.map(({ properties }) => properties.roleName);

describe('jit roles azure --create', () => {
  let sim: AzureSimulator;
  let file: string;
  let said: string[];
  beforeEach(async () => {
    sim = await startAzureSimulator();
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-create-roles-'));
    writeFileSync(join(folder, 'ca.pem'), sim.ca);
    const azure = {
      ...{
        tenantId: sim.tenantId,
        clientId: '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d',
        clientSecret: 'env:OF_DRAWBRIDGE_ITSELF',
      },
      ...{ subscriptions: [{ id: sim.subscriptionId }], resourceManager: sim.url, authority: sim.authority },
      ...{ caFile: join(folder, 'ca.pem'), disableInstanceDiscovery: true },
    };
    file = join(folder, 'drawbridge.yaml');
    writeFileSync(file, `${broken()}${stringify({ azure })}`);
    // Whoever is signed in here, and not Drawbridge: it may make no roles.
    vi.stubEnv('AZURE_TENANT_ID', sim.tenantId);
    vi.stubEnv('AZURE_CLIENT_ID', sim.clientId);
    vi.stubEnv('AZURE_CLIENT_SECRET', sim.clientSecret);
    said = [];
    for (const how of ['log', 'error'] as const)
      vi.spyOn(console, how).mockImplementation((line) => void said.push(String(line)));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = 0;
    await sim.stop();
  });

  const create = async (options: CreateOptions = {}) => {
    said.length = 0;
    process.exitCode = 0;
    await createRolesVerb(file, 'azure', options);
    const code = process.exitCode;
    return { code, text: said.join('\n'), digest: /--yes (\w+)/.exec(said.join('\n'))?.[1] ?? '' };
  };
  const writes = () => sim.log().filter(({ method }) => method === 'PUT').length;

  it('says to sign in where nobody is', async () => {
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) vi.stubEnv(name, undefined);
    // Of the ways to sign in, the one that leaves this computer alone; and it is not there.
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'AzureCliCredential');
    vi.stubEnv('PATH', '/nowhere');
    await expect(create()).rejects.toMatchObject({ code: 'noCloudSignIn', words: { how: 'az login' } });
  });

  it('says what it would do, does it when told that this is right, and nothing twice', async () => {
    const dry = await create({ dryRun: true });
    expect([dry.code, writes()]).toEqual([0, 0]);
    expect(dry.text).toContain(`Make “${OURS}”, for /subscriptions/${sim.subscriptionId}:\n    Microsoft.Security/`);
    expect(dry.text).toContain('    Microsoft.KeyVault/vaults/secrets/getSecret/action');
    const asked = await create();
    expect([asked.code, asked.digest, writes()]).toEqual([1, dry.digest, 0]);
    const wrong = await create({ yes: 'abcdef0123' });
    expect([wrong.code, writes()]).toEqual([1, 0]);
    expect(wrong.text).toContain('this is not what that digest was of');
    const made = await create({ yes: dry.digest });
    expect(made.code).toBe(0);
    expect([...sim.roles.all().keys()].toSorted()).toEqual(namesIn(rolesFor('azure').text).toSorted());
    expect(sim.roles.all().get('Drawbridge operator (secrets)')).toMatchObject({
      assignableScopes: [`/subscriptions/${sim.subscriptionId}`],
      permissions: [{ actions: [], dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'] }],
    });
    const before = writes();
    const again = await create({ yes: dry.digest });
    expect([again.code, again.text, writes()]).toEqual([
      0,
      'All roles are there, as they should be. Nothing is to be done.',
      before,
    ]);
  });

  it('makes one for whom it is told, and puts right what somebody changed', async () => {
    const { digest } = await create({ for: 'auditor', dryRun: true });
    await create({ for: 'auditor', yes: digest });
    expect([...sim.roles.all().keys()]).toEqual([OURS]);
    const right = sim.roles.all().get(OURS);
    sim.roles.allow(OURS, ['Microsoft.Compute/virtualMachines/read', 'Microsoft.Compute/virtualMachines/write']);
    const changed = await create({ for: 'auditor' });
    expect(changed.text).toContain(`Change “${OURS}”:`);
    expect(changed.text).toContain('    - Microsoft.Compute/virtualMachines/write');
    expect(changed.text).not.toContain('+ Microsoft.Compute/virtualMachines/read');
    // What was said yes to before is not this.
    expect((await create({ for: 'auditor', yes: digest })).code).toBe(1);
    await create({ for: 'auditor', yes: changed.digest });
    expect(sim.roles.all().get(OURS)).toEqual(right);
    expect(sim.roles.all().size).toBe(1);
  });

  it('tells of each that was not made, and goes on where it is run again', async () => {
    const { digest } = await create({ dryRun: true });
    sim.faults.add('RoleDefinitions_CreateOrUpdate', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, 2);
    sim.faults.add('RoleDefinitions_CreateOrUpdate', { kind: 'lostReply' }, 2);
    const half = await create({ yes: digest });
    expect(half.code).toBe(1);
    expect(half.text).toMatch(
      /“Drawbridge operator \(Defender\)” is not written, as far as is known: .*AuthorizationFailed/,
    );
    expect(half.text).toMatch(
      /\d of \d+ roles are missing\. It takes Microsoft\.Authorization\/roleDefinitions\/write/,
    );
    const rest = await create();
    expect(rest.text.match(/^Make /gm)?.length).toBeGreaterThan(1);
    expect((await create({ yes: rest.digest })).code).toBe(0);
    expect([...sim.roles.all().keys()].toSorted()).toEqual(namesIn(rolesFor('azure').text).toSorted());
  });

  it('does nothing where it cannot read what is there, or nobody is signed in', async () => {
    sim.faults.add('RoleDefinitions_List', { kind: 'strange', body: '<html>' });
    await expect(create()).rejects.toMatchObject({ name: 'JitError' });
    sim.faults.add('RoleDefinitions_List', { kind: 'error', status: 403, code: 'AuthorizationFailed' });
    await expect(create()).rejects.toMatchObject({ code: 'cloudDenied' });
    vi.stubEnv('AZURE_CLIENT_SECRET', 'wrong');
    await expect(create()).rejects.toMatchObject({ code: 'cloudDenied' });
    expect(writes()).toBe(0);
  });

  it('says who makes them in other clouds, and whom there is none for', async () => {
    await expect(createRolesVerb(file, 'gcp', {})).rejects.toMatchObject({ hint: expect.stringContaining('gcloud') });
    writeFileSync(file, broken());
    await expect(create()).rejects.toMatchObject({ hint: expect.stringContaining('has no section azure') });
  });
});
