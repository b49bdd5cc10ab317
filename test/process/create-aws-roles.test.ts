import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { type AwsSimulator, startAwsSimulator } from '../../simulators/aws/index.ts';
import { createRolesVerb } from '../../src/cli/create-roles.ts';
import type { CreateOptions } from '../../src/cli/role-plan.ts';
import { broken } from '../config/files.ts';
import { KeptReplies } from '../simulators/service-model.ts';

const ACCOUNT = '123456789012';
const PRINCIPAL = 'arn:aws:iam::111122223333:role/drawbridge';
const EXTERNAL_ID = 'an-external-id-that-is-not-shown';
const SMALL_AWS = 'aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }] }\n';
const OPERATOR = `${ACCOUNT}/drawbridge-operator`;
const ONBOARDER = `${ACCOUNT}/drawbridge-onboarder`;

describe('jit roles aws --create', () => {
  const replies = new KeptReplies();
  let sim: AwsSimulator;
  let file: string;
  let said: string[];
  const roleOf = (name: string, id = ACCOUNT) => ({
    arn: `arn:aws:iam::${id}:role/${name}`,
    externalId: 'env:AWS_EXT',
  });
  const account = { id: ACCOUNT, regions: ['eu-west-1'], role: roleOf('drawbridge-operator') };
  const written = (aws: object = {}) =>
    writeFileSync(
      file,
      broken([SMALL_AWS, '']) +
        stringify({
          aws: {
            accounts: [{ ...account, onboarder: roleOf('drawbridge-onboarder') }],
            endpoint: sim.url,
            ...aws,
          },
        }),
    );

  beforeEach(async () => {
    sim = await startAwsSimulator({ onReply: replies.add });
    file = join(mkdtempSync(join(tmpdir(), 'drawbridge-create-aws-roles-')), 'drawbridge.yaml');
    written();
    vi.stubEnv('AWS_ACCESS_KEY_ID', sim.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', sim.secretAccessKey);
    vi.stubEnv('AWS_EXT', EXTERNAL_ID);
    said = [];
    for (const how of ['log', 'error'] as const)
      vi.spyOn(console, how).mockImplementation((line) => void said.push(String(line)));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = 0;
    await sim.stop();
    expect(replies.faults()).toEqual([]);
    replies.forget();
  });

  const create = async (options: CreateOptions = {}) => {
    said.length = 0;
    process.exitCode = 0;
    await createRolesVerb(file, 'aws', { principal: PRINCIPAL, ...options });
    const code = process.exitCode;
    const text = said.join('\n');
    return { code, text, digest: /--yes (\w+)/.exec(text)?.[1] ?? '' };
  };
  it('says to sign in where nobody is', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    await expect(create()).rejects.toMatchObject({ code: 'noCloudSignIn', words: { how: 'aws sso login' } });
  });

  const refused = (options?: CreateOptions) =>
    create(options).then(
      () => 'nothing was refused',
      (error: { readonly hint?: string; readonly say?: string }) => `${error.say} ${error.hint}`,
    );
  const made = async (options: CreateOptions = {}) => {
    const { digest } = await create({ ...options, dryRun: true });
    return create({ ...options, yes: digest });
  };
  const writes = () => sim.log().filter(({ mutating }) => mutating).length;
  const change = (key: string, edit: object) => {
    const role = sim.roles.get(key);
    if (role) sim.roles.set(key, { ...role, ...edit });
  };
  const policiesOf = (key: string) => [...(sim.roles.get(key)?.policies.keys() ?? [])];

  it('says what it would do, does it when told that this is right, and nothing twice', async () => {
    const dry = await create({ dryRun: true });
    expect([dry.code, writes()]).toEqual([0, 0]);
    expect(dry.text).toContain(
      `Make “drawbridge-operator” in ${ACCOUNT}:\n    trust: Allow sts:AssumeRole by AWS ${PRINCIPAL}`,
    );
    expect(dry.text).toContain('    OpenAndClose: Allow ec2:DescribeInstances on *\n');
    expect(dry.text).toContain(
      `    OpenAndClose: Allow ec2:RevokeSecurityGroupIngress on arn:aws:ec2:*:${ACCOUNT}:security-group/* if {"StringEquals":{"aws:ResourceTag/drawbridge:installation":["test"]}}\n`,
    );
    expect(dry.text).not.toContain(EXTERNAL_ID);
    expect(dry.text).not.toMatch(/undefined|\$\{|\[object/);
    const asked = await create();
    expect([asked.code, asked.digest, writes()]).toEqual([1, dry.digest, 0]);
    const wrong = await create({ yes: 'abcdef0123' });
    expect([wrong.code, writes()]).toEqual([1, 0]);
    expect(wrong.text).toContain('this is not what that digest was of');
    expect((await create({ yes: dry.digest })).code).toBe(0);
    expect([...sim.roles.keys()].toSorted()).toEqual([ONBOARDER, OPERATOR]);
    expect(policiesOf(OPERATOR)).toEqual(['OpenAndClose', 'ReadEventHistory']);
    expect(policiesOf(ONBOARDER)).toEqual(['OpenAndClose', 'Protect', 'CloseStanding']);
    expect(sim.roles.get(OPERATOR)?.trust).toContain(`"sts:ExternalId":"${EXTERNAL_ID}"`);
    expect([...(sim.roles.get(OPERATOR)?.tags ?? [])]).toEqual([['drawbridge:installation', 'test']]);
    const before = writes();
    const again = await create({ yes: dry.digest });
    expect([again.code, again.text, writes()]).toEqual([
      0,
      'All roles are there, as they should be. Nothing is to be done.',
      before,
    ]);
  });

  it('makes what settings take, takes away what they take no longer, and fits in what a role may hold', async () => {
    written({
      ...{ accounts: [account], strategy: 'perRequest', entitlement: 'ssm:StartSession', flowLogs: true },
      cutSessions: { document: 'drawbridge-cut-sessions' },
    });
    expect(await refused()).toContain('add --flow-logs <log group>');
    // The file names no onboarder.
    expect((await made({ flowLogs: '/vpc/flows' })).code).toBe(0);
    expect(policiesOf(OPERATOR)).toHaveLength(6);
    expect([...sim.roles.keys()]).toEqual([OPERATOR]);
    written({ accounts: [account] });
    const less = await create({ dryRun: true });
    expect(less.text).toMatch(/^ {4}- GroupForEachLease: Allow ec2:CreateSecurityGroup on /m);
    expect(less.text).not.toMatch(/^ {4}\+/m);
    await create({ yes: less.digest });
    expect(policiesOf(OPERATOR)).toEqual(['OpenAndClose', 'ReadEventHistory']);
  });

  it('puts right what somebody changed, when told so, and leaves alone what is not its own', async () => {
    const first = await create({ dryRun: true });
    await create({ yes: first.digest });
    const right = sim.roles.get(OPERATOR);
    const policies = new Map(right?.policies)
      .set('OpenAndClose', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}')
      .set('extra', '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ec2:*","Resource":"*"}]}');
    const trust = right?.trust.replaceAll(EXTERNAL_ID, 'one-that-somebody-else-knows') ?? '';
    change(OPERATOR, { policies, trust, sessionS: 7200, attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] });
    const changed = await create();
    expect(changed.text).toContain(`Change “drawbridge-operator” in ${ACCOUNT}:`);
    expect(changed.text).toContain('    - OpenAndClose: Allow ec2:* on *');
    expect(changed.text).toMatch(/ {4}- trust: Allow sts:AssumeRole by .*"\(another one\)"/);
    expect(changed.text).toContain('    - sessions of at most 7200 s');
    expect(changed.text).not.toMatch(/ReadEventHistory|somebody-else-knows/);
    expect(changed.text).toContain('“drawbridge-operator” has the policy extra besides, which is left alone.');
    expect(changed.text).toContain('has the policy arn:aws:iam::aws:policy/ReadOnlyAccess besides');
    // What was said yes to before is not this.
    expect((await create({ yes: first.digest })).code).toBe(1);
    await create({ yes: changed.digest });
    expect(sim.roles.get(OPERATOR)?.policies.get('OpenAndClose')).toBe(right?.policies.get('OpenAndClose'));
    expect(sim.roles.get(OPERATOR)).toMatchObject({ trust: right?.trust, sessionS: 3600 });
    expect(policiesOf(OPERATOR)).toContain('extra');
  });

  it('does not mind in which way a policy is written that means the same', async () => {
    await made();
    const other = JSON.parse(sim.roles.get(OPERATOR)?.trust ?? '') as { readonly Statement: readonly object[] };
    const Statement = other.Statement.map((one) => ({ ...one, Principal: { AWS: [PRINCIPAL] }, Sid: 'Other' }));
    change(OPERATOR, { trust: JSON.stringify({ ...other, Statement: Statement.toReversed() }) });
    expect((await create()).text).toContain('Nothing is to be done');
    // What means more than it names is shown whole.
    const [one = {}, ...rest] = Statement;
    change(OPERATOR, { trust: JSON.stringify({ ...other, Statement: [{ ...one, NotAction: 'sts:*' }, ...rest] }) });
    expect((await create()).text).toMatch(/- trust: \{.*"NotAction":\["sts:\*"\]/);
  });

  it('touches no role that it did not make for this installation', async () => {
    await made();
    for (const tags of [new Map(), new Map([['drawbridge:installation', 'other']])]) {
      change(ONBOARDER, { tags, policies: new Map() });
      const before = writes();
      const said = await refused();
      expect(said).toContain('was not made by this command for this installation');
      expect(said).toContain('describe-stack-resources --physical-resource-id drawbridge-onboarder` says which');
      expect(said).toContain('then `aws cloudformation deploy --template-file roles.yaml --stack-name <stack>');
      expect(writes()).toBe(before);
    }
  });

  it('tells of each that was not made, and goes on where it is run again', async () => {
    const { digest } = await create({ dryRun: true });
    sim.faults.add('PutRolePolicy', { kind: 'error', status: 403, code: 'AccessDenied' });
    sim.faults.add('CreateRole', { kind: 'lostReply' }, 2);
    const half = await create({ yes: digest });
    expect(half.code).toBe(1);
    expect(half.text).toContain('2 of 2 roles are missing. It takes iam:CreateRole');
    const rest = await create();
    expect(rest.text).toContain(`Change “drawbridge-operator” in ${ACCOUNT}:\n    + OpenAndClose: `);
    expect((await create({ yes: rest.digest })).code).toBe(0);
    expect((await create()).text).toContain('Nothing is to be done');
    expect([policiesOf(OPERATOR).length, policiesOf(ONBOARDER).length]).toEqual([2, 3]);
  });

  it.each(['GetCallerIdentity', 'GetRole', 'ListRoleTags', 'ListAttachedRolePolicies', 'GetRolePolicy'])(
    'does nothing where it cannot tell what is there: %s',
    async (action) => {
      await made();
      const before = writes();
      sim.faults.add(action, { kind: 'error', status: 403, code: 'AccessDenied' });
      await expect(create()).rejects.toMatchObject({ code: 'cloudDenied' });
      sim.faults.add(action, { kind: 'strange', body: '<html>' }, 4);
      await expect(create()).rejects.toMatchObject({ name: 'JitError' });
      expect(writes()).toBe(before);
    },
  );

  it('asks for what it needs to know, and does not guess', async () => {
    expect(await refused({ principal: undefined as never })).toContain('add --principal <arn>');
    expect(await refused({ principal: '*' })).toContain('Principal of the roles must be arn:');
    vi.stubEnv('AWS_EXT', 'short');
    expect(await refused()).toContain('ExternalId of the roles must be at least 16 characters');
    vi.stubEnv('AWS_EXT', EXTERNAL_ID);
    written({ accounts: [{ ...account, role: roleOf('other') }] });
    expect(await refused()).toContain('those that are made here are drawbridge-operator and drawbridge-onboarder');
    written({ accounts: [{ id: '210987654321', regions: ['eu-west-1'] }] });
    expect(await refused()).toContain(`you are signed in to the account ${ACCOUNT}`);
    written({ accounts: [{ id: ACCOUNT, regions: ['eu-west-1'] }] });
    expect(await refused()).toContain(`aws.accounts has no role for ${ACCOUNT}`);
    expect(writes()).toBe(0);
  });

  it('serves an organization one account at a time, and says so', async () => {
    const organization = { regions: ['eu-west-1'], role: 'drawbridge-operator', externalId: 'env:AWS_EXT' };
    written({ accounts: [], organization });
    const { text } = await made();
    expect(text).toContain('The other accounts of the organization: sign in to each, or deploy a StackSet');
    expect([...sim.roles.keys()]).toEqual([OPERATOR]);
  });

  it('says that nobody else needs a role there', async () => {
    expect((await create({ for: 'approver' })).text).toMatch(/Approvers need no role there.*\n.*Nothing is to be done/);
  });
});
