import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { identityStore } from '../../../adapters/aws/people/store.ts';
import { directoryOf } from '../../../adapters/directory/index.ts';
import { type AwsSimulator, startAwsSimulator } from '../../../simulators/aws/index.ts';
import type { GroupSubject, Person } from '../../../src/core/people/person.ts';
import type { Account, Accounts } from '../../../src/ports/accounts.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import { type Tenant, tenant } from './tenant.ts';

const ISSUER = 'https://scim.eu-west-1.amazonaws.com/scim/v2/t';
const ADA = 'a1a1a1a1-0000-4000-8000-000000000001';
const BO = 'a1a1a1a1-0000-4000-8000-000000000002';

let at: Tenant;
let aws: AwsSimulator;
beforeAll(async () => {
  [at, aws] = await Promise.all([tenant(), startAwsSimulator()]);
  at.azure.graph.people.setUser({ id: ADA, displayName: 'Ada Okafor', mail: 'ada@example.com' });
  at.azure.graph.people.setUser({ id: BO, displayName: 'Bo Lind', mail: 'bo@example.com' });
});
afterAll(() => Promise.all([at.azure.stop(), aws.stop()]));
afterEach(() => {
  aws.faults.clear();
  for (const name of ['ada', 'bo', 'other', 'mail']) store().removeUser(name);
  at.azure.graph.people.setUser({ id: ADA, accountEnabled: true, userType: 'Member' });
});

const store = () => aws.identityCenter.store;
const of = (id: string) => ({ externalIds: [{ Issuer: ISSUER, Id: id }] });

function center(asked: readonly GroupSubject[] = ['idc:sre'], identityStoreId = store().id, called?: CallWatch) {
  const role = { arn: aws.roleArn, externalId: aws.externalId };
  const credentials = { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey };
  const settings = { identityStoreId, region: aws.region, issuer: ISSUER, role };
  return identityStore(settings, asked, { endpoint: aws.url, credentials, called });
}

/** Entra and Identity Center. */
function company(asked: readonly GroupSubject[] = ['idc:sre'], people: readonly Person[] = []) {
  return at.directory({ asked, people, chats: ['teams'] }, undefined, center(asked));
}

/** Slack and Identity Center. */
function withSlack(account: Partial<Account>, mailDomains = ['example.com']) {
  const one = { id: 'U0ADA0000', name: 'Ada', disabled: false, guest: false, groups: [], ...account };
  const slack: Accounts = {
    from: 'slack',
    account: async (id) => (id === one.id ? one : undefined),
    byMail: async (mail) => (mail === one.mail ? one : undefined),
    members: async () => [],
  };
  const settings = { people: [], groups: new Map(), map: new Map(), mailDomains, keptMs: 1_000, asked: ['idc:sre'] };
  const clock = { now: at.clock.now, pause: async () => {} };
  const asked = settings.asked as readonly GroupSubject[];
  return directoryOf({ ...settings, asked, chats: ['slack'] }, { slack, store: center() }, clock);
}

