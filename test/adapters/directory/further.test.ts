import { describe, expect, it } from 'vitest';
import { type DirectorySettings, directoryOf } from '../../../adapters/directory/index.ts';
import { MergedDirectory } from '../../../adapters/directory/merged.ts';
import { decide } from '../../../src/app/request/decide.ts';
import { submit } from '../../../src/app/request/submit.ts';
import { oneStage } from '../../../src/config/stage.ts';
import type { Person } from '../../../src/core/people/person.ts';
import type { Account, Accounts } from '../../../src/ports/accounts.ts';
import { ASK } from '../../app/approved.ts';
import { POLICY, SENDER, world } from '../../app/fixtures.ts';
import { faultsOf, SMALL } from '../../config/files.ts';

/** The own account of each, and the one that Ada administers with. */
const [ADA, GRACE, ADMIN] = [1, 2, 9].map((no) => `a1a1a1a1-0000-4000-8000-00000000000${no}`) as [
  string,
  string,
  string,
];
const FURTHER = new Map([[ADMIN, ADA]]);

const account = (id: string, name: string, more: Partial<Account> = {}): Account => ({
  id,
  name,
  disabled: false,
  guest: false,
  groups: [],
  ...more,
});

describe('a further account of somebody', () => {
  const all = [
    account(ADA, 'Ada', { groups: ['entra:sre'] }),
    account(GRACE, 'Grace', { manager: ADMIN }),
    account(ADMIN, 'Ada (admin)', { groups: ['entra:admins'] }),
  ];
  const entra: Accounts = {
    from: 'entra',
    account: async (id) => all.find((one) => one.id === id),
    byMail: async (mail) => (mail === 'admin@example.com' ? all[2] : undefined),
    members: async (group) => all.filter((one) => one.groups.includes(group)),
  };
  const directory = new MergedDirectory({
    people: [],
    groups: new Map([['operators', ['entra:admins', ADMIN]]]),
    map: new Map(),
    further: FURTHER,
    mailDomains: [],
    chats: ['teams'],
    keptMs: 0,
    now: () => 0,
    entra,
  });

  it('is that one human, by whatever it is found, with the groups of the own account alone', async () => {
    const own = { id: ADA, name: 'Ada', entra: ADA, groups: ['entra:sre'] };
    expect(await directory.person('teams', ADMIN.toUpperCase())).toMatchObject(own);
    expect(await directory.byId(ADMIN)).toMatchObject(own);
    expect(await directory.find('admin@example.com')).toMatchObject(own);
    expect(await directory.person('teams', ADA)).toMatchObject(own);
  });

  it('is nobody of its groups, and as a manager its owner', async () => {
    expect(await directory.members('entra:admins')).toEqual([]);
    expect(await directory.members('entra:sre')).toMatchObject([{ id: ADA }]);
    expect(await directory.byId(GRACE)).toMatchObject({ manager: ADA });
  });
});

describe('without a directory', () => {
  const people: readonly Person[] = [
    { id: 'ada', name: 'Ada', entra: ADA, address: '203.0.113.7/32', groups: ['eng', 'security'] },
    { id: 'grace', name: 'Grace', entra: GRACE, groups: ['security'] },
  ];
  const settings: DirectorySettings = {
    people,
    groups: new Map(),
    map: new Map(),
    further: FURTHER,
    mailDomains: [],
    chats: ['teams'],
    keptMs: 0,
    asked: [],
  };

  it('nobody approves with it what they requested, and it is no second voice', async () => {
    const made = world({ people, policies: [{ ...POLICY, stages: [oneStage(['group:security'], 1)] }] });
    const deps = { ...made.deps, directory: directoryOf(settings, {}, { now: made.clock.now, pause: async () => {} }) };
    const [ada, admin] = [await deps.directory.person('teams', ADA), await deps.directory.person('teams', ADMIN)];
    if (!ada || !admin) throw new Error('nobody');
    expect(admin.id).toBe('ada');
    const { id } = await submit(deps, ada, ASK, SENDER);
    await expect(decide(deps, admin, { request: id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'ownRequest',
    });
  });
});

describe('further accounts in the file', () => {
  const of = (more: string, text = SMALL) => faultsOf(`${text}directory: { ${more} }\n`);

  it.each<[string, readonly string[]]>([
    [`furtherAccounts: { ${ADMIN}: ${ADA} }`, []],
    [
      `furtherAccounts: { ${ADMIN}: ${ADA}, ${ADA}: ${GRACE} }`,
      [`directory.furtherAccounts.${ADMIN}: ${ADA} is a further account itself (line 14)`],
    ],
    [
      `furtherAccounts: { ${ADMIN}: ${ADMIN} }`,
      [`directory.furtherAccounts.${ADMIN}: ${ADMIN} is a further account itself (line 14)`],
    ],
    [
      `links: { U0123LINK: ${ADMIN} }, furtherAccounts: { ${ADMIN}: ${ADA} }`,
      ['directory.links.U0123LINK: is a further account (directory.furtherAccounts); name the own one (line 14)'],
    ],
  ])('%s', (more, faults) => {
    expect(of(more)).toEqual(faults);
  });

  it('are nobody’s own account there', () => {
    const own = SMALL.replace('name: Ada }', `name: Ada, entra: ${ADMIN.toUpperCase()} }`);
    expect(of(`furtherAccounts: { ${ADMIN}: ${ADA} }`, own)).toEqual([
      'people[0].entra: is a further account (directory.furtherAccounts); name the own one (line 4)',
    ]);
  });
});
