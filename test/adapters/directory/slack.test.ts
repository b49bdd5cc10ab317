import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { directoryOf } from '../../../adapters/directory/index.ts';
import { type SlackSettings, slackAccounts } from '../../../adapters/slack/index.ts';
import { type SlackSimulator, startSlackSimulator } from '../../../simulators/slack/index.ts';
import { people } from '../../../simulators/world.ts';
import { type GroupSubject, isMeant } from '../../../src/core/people/person.ts';
import { type Tenant, tenant } from './tenant.ts';

const [ADA, GRACE, SAM] = [people.requester, people.manager, people.security];
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

let slack: SlackSimulator;
let at: Tenant;
beforeAll(async () => {
  [slack, at] = await Promise.all([startSlackSimulator(), tenant()]);
  slack.setUserGroup('S0SECURITY', 'security', [ADA.slackId, GRACE.slackId]);
});
afterAll(() => Promise.all([slack.stop(), at.azure.stop()]));
afterEach(() => {
  slack.faults.clear();
  slack.setUser(ADA.slackId, { deleted: false, is_restricted: false, is_email_confirmed: true });
});

function accounts(asked: readonly GroupSubject[], from = slack) {
  const { apiUrl, botToken, signingSecret, teamId, appId } = from;
  const settings: SlackSettings = { mode: 'http', apiUrl, botToken, signingSecret, teamId, appId };
  return slackAccounts(settings, asked, SILENT);
}

/** Slack is the only directory. */
function alone(asked: readonly GroupSubject[] = ['slack:@security', 'slack:S0SECURITY']) {
  const settings = { people: [], groups: new Map(), map: new Map(), mailDomains: [], keptMs: 1_000 };
  const clock = { now: Date.now, pause: async () => {} };
  return directoryOf({ ...settings, asked, chats: ['slack'] }, { slack: accounts(asked) }, clock);
}

describe('a person of Slack alone', () => {
  it('is known by the Slack user ID, with user groups by ID and by handle', async () => {
    const ada = await alone().person('slack', ADA.slackId);
    expect(ada).toMatchObject({
      id: ADA.slackId,
      name: 'Ada Okafor',
      slack: ADA.slackId,
      zone: 'Europe/Stockholm',
      language: 'en-GB',
      groups: ['slack:@security', 'slack:S0SECURITY'],
    });
    expect(ada && isMeant(ada, [`person:${ADA.slackId}`])).toBe(true);
    expect(await alone().byId(SAM.slackId)).toMatchObject({ groups: [] });
    expect(await alone().person('slack', 'U0NOBODY')).toBeUndefined();
  });

  it('is in no group as a guest, disabled once deactivated, and nobody as a bot', async () => {
    slack.setUser(ADA.slackId, { is_restricted: true });
    expect(await alone().byId(ADA.slackId)).toMatchObject({ guest: true, groups: [] });
    expect((await alone().members('slack:@security')).map(({ id }) => id)).toEqual([GRACE.slackId]);
    slack.setUser(ADA.slackId, { is_restricted: false, deleted: true });
    expect(await alone().byId(ADA.slackId)).toMatchObject({ disabled: true });
    slack.setUser('U0BOT', { is_bot: true });
    expect(await alone().byId('U0BOT')).toBeUndefined();
  });

  it('is told of requests with their whole group', async () => {
    const members = await alone().members('slack:S0SECURITY');
    expect(members.map(({ name }) => name)).toEqual([ADA.name, GRACE.name]);
    expect(alone().reach(members[0] ?? { id: '', name: '', groups: [] })).toEqual([
      { chat: 'slack', kind: 'private', id: ADA.slackId },
    ]);
  });

  it('cannot be told while Slack takes no calls, with how long that is, of whoever asks next as well', async () => {
    const busy = await startSlackSimulator();
    busy.faults.add('users.info', { kind: 'throttle', retryAfterSeconds: 60 });
    const first = accounts([], busy);
    const say = 'Cannot tell who people are now: Slack takes no more calls for now.';
    const away = { code: 'directoryAway', say };
    await expect(first.account(ADA.slackId)).rejects.toMatchObject({ ...away, retryAfterMs: 60_000 });
    for (const next of [first, accounts([], busy)]) {
      const [{ reason }] = (await Promise.allSettled([next.account(ADA.slackId)])) as [PromiseRejectedResult];
      expect(reason).toMatchObject(away);
      expect(reason.retryAfterMs).toBeGreaterThan(0);
      expect(reason.retryAfterMs).toBeLessThan(60_000);
    }
    await busy.stop();
  });

  it('cannot be told where Slack lacks the scope, or has no such group', async () => {
    await expect(alone(['slack:@nobody']).byId(ADA.slackId)).rejects.toMatchObject({ code: 'groupUnknown' });
    const bare = await startSlackSimulator({ scopes: ['users:read'] });
    const asked: GroupSubject[] = ['slack:@security'];
    await expect(accounts(asked, bare).account(ADA.slackId)).rejects.toMatchObject({
      code: 'directoryRights',
      say: 'Cannot tell who people are: Drawbridge may not read user groups in Slack.',
    });
    await bare.stop();
  });
});

