import { describe, expect, it, vi } from 'vitest';
import type { TeamsSimulator } from '../../simulators/teams/index.ts';
import { BOT_APP_ID, channels, people, TENANT_ID } from '../../simulators/world.ts';
import { authorizationOf, card, credentialsFor, refusalOf, teamsWorld } from './teams-bot.ts';

const { requester: ada, manager: grace, outsider: otto } = people;
const world = teamsWorld();

describe('what people say', () => {
  it('reaches the bot from a chat, and the answer is shown there', async () => {
    world.bot.onTurn = (context) => context.sendActivity('Hello Ada');
    expect(await world.sim.say(ada.entraId, 'personal', 'help')).toMatchObject({ ok: true, status: 200 });
    expect(world.bot.heard[0]).toMatchObject({
      type: 'message',
      channelId: 'msteams',
      text: 'help',
      from: { id: ada.teamsId, aadObjectId: ada.entraId },
      recipient: { id: `28:${BOT_APP_ID}` },
      conversation: { conversationType: 'personal', tenantId: TENANT_ID },
      channelData: { tenant: { id: TENANT_ID } },
    });
    expect(world.chatOf(ada.entraId).map(({ from, text }) => [from.isBot, text])).toEqual([
      [false, 'help'],
      [true, 'Hello Ada'],
    ]);
  });

  it('mentions the bot in the channel, whose thread takes the answer', async () => {
    world.bot.onTurn = (context) => context.sendActivity('Noted');
    await world.sim.say(ada.entraId, 'channel', 'list');
    const [heard] = world.bot.heard;
    expect(heard?.text).toBe('<at>Drawbridge</at> list\n');
    expect(heard?.entities?.[0]).toMatchObject({ type: 'mention', mentioned: { id: `28:${BOT_APP_ID}` } });
    expect(heard?.conversation.id).toBe(`${channels.teams.id};messageid=${heard?.id}`);
    const thread = world.sim.state().channel.threads.find(({ id }) => id === heard?.conversation.id);
    expect(thread?.activities.map(({ text }) => text)).toEqual(['@Drawbridge list', 'Noted']);
    await world.sim.say(grace.entraId, `${thread?.id}`, 'thanks');
    expect(world.bot.heard[1]?.conversation.id).toBe(thread?.id);
  });

  it('needs the app, the team and an existing thread', async () => {
    await world.sim.uninstall(otto.entraId);
    await expect(world.sim.say(otto.entraId, 'personal', 'hi')).rejects.toThrow('has not added the app');
    world.sim.setPerson(otto.entraId, { inTeam: false });
    await expect(world.sim.say(otto.entraId, 'channel', 'hi')).rejects.toThrow('cannot reach the bot');
    await expect(world.sim.say(ada.entraId, `${channels.teams.id};messageid=1`, 'hi')).rejects.toThrow('no thread');
    await expect(world.sim.say('nobody', 'personal', 'hi')).rejects.toThrow('nobody in the tenant');
  });

  it('begins with an event when the app is added, and ends with one', async () => {
    await world.sim.install(otto.entraId);
    await world.sim.uninstall(otto.entraId);
    expect(world.bot.heard.map(({ type, action }) => [type, action])).toEqual([
      ['conversationUpdate', undefined],
      ['installationUpdate', 'add'],
      ['installationUpdate', 'remove'],
    ]);
    expect(world.bot.heard[0]?.membersAdded).toEqual([{ id: `28:${BOT_APP_ID}` }]);
  });

  it('is told to the listener', async () => {
    const listener = vi.fn();
    const stop = world.sim.onChange(listener);
    await world.sim.say(ada.entraId, 'personal', 'one');
    const calls = listener.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    stop();
    await world.sim.say(ada.entraId, 'personal', 'two');
    expect(listener).toHaveBeenCalledTimes(calls);
  });
});

