import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newUser } from '../../../simulators/azure/graph-people.ts';
import { people } from '../../../simulators/world.ts';
import { isMeant } from '../../../src/core/people/person.ts';
import type { Directory } from '../../../src/ports/directory.ts';
import { type Tenant, tenant } from './tenant.ts';

const ADA = people.requester.entraId;
const GRACE = people.manager.entraId;
const SAM = people.security.entraId;
const SRE = '5e5e0000-0000-4000-8000-000000000001';

let at: Tenant;
let users: Tenant['azure']['graph']['people'];
beforeAll(async () => {
  at = await tenant();
  users = at.azure.graph.people;
  users.addGroup('sre', SRE);
  const oncall = users.addGroup('on call');
  users.join(SRE, oncall.id);
  users.join(oncall.id, ADA);
  users.setUser({ id: GRACE, managerId: SAM });
  users.setUser({ id: ADA, department: 'Engineering', employeeOrgData: { costCenter: '42', division: null } });
});
afterAll(() => at.azure.stop());
afterEach(() => at.azure.faults.clear());

describe('a person of Entra', () => {
  let directory: Directory;
  beforeEach(() => {
    directory = at.directory({ asked: ['entra:sre', `entra:${SRE}`] });
  });

  it('has a name, managers, groups through groups, and attributes, each with where it came from', async () => {
    const ada = await directory.person('teams', ADA.toUpperCase());
    expect(ada).toMatchObject({
      id: ADA,
      name: 'Ada Okafor',
      entra: ADA,
      manager: GRACE,
      above: [SAM],
      groups: ['entra:sre', `entra:${SRE}`],
      attributes: { department: 'Engineering', jobTitle: 'Engineer', costCenter: '42' },
      origins: { manager: { from: 'entra', at: at.clock.now() } },
    });
    expect(ada).not.toHaveProperty('disabled');
    expect(ada && isMeant(ada, ['entra:sre'])).toBe(true);
    expect(await directory.byId(ADA)).toEqual(ada);
  });

  it('is read with four calls, the manager’s manager included, and five where groups are looked up by name', async () => {
    at.calls();
    await directory.byId(ADA);
    expect(at.calls().toSorted()).toEqual([
      'Groups_List',
      'Users_CheckMemberGroups',
      'Users_Get',
      'Users_GetManager',
      'Users_GetManager',
    ]);
    await directory.byId(ADA);
    expect(at.calls()).toHaveLength(4);
    await directory.byId(ADA, 'lately');
    await directory.person('teams', ADA, 'lately');
    expect(at.calls()).toEqual([]);
    at.clock.advance(300_000);
    await directory.byId(ADA, 'lately');
    expect(at.calls()).toHaveLength(4);
  });

  it('is disabled, or gone, as soon as the account is', async () => {
    expect(await directory.byId(SAM)).not.toHaveProperty('disabled');
    users.setUser({ id: SAM, accountEnabled: false });
    const sam = await directory.byId(SAM);
    expect(sam).toMatchObject({ disabled: true });
    expect(sam && isMeant(sam, [`person:${SAM}`])).toBe(false);
    users.removeUser(SAM);
    expect(await directory.byId(SAM)).toBeUndefined();
    const listed = at.directory({ people: [{ id: 'sam', name: 'Sam', entra: SAM, groups: [] }] });
    expect(await listed.byId('sam')).toMatchObject({ id: 'sam', disabled: true });
    users.setUser({ ...newUser({ id: SAM, displayName: 'Sam Haddad' }) });
  });

  it('leaves a group at once where it decides, whatever the index still says', async () => {
    at.azure.graph.behaviour.lagMs = 60_000;
    const { id } = users.addGroup('short');
    users.join(id, SAM);
    at.clock.advance(120_000);
    const short = at.directory({ asked: [`entra:${id}`] });
    expect(await short.byId(SAM)).toMatchObject({ groups: [`entra:${id}`] });
    users.leave(id, SAM);
    expect(await short.byId(SAM)).toMatchObject({ groups: [] });
    expect((await short.members(`entra:${id}`)).map((one) => one.id)).toEqual([SAM]);
    at.azure.graph.behaviour.lagMs = 0;
  });

  it('is in all of some groups that contain each other', async () => {
    const [one, two] = [users.addGroup('one').id, users.addGroup('two').id];
    users.join(one, two, SAM);
    users.join(two, one);
    const both = at.directory({ asked: [`entra:${one}`, `entra:${two}`] });
    expect(await both.byId(SAM)).toMatchObject({ groups: [`entra:${one}`, `entra:${two}`] });
    expect((await both.members(`entra:${two}`)).map(({ id }) => id)).toEqual([SAM]);
  });

  it('is asked about in twenty groups a call', async () => {
    const asked = Array.from({ length: 45 }, (_, i) => `entra:${users.addGroup(`team ${i}`).id}` as const);
    const many = at.directory({ asked });
    users.join(asked[44]?.slice(6) ?? '', ADA);
    at.calls();
    expect(await many.byId(ADA)).toMatchObject({ groups: [asked[44]] });
    expect(at.calls().filter((name) => name === 'Users_CheckMemberGroups')).toHaveLength(3);
  });

  it('is no manager where it is a contact, and nobody’s in a circle', async () => {
    users.addContact('c0c0c0c0-0000-4000-8000-000000000001');
    users.setUser({ id: SAM, managerId: 'c0c0c0c0-0000-4000-8000-000000000001' });
    expect(await directory.byId(SAM)).not.toHaveProperty('manager');
    users.setUser({ id: SAM, managerId: GRACE });
    const [sam, grace] = [await directory.byId(SAM), await directory.byId(GRACE)];
    expect(sam).toMatchObject({ manager: GRACE, above: [SAM] });
    expect(sam && grace && isMeant(grace, ['manager'], sam)).toBe(false);
    users.setUser({ id: SAM, managerId: '00000000-0000-4000-8000-0000000000ff' });
  });

  it('is a guest by any of four signs, and in no group unless that is written', async () => {
    const id = '9e9e0000-0000-4000-8000-000000000001';
    const guest = newUser({ id, displayName: 'Gus', department: 'Engineering' });
    users.join(SRE, id);
    for (const sign of [
      { userType: 'Guest' as const },
      { creationType: 'Invitation' as const },
      { externalUserState: 'Accepted' as const },
      { userPrincipalName: 'gus_example.org#EXT#@example.com' },
    ]) {
      users.setUser({ ...guest, ...sign });
      expect(await directory.byId(id)).toMatchObject({ guest: true, groups: [], attributes: {} });
      expect((await directory.members(`entra:${SRE}`)).map((one) => one.id)).toEqual([ADA]);
    }
    const open = at.directory({ asked: ['entra:sre'], entra: { guests: true } });
    expect(await open.byId(id)).toMatchObject({ guest: true, groups: ['entra:sre'] });
    users.removeUser(id);
  });

  it('has the name in Identity Center that the configuration says', async () => {
    const named = async (identityCenter: 'none' | 'userPrincipalName' | 'mail') =>
      (await at.directory({ entra: { identityCenter } }).byId(ADA))?.identityCenter;
    users.setUser({ id: ADA, userPrincipalName: 'ada.okafor@corp.example.com' });
    expect(await named('none')).toBeUndefined();
    expect(await named('userPrincipalName')).toBe('ada.okafor@corp.example.com');
    expect(await named('mail')).toBe('ada@example.com');
  });

  it('is away as the mailbox says, and nobody knows without a mailbox or the right', async () => {
    const away = async () => (await at.directory({ entra: { absence: 'mailbox' } }).byId(ADA))?.away;
    expect(await away()).toBeUndefined();
    const mailbox = { timeZone: 'W. Europe Standard Time', status: 'scheduled' as const };
    const during = { from: '2026-11-20T00:00:00.0000000', until: '2026-12-24T00:00:00.0000000' };
    users.setUser({ id: ADA, mailbox: { ...mailbox, ...during } });
    expect(await away()).toBe(true);
    users.setUser({ id: ADA, mailbox: { ...mailbox, ...during, until: '2026-11-21T00:00:00.0000000' } });
    expect(await away()).toBe(false);
    users.setUser({ id: ADA, mailbox: { ...mailbox, status: 'alwaysEnabled' } });
    expect(await away()).toBe(true);
    const { rights } = at.azure.graph.behaviour;
    at.azure.graph.behaviour.rights = rights.filter((right) => right !== 'MailboxSettings.Read');
    expect(await away()).toBeUndefined();
    at.azure.graph.behaviour.rights = rights;
    users.setUser({ id: ADA, mailbox: { ...mailbox, status: 'disabled' } });
    expect(await away()).toBe(false);
    expect((await directory.byId(ADA))?.away).toBeUndefined();
  });
});