describe('a user of IAM Identity Center', () => {
  it('is looked up by calls that are counted as any of AWS’s', async () => {
    const seen: string[] = [];
    const called: CallWatch = ({ cloud, account, operation, isChange }) => {
      seen.push(`${cloud} ${account} ${operation} ${isChange}`);
      return (outcome) => void seen.push(`${operation} ${outcome}`);
    };
    await center(['idc:sre'], store().id, called)
      .idOf({ by: 'name', name: 'nobody' } as never)
      .catch(() => {});
    expect(seen.filter((one) => /GetUserId/.test(one)).length).toBeGreaterThan(1);
    expect(seen).toContain('aws 123456789012 GetUserId false');
  });

  it('is the person of Entra whose object ID provisioning wrote there, with groups by name and by ID', async () => {
    store().setUser('ada', of(ADA));
    const id = store().setGroup('sre', ['ada', 'other']);
    store().setGroup('ops', ['other']);
    const asked: GroupSubject[] = ['idc:sre', `idc:${id}`, 'idc:ops'];
    const ada = await company(asked).byId(ADA);
    expect(ada).toMatchObject({ id: ADA, identityCenter: 'ada', groups: ['idc:sre', `idc:${id}`] });
    expect(ada?.origins?.identityCenter?.from).toBe('identityCenter');
    expect(await company(asked).byId(BO)).toMatchObject({ groups: [] });
  });

  it('is the person of the file with that user name; once that user is gone or switched off, they may do nothing', async () => {
    const people: Person[] = [{ id: 'bo', name: 'Bo', entra: BO, identityCenter: 'bo', groups: [] }];
    store().setUser('bo');
    store().setGroup('sre', ['bo']);
    expect(await company(['idc:sre'], people).byId('bo')).toMatchObject({ groups: ['idc:sre'] });
    store().setUser('bo', { status: 'DISABLED' });
    expect(await company(['idc:sre'], people).byId('bo')).toMatchObject({ disabled: true });
    store().removeUser('bo');
    expect(await company(['idc:sre'], people).byId('bo')).toMatchObject({ disabled: true, groups: [] });
  });

  it('does not prove that an account works: who is disabled in Entra stays so', async () => {
    store().setUser('ada', { ...of(ADA), status: 'ENABLED' });
    store().setGroup('sre', ['ada']);
    at.azure.graph.people.setUser({ id: ADA, accountEnabled: false });
    expect(await company().byId(ADA)).toMatchObject({ disabled: true });
  });

  it('makes nobody known', async () => {
    store().setUser('mail', { mail: 'mail@example.com' });
    store().setGroup('sre', ['mail']);
    expect(await company().byId('mail')).toBeUndefined();
    expect(await company().members('idc:sre')).toEqual([]);
  });

  it('has the confirmed address of a Slack account, where mailDomains says so', async () => {
    store().setUser('mail', { mail: 'ada@example.com' });
    store().setGroup('sre', ['mail']);
    const mail = 'ada@example.com';
    expect(await withSlack({ mail }).byId('U0ADA0000')).toMatchObject({ groups: ['idc:sre'], identityCenter: 'mail' });
    expect(await withSlack({ mail }, []).byId('U0ADA0000')).toMatchObject({ groups: [] });
    expect(await withSlack({ mail, guest: true }).byId('U0ADA0000')).toMatchObject({ groups: [] });
    expect(await withSlack({}).byId('U0ADA0000')).toMatchObject({ groups: [] });
    expect((await withSlack({ mail }).members('idc:sre')).map(({ id }) => id)).toEqual(['U0ADA0000']);
  });

  it('is nobody’s for a guest of the tenant, unless the file says whose it is', async () => {
    store().setUser('ada', of(ADA));
    store().setGroup('sre', ['ada']);
    at.azure.graph.people.setUser({ id: ADA, userType: 'Guest' });
    expect(await company().byId(ADA)).toMatchObject({ guest: true, groups: [] });
  });

  it('is told of requests with the whole group, over all its pages', async () => {
    store().setUser('ada', of(ADA));
    store().setUser('bo', { mail: 'bo@example.com' });
    store().setGroup('sre', ['mail', 'ada', 'other', 'bo']);
    store().setUser('other', { ...of(BO), status: 'DISABLED' });
    const members = await company().members('idc:sre');
    expect(members.map(({ id, groups }) => [id, groups])).toEqual([
      [ADA, ['idc:sre']],
      [BO, ['idc:sre']],
    ]);
  });

  it('is asked of all groups, however many', async () => {
    store().setUser('ada', of(ADA));
    const many = Array.from({ length: 101 }, (_, i): GroupSubject => `idc:${store().setGroup(`g${i}`, ['ada'])}`);
    expect((await company(many).byId(ADA))?.groups).toHaveLength(101);
  });
});