describe('tokens of deliveries', () => {
  const deliver = (options: Parameters<TeamsSimulator['deliver']>[1], patch = {}) =>
    world.sim.deliver(
      { ...world.sim.drafts.message(world.sim.person(ada.entraId), 'personal', 'hi'), ...patch },
      options,
    );

  it.each([
    ['no token', { token: null }, 401],
    ['no JWT', { token: 'garbage' }, 401],
    ['a foreign issuer', { token: { issuer: 'https://evil.example' } }, 401],
    ['another bot', { token: { audience: 'another-bot' } }, 401],
    ['a token that is over', { token: { expiresInSeconds: -400 } }, 401],
    ['an unknown key', { token: { kid: 'unknown' } }, 401],
    ['a key endorsed for another channel', { token: { key: 'unendorsed' } }, 401],
    ['no service URL', { token: { serviceUrl: null } }, 401],
    ['another service URL', { token: { serviceUrl: 'https://evil.example/' } }, 401],
    // botbuilder takes these two for its own faults; they are refused all the same.
    ['a borrowed key id', { token: { key: 'login', kid: 'teams-channel' } }, 500],
    ['no signature', { token: { algorithm: 'none' } }, 500],
  ] as const)('%s is refused', async (_, options, status) => {
    expect(await deliver(options)).toMatchObject({ ok: false, status });
    expect(world.bot.heard).toEqual([]);
  });

  it('a good one passes, and so does what botbuilder does not look at', async () => {
    expect(await deliver({})).toMatchObject({ ok: true, status: 200 });
    expect(await deliver({}, { conversation: { id: 'a:1', tenantId: 'another' } })).toMatchObject({ ok: true });
    expect(world.bot.heard).toHaveLength(2);
  });
});

const textAnswer = (value: string) => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value });

describe('bad days', () => {
  const tellGrace = () => world.bot.inChat([{ id: grace.teamsId }], (context) => context.sendActivity('hello'));
  /** botbuilder answers the message that opened a chat, whether there was one or not. */
  const operation = 'replyToActivity';

  /** A call without the SDK, which would try again. */
  const change = async (id: string, text: string) =>
    fetch(`${world.sim.serviceUrl}v3/conversations/${chatId()}/activities/${id}`, {
      method: 'PUT',
      headers: { authorization: await authorizationOf(credentialsFor(world.sim)) },
      body: JSON.stringify({ type: 'message', text }),
    });
  const chatId = () => world.sim.state().personal.find((chat) => chat.entraId === grace.entraId)?.id;

  it('throttles once, says when to come back, and the client does', async () => {
    world.sim.faults.add(operation, { kind: 'throttle', retryAfterSeconds: 0 });
    await tellGrace();
    expect(world.sim.faults.take(operation)).toBeUndefined();
    expect(world.chatOf(grace.entraId)).toHaveLength(1);
  });

  it('refuses with the code that was planned', async () => {
    world.sim.faults.add(operation, { kind: 'error', status: 412, code: 'PreconditionFailed' });
    expect(await refusalOf(tellGrace())).toBe('412 PreconditionFailed');
    expect(world.chatOf(grace.entraId)).toHaveLength(0);
  });

  it.each([
    ['done, reply lost', { kind: 'lostReply' }, 'new', 'new'],
    ['not done', { kind: 'reset' }, '', ''],
    ['done a minute late', { kind: 'lateLanding', ms: 60_000 }, '', 'new'],
  ] as const)('cuts the connection: %s', async (_, fault, now, later) => {
    const id = await world.sendCard(grace, card('asked'));
    world.sim.faults.add('updateActivity', fault);
    await expect(change(id, 'new')).rejects.toThrow('fetch failed');
    expect(world.chatOf(grace.entraId)[0]?.text).toBe(now);
    world.clock.advance(60_000);
    expect(world.chatOf(grace.entraId)[0]?.text).toBe(later);
    expect((await change(id, 'again')).status).toBe(200);
  });

  it('delivers twice what it heard nothing about: a message as it was, an invoke under a new id', async () => {
    const id = await world.sendCard(grace, card('asked'));
    world.bot.onTurn = (context) => world.bot.respond(context, textAnswer('ok'));
    world.sim.faults.add('deliver', { kind: 'lostReply' }, 2);
    await world.sim.say(grace.entraId, 'personal', 'go');
    await world.sim.execute(grace.entraId, id, { verb: 'approve' });
    const ids = world.bot.heard.map((activity) => activity.id);
    expect(ids).toHaveLength(4);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[3]);
  });

  it('loses a delivery, and says so to the person', async () => {
    world.sim.faults.add('deliver', { kind: 'reset' });
    expect(await world.sim.say(ada.entraId, 'personal', 'hi')).toMatchObject({ ok: false, status: 0 });
    expect(world.bot.heard).toEqual([]);
  });
});