describe('a group of Entra', () => {
  it('is named by an ID, or by a name that one group alone has', async () => {
    const twin = users.addGroup('twins');
    const directory = at.directory({ asked: ['entra:twins'] });
    users.join(twin.id, ADA);
    expect(await directory.byId(ADA)).toMatchObject({ groups: ['entra:twins'] });
    const other = users.addGroup('Twins');
    await expect(at.directory({ asked: ['entra:twins'] }).byId(ADA)).rejects.toMatchObject({
      code: 'groupUnknown',
      kind: 'unjudged',
      say: 'Cannot tell who is in entra:twins: Microsoft Entra ID has several such groups.',
    });
    // What it was at the start stays what it is.
    expect(await directory.byId(ADA)).toMatchObject({ groups: ['entra:twins'] });
    users.removeGroup(other.id);
    await expect(at.directory({ asked: ["entra:o'brien"] }).byId(ADA)).rejects.toMatchObject({ code: 'groupUnknown' });
  });

  it('has nobody in it where drawbridge.yaml does not name it: a tag of a machine may name any', async () => {
    expect(await at.directory({ asked: ['entra:sre'] }).members(`entra:${SRE}`)).toEqual([]);
  });

  it('lists its members page by page, and those of the file’s groups it is part of', async () => {
    const { id } = users.addGroup('crowd');
    const ids = Array.from({ length: 250 }, (_, i) => `cc000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
    for (const one of ids) users.setUser(newUser({ id: one, displayName: one }));
    users.join(id, ...ids);
    users.setUser({ id: ids[7] ?? '', accountEnabled: false });
    const groups = new Map([
      ['ops', ['grace', 'group:all']],
      ['all', [`entra:${id}`]],
    ]);
    const grace = { id: 'grace', name: 'Grace', entra: GRACE, groups: [] };
    const directory = at.directory({ groups, people: [grace], asked: [`entra:${id}`] });
    at.calls();
    const listed = await directory.members('group:ops');
    expect(listed.map((one) => one.id)).toEqual(['grace', ...ids.filter((_, i) => i !== 7)]);
    expect(listed.every((one) => isMeant(one, ['group:ops']))).toBe(true);
    expect(at.calls().filter((name) => name === 'Groups_ListTransitiveMembersAsUser')).toHaveLength(3);
    await directory.members('group:ops');
    expect(at.calls().filter((name) => name.startsWith('Groups_'))).toEqual([]);
    expect(await directory.byId(ids[3] ?? '')).toMatchObject({ groups: ['ops', 'all', `entra:${id}`] });
    for (const one of ids) users.removeUser(one);
  });
});

describe('a directory that does not answer', () => {
  const read = (more: Parameters<Tenant['directory']>[0] = {}) => at.directory(more).byId(ADA);

  it('refuses, and says so', async () => {
    at.azure.faults.add('Users_Get', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await expect(read()).rejects.toMatchObject({ code: 'directoryAway', kind: 'unjudged' });
    at.azure.faults.add('Users_CheckMemberGroups', { kind: 'reset' });
    await expect(read({ asked: ['entra:sre'] })).rejects.toMatchObject({ code: 'directoryAway' });
  });

  it('is asked once more when it throttles for a moment, and refuses when it wants longer', async () => {
    at.azure.faults.add('Users_Get', { kind: 'throttle', retryAfterSeconds: 1 });
    expect(await read()).toMatchObject({ name: 'Ada Okafor' });
    at.azure.faults.add('Users_Get', { kind: 'throttle', retryAfterSeconds: 60 });
    await expect(read()).rejects.toMatchObject({ code: 'directoryAway', retryAfterMs: 60_000 });
  });

  it('refuses where a right is missing, which hides fields and says nothing', async () => {
    const { behaviour } = at.azure.graph;
    const { rights } = behaviour;
    behaviour.rights = ['User.ReadBasic.All', 'GroupMember.Read.All'];
    await expect(read()).rejects.toMatchObject({ code: 'directoryRights', kind: 'unjudged' });
    behaviour.rights = ['User.Read.All'];
    await expect(read({ asked: [`entra:${SRE}`] })).rejects.toMatchObject({
      code: 'directoryRights',
      hint: 'Ask your Drawbridge administrator to grant GroupMember.Read.All.',
    });
    behaviour.rights = rights;
  });

  it('never keeps anybody from ending access: what is known is enough for that', async () => {
    const directory = at.directory({
      asked: ['entra:sre'],
      people: [{ id: 'sam', name: 'Sam', entra: SAM, groups: ['ops'] }],
    });
    await directory.byId(ADA);
    at.azure.faults.add(/^Users_/, { kind: 'error', status: 503, code: 'x' }, Number.POSITIVE_INFINITY);
    at.clock.advance(3_600_000);
    await expect(directory.byId(ADA)).rejects.toMatchObject({ code: 'directoryAway' });
    await expect(directory.byId(ADA, 'lately')).rejects.toMatchObject({ code: 'directoryAway' });
    expect(await directory.byId(ADA, 'last')).toMatchObject({ id: ADA, groups: ['entra:sre'] });
    // Of whom nothing was read yet only who they are is known.
    expect(await directory.person('teams', GRACE, 'last')).toEqual({
      id: GRACE,
      name: GRACE,
      entra: GRACE,
      groups: [],
    });
    expect(await directory.person('teams', SAM, 'last')).toEqual({ id: 'sam', name: 'Sam', entra: SAM, groups: [] });
  });
});
