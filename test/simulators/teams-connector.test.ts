import { ClientSecretCredential } from '@azure/identity';
import { MessageFactory, TeamsInfo, type TurnContext } from 'botbuilder';
import { describe, expect, it } from 'vitest';
import { BOT_APP_ID, people, TENANT_ID } from '../../simulators/world.ts';
import { attached, authorizationOf, card, credentialsFor, refusalOf, teamsWorld } from './teams-bot.ts';

const { requester: ada, manager: grace, outsider: otto } = people;
const world = teamsWorld();

describe('the connector', () => {
  it('opens one chat a person, by Teams id or by Entra id', async () => {
    const ids: string[] = [];
    const note = async (context: TurnContext) => ids.push(context.activity.conversation.id);
    await world.bot.inChat([{ id: grace.teamsId }], note);
    await world.bot.inChat([{ id: grace.entraId }], note);
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    ['an e-mail address', [{ id: grace.email }], '400 BadArgument'],
    ['somebody unknown', [{ id: '29:nobody' }], '400 BadArgument'],
    ['an Entra id in the wrong place', [{ id: '', aadObjectId: grace.entraId }], '400 BadArgument'],
    ['two people', [{ id: ada.teamsId }, { id: grace.teamsId }], '400 BadSyntax'],
  ])('opens none for %s', async (_, members, refusal) => {
    expect(await refusalOf(world.bot.inChat(members, async () => {}))).toBe(refusal);
  });

  it('opens and writes none without the app, against a block, or once the chat is removed', async () => {
    const write = (context: TurnContext) => context.sendActivity('psst');
    world.sim.setPerson(grace.entraId, { blocked: true });
    expect(await refusalOf(world.bot.inChat([{ id: grace.teamsId }], write))).toBe('403 MessageWritesBlocked');
    world.sim.setPerson(grace.entraId, { installed: false, inTeam: false });
    expect(await refusalOf(world.bot.inChat([{ id: grace.teamsId }], write))).toBe('403 BotNotInConversationRoster');
    const late = async (context: TurnContext) => {
      world.sim.removeChat(ada.entraId);
      await context.sendActivity('psst');
    };
    expect(await refusalOf(world.bot.inChat([{ id: ada.teamsId }], late))).toBe('404 ConversationNotFound');
    expect(world.chatOf(grace.entraId)).toEqual([]);
  });

  it('reaches a member of a team with the app by the id of the roster, and by no other', async () => {
    world.sim.setPerson(grace.entraId, { installed: false });
    const write = (context: TurnContext) => context.sendActivity('psst');
    expect(await refusalOf(world.bot.inChat([{ id: grace.entraId }], write))).toBe('403 BotNotInConversationRoster');
    await world.bot.inChat([{ id: grace.teamsId }], write);
    expect(world.chatOf(grace.entraId)).toMatchObject([{ text: 'psst' }]);
  });

  it('posts in the channel, and updates and deletes what the bot posted', async () => {
    const thread = await world.bot.postInChannel({ ...attached(card('asked')), summary: 'asked' });
    const root = `${thread.split('messageid=')[1]}`;
    const look = () => world.sim.state().channel.threads.find(({ id }) => id === thread)?.activities[0];
    expect(look()).toMatchObject({ id: root, summary: 'asked', cards: [card('asked')] });
    world.bot.onTurn = async (context) => {
      await context.updateActivity({ ...attached(card('decided')), id: root });
      await context.deleteActivity(root);
      await context.updateActivity({ ...attached(card('again')), id: root });
    };
    const seen: unknown[] = [];
    const stop = world.sim.onChange(() => seen.push(look()?.cards[0]));
    await world.sim.say(ada.entraId, thread, 'and?');
    stop();
    expect(seen).toContainEqual(card('decided'));
    expect(look()).toMatchObject({ deleted: true, cards: [] });
  });

  it('updates nothing that is unknown or somebody else’s', async () => {
    const codes: string[] = [];
    world.bot.onTurn = async (context) => {
      for (const id of ['1', context.activity.id ?? ''])
        codes.push(await refusalOf(context.updateActivity({ type: 'message', text: 'x', id })));
      codes.push(await refusalOf(context.deleteActivity('1')));
    };
    await world.sim.say(ada.entraId, 'personal', 'hi');
    expect(codes).toEqual(Array(3).fill('404 ActivityNotFoundInConversation'));
  });

  it.each([
    ['a channel without the app', () => world.sim.setTeamInstalled(false), {}, '403 BotNotInConversationRoster'],
    ['an empty message', () => {}, { type: 'message' }, '400 BadSyntax'],
    ['a card with an unknown element', () => {}, attached({ ...card(''), body: [{ type: 'Chart' }] }), '400 BadSyntax'],
    ['too big a message', () => {}, MessageFactory.text('x'.repeat(101 * 1024)), '413 MessageSizeTooBig'],
    [
      'a mention of nobody',
      () => {},
      { type: 'message', text: 'hi', entities: [{ type: 'mention' }] },
      '400 BadSyntax',
    ],
    ['an event', () => {}, { type: 'event', name: 'x' }, '400 BadSyntax'],
  ])('refuses %s', async (_, prepare, activity, refusal) => {
    prepare();
    expect(await refusalOf(world.bot.postInChannel(activity))).toBe(refusal);
  });

  it('tells who is in a conversation', async () => {
    world.sim.setPerson(otto.entraId, { inTeam: false });
    world.sim.setPerson(grace.entraId, { userRole: 'guest' });
    world.bot.onTurn = async (context) => {
      const member = { aadObjectId: grace.entraId, email: grace.email, tenantId: TENANT_ID, userRole: 'guest' };
      for (const id of [grace.teamsId, grace.entraId, grace.email])
        expect(await TeamsInfo.getMember(context, id)).toMatchObject(member);
      expect((await TeamsInfo.getPagedMembers(context)).members).toHaveLength(4);
      expect(await refusalOf(TeamsInfo.getMember(context, otto.teamsId))).toBe('404 MemberNotFoundInConversation');
    };
    expect(await world.sim.say(ada.entraId, 'channel', 'who')).toMatchObject({ status: 200 });
  });

  it('takes the bot’s token only', async () => {
    const post = (authorization: string) =>
      fetch(`${world.sim.serviceUrl}v3/conversations`, { method: 'POST', headers: { authorization }, body: '{}' });
    expect((await post('')).status).toBe(401);
    expect((await post('Bearer garbage')).status).toBe(401);
    await expect(authorizationOf(credentialsFor(world.sim, 'wrong'))).rejects.toThrow('AADSTS7000215');
    const signed = await authorizationOf(credentialsFor(world.sim));
    expect((await post(signed)).status).toBe(400);
  });

  it('outlives a caller that goes away and a path that cannot be decoded', async () => {
    const authorization = await authorizationOf(credentialsFor(world.sim));
    const url = `${world.sim.serviceUrl}v3/conversations/%zz/members`;
    await expect(fetch(url, { headers: { authorization } })).rejects.toThrow('fetch failed');
    expect((await fetch(world.sim.openIdMetadataUrl)).status).toBe(200);
  });
});

describe('the login', () => {
  const login = (tenant: string, clientId: string) =>
    new ClientSecretCredential(tenant, clientId, world.sim.appPassword, {
      authorityHost: world.sim.authorityHost,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: world.sim.caPem },
      retryOptions: { maxRetries: 0 },
    });
  const scope = 'https://api.botframework.com/.default';

  it('gives a token for the connector and for Graph alone', async () => {
    const bot = login(TENANT_ID, BOT_APP_ID);
    expect((await bot.getToken(scope)).token.split('.')).toHaveLength(3);
    await expect(bot.getToken('https://management.azure.com/.default')).rejects.toThrow('AADSTS70011');
  });

  it('gives none to a foreign app or tenant, nor on a bad day', async () => {
    await expect(login(TENANT_ID, TENANT_ID).getToken(scope)).rejects.toThrow('AADSTS700016');
    await expect(login(BOT_APP_ID, BOT_APP_ID).getToken(scope)).rejects.toThrow();
    world.sim.faults.add('token', { kind: 'error', status: 503, code: 'temporarily_unavailable' });
    await expect(login(TENANT_ID, BOT_APP_ID).getToken(scope)).rejects.toThrow('temporarily_unavailable');
  });
});