describe('users that contradict each other stop those people alone', () => {
  const twice = (why: RegExp) => expect.objectContaining({ code: 'personTwice', say: expect.stringMatching(why) });

  it('two users of one human', async () => {
    const people: Person[] = [{ id: 'ada', name: 'Ada', entra: ADA, identityCenter: 'other', groups: [] }];
    store().setUser('ada', of(ADA));
    store().setUser('other');
    store().setGroup('sre', ['ada']);
    await expect(company(['idc:sre'], people).byId('ada')).rejects.toEqual(twice(/has two users of this account/));
    expect(await company(['idc:sre'], people).byId(BO)).toMatchObject({ id: BO });
  });

  it('a user that is somebody else in Entra', async () => {
    const people: Person[] = [{ id: 'ada', name: 'Ada', entra: ADA, identityCenter: 'bo', groups: [] }];
    store().setUser('bo', of(BO));
    store().setGroup('sre', ['bo']);
    await expect(company(['idc:sre'], people).byId('ada')).rejects.toEqual(twice(/is another account of Entra/));
  });

  it('one user of two humans, neither of whom has it then', async () => {
    const people: Person[] = [
      { id: 'ada', name: 'Ada', entra: ADA, groups: [] },
      { id: 'bo', name: 'Bo', entra: BO, identityCenter: 'ada@example.com', groups: [] },
    ];
    store().setUser('ada@example.com');
    store().setGroup('sre', []);
    // By the address that Entra has of Ada, and by what the file says of Bo.
    const entra = { identityCenter: 'mail' as const };
    const directory = at.directory({ asked: ['idc:sre'], people, entra }, undefined, center());
    expect(await directory.byId('ada')).toMatchObject({ identityCenter: 'ada@example.com' });
    await expect(directory.byId('bo')).rejects.toEqual(twice(/somebody else has the same user/));
    await expect(directory.byId('ada')).rejects.toEqual(twice(/somebody else has the same user/));
    store().removeUser('ada@example.com');
  });
});

describe('who somebody is in IAM Identity Center', () => {
  it('cannot be told while it throttles, refuses, or is not there; ending goes on with what was known', async () => {
    store().setUser('ada', of(ADA));
    store().setGroup('sre', ['ada']);
    const directory = company();
    await directory.byId(ADA);
    const times = Number.POSITIVE_INFINITY;
    aws.faults.add('IsMemberInGroups', { kind: 'error', status: 400, code: 'ThrottlingException' }, times);
    await expect(directory.byId(ADA)).rejects.toMatchObject({
      code: 'directoryAway',
      say: 'Cannot tell who people are now: AWS IAM Identity Center takes no more calls for now.',
    });
    expect(await directory.byId(ADA, 'last')).toMatchObject({ groups: ['idc:sre'] });
    aws.faults.clear();
    aws.faults.add('DescribeUser', { kind: 'error', status: 400, code: 'AccessDeniedException' }, times);
    await expect(directory.byId(ADA)).rejects.toMatchObject({
      code: 'directoryRights',
      hint: 'Ask your Drawbridge administrator to grant identitystore:DescribeUser.',
    });
    aws.faults.clear();
    aws.faults.add('GetUserId', { kind: 'reset' }, times);
    await expect(directory.byId(ADA)).rejects.toMatchObject({ code: 'directoryAway' });
    aws.faults.clear();
    const elsewhere = at.directory({}, undefined, center([], 'd-0000000000'));
    await expect(elsewhere.byId(ADA)).rejects.toMatchObject({
      code: 'directoryAway',
      say: expect.stringContaining('has no such identity store in this Region'),
    });
    await expect(company(['idc:nobody']).byId(ADA)).rejects.toMatchObject({ code: 'groupUnknown' });
  });

  it('takes what manifests/aws/people.yaml grants, and nothing else', async () => {
    const text = readFileSync(new URL('../../../manifests/aws/people.yaml', import.meta.url), 'utf8');
    const { Resources } = parse(text, { maxAliasCount: 0 }) as {
      Resources: { ReadPeople: { Properties: { PolicyDocument: { Statement: { Action: string[] }[] } } } };
    };
    store().setUser('ada', of(ADA));
    store().setGroup('sre', ['ada']);
    const since = aws.log().length;
    const directory = company();
    await directory.byId(ADA);
    await directory.members('idc:sre');
    const called = aws
      .log()
      .slice(since)
      .map(({ action }) => action);
    const named = called.filter((action) => action !== 'AssumeRole').map((action) => `identitystore:${action}`);
    const { Statement } = Resources.ReadPeople.Properties.PolicyDocument;
    expect([...new Set(named)].sort()).toEqual(Statement.flatMap(({ Action }) => Action).sort());
  });

  it('is read anew for each decision, and shown from memory', async () => {
    store().setUser('ada', of(ADA));
    store().setGroup('sre', ['ada']);
    const directory = company();
    await directory.byId(ADA);
    store().setGroup('sre', []);
    expect(await directory.byId(ADA, 'lately')).toMatchObject({ groups: ['idc:sre'] });
    expect(await directory.byId(ADA)).toMatchObject({ groups: [] });
  });
});