describe('a Slack account beside Entra', () => {
  const asked: GroupSubject[] = ['slack:@security', 'entra:sre'];
  const both = (more: Parameters<Tenant['directory']>[0] = {}) => at.directory({ asked, ...more }, accounts(asked));

  it('is one human with the account of Entra that has its address, where that is switched on', async () => {
    const users = at.azure.graph.people;
    const sre = users.addGroup('sre');
    users.join(sre.id, ADA.entraId);
    await expect(both().person('slack', ADA.slackId)).rejects.toMatchObject({ code: 'notLinked', kind: 'denied' });
    await expect(both().person('slack', ADA.slackId, 'last')).rejects.toMatchObject({ code: 'notLinked' });
    const linked = both({ mailDomains: ['example.com'] });
    const ada = await linked.person('slack', ADA.slackId);
    expect(ada).toMatchObject({
      id: ADA.entraId,
      slack: ADA.slackId,
      manager: GRACE.entraId,
      groups: ['entra:sre', 'slack:@security'],
    });
    // Found from the other side they are the same, and in the same groups.
    expect(await linked.byId(ADA.entraId)).toEqual(ada);
    expect(await linked.person('teams', ADA.entraId)).toEqual(ada);
    slack.setUser(ADA.slackId, { is_email_confirmed: false });
    expect(await linked.byId(ADA.entraId)).toMatchObject({ groups: ['entra:sre'] });
    const unlinked = both({ mailDomains: ['example.com'] }).person('slack', ADA.slackId);
    await expect(unlinked).rejects.toMatchObject({ code: 'notLinked' });
    slack.setUser(ADA.slackId, { is_email_confirmed: true });
    expect(await linked.person('slack', ADA.slackId)).toMatchObject({ id: ADA.entraId });
    expect(await linked.byId(ADA.entraId)).toMatchObject({ groups: ['entra:sre', 'slack:@security'] });
  });

  it('is where a manager of Entra is told, by the address, before they ever spoke in Slack', async () => {
    const directory = both({ mailDomains: ['example.com'], chats: ['slack'] });
    const grace = await directory.byId(GRACE.entraId);
    expect(grace).toMatchObject({ id: GRACE.entraId, slack: GRACE.slackId });
    expect(grace && directory.reach(grace)).toEqual([{ chat: 'slack', kind: 'private', id: GRACE.slackId }]);
    expect(await both().byId(GRACE.entraId)).not.toHaveProperty('slack');
    slack.setUser(GRACE.slackId, { is_restricted: true });
    expect(await both({ mailDomains: ['example.com'] }).byId(GRACE.entraId)).not.toHaveProperty('slack');
    slack.setUser(GRACE.slackId, { is_restricted: false });
  });

  it('is where the members of a group of Entra are told', async () => {
    const users = at.azure.graph.people;
    const { id } = users.addGroup('approvers');
    users.join(id, GRACE.entraId, SAM.entraId);
    const asked: GroupSubject[] = [`entra:${id}`];
    const directory = at.directory({ asked, mailDomains: ['example.com'], chats: ['slack'] }, accounts(asked));
    const places = (await directory.members(`entra:${id}`)).flatMap((one) => directory.reach(one));
    expect(places.map((place) => place.id)).toEqual([GRACE.slackId, SAM.slackId]);
    // Whom Slack cannot tell of is told elsewhere.
    slack.faults.add('users.lookupByEmail', { kind: 'throttle', retryAfterSeconds: 7 }, 2);
    const later = at.directory({ asked, mailDomains: ['example.com'], chats: ['slack'] }, accounts(asked));
    expect((await later.members(`entra:${id}`)).map((one) => one.id)).toEqual([GRACE.entraId, SAM.entraId]);
  });

  it('is one human by the map, whichever chat they speak in', async () => {
    const directory = both({ map: new Map([[ADA.slackId, ADA.entraId]]) });
    const [here, there] = [await directory.person('slack', ADA.slackId), await directory.person('teams', ADA.entraId)];
    expect(here).toEqual(there);
    expect(here).toMatchObject({ id: ADA.entraId, slack: ADA.slackId, groups: ['entra:sre', 'slack:@security'] });
    expect(directory.accountOf('slack', ADA.entraId)).toBe(ADA.slackId);
  });
});
