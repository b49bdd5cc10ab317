import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../simulators/shared/clock.ts';
import { type SlackSimulator, startSlackSimulator } from '../../simulators/slack/index.ts';
import { channels, people } from '../../simulators/world.ts';
import { silent } from './slack-app.ts';

const ada = people.requester.slackId;
const access = channels.slack.id;
const clock = new ManualClock(Date.UTC(2026, 10, 2, 9));

let slack: SlackSimulator;

const newClient = (token = slack.botToken): WebClient =>
  new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

const texts = (channel = access): string[] =>
  (slack.state().channels.find((c) => c.id === channel)?.messages ?? []).map((m) => m.text);

const direct = `D${ada.slice(1)}`;
let client: WebClient;

beforeEach(async () => {
  slack = await startSlackSimulator({ clock: clock.now });
  client = newClient();
});

afterEach(() => slack.stop());

describe('the Web API', () => {
  test('tells the app who it is', async () => {
    expect(await client.auth.test()).toMatchObject({ ok: true, team_id: slack.teamId, bot_id: 'B0BRIDGE01' });
  });

  test.each([
    ['an unknown token', () => newClient('xoxb-other').auth.test(), 'invalid_auth'],
    ['no token', () => newClient('').auth.test(), 'not_authed'],
    ["the app's token where the bot's is due", () => newClient(slack.appToken).auth.test(), 'not_allowed_token_type'],
    ["the bot's token for Socket Mode", () => client.apps.connections.open(), 'not_allowed_token_type'],
    ['another workspace', () => client.apiCall('auth.test', { team_id: 'T0OTHER' }), 'team_access_not_granted'],
    ['an unknown method', () => client.apiCall('chat.shout', {}), 'unknown_method'],
    ['a missing argument', () => client.apiCall('chat.postMessage', { text: 'hi' }), 'invalid_arguments'],
    ['an unknown argument', () => client.apiCall('auth.test', { colour: 'red' }), 'invalid_arguments'],
    ['an unknown user', () => client.users.info({ user: 'U0NOBODY' }), 'user_not_found'],
    ['an unknown channel', () => client.chat.postMessage({ channel: 'C0NONE', text: 'hi' }), 'channel_not_found'],
    ['a message that says nothing', () => client.chat.postMessage({ channel: access, text: '' }), 'no_text'],
    ['too long a text', () => client.chat.postMessage({ channel: access, text: 'x'.repeat(40_001) }), 'msg_too_long'],
    [
      'an unknown message',
      () => client.chat.update({ channel: access, ts: '1.000001', text: 'x' }),
      'message_not_found',
    ],
    [
      'a reply to nothing',
      () => client.chat.postMessage({ channel: access, text: 'x', thread_ts: '1.1' }),
      'cannot_reply',
    ],
    [
      'blocks that are no JSON',
      () => client.apiCall('chat.postMessage', { channel: access, blocks: '[' }),
      'blocks_format',
    ],
    ['an unknown trigger', () => client.views.open({ trigger_id: '1.2.3', view: modal }), 'invalid_trigger_id'],
    ['a view that nobody has open', () => client.views.update({ view_id: 'V1', view: modal }), 'not_found'],
    ['an unknown cursor', () => client.conversations.history({ channel: access, cursor: 'x' }), 'invalid_cursor'],
    ['an unknown thread', () => client.conversations.replies({ channel: access, ts: '1.1' }), 'thread_not_found'],
  ])('refuses %s', async (_what, call, error) => {
    await expect(call()).rejects.toThrow(error);
  });

  test('takes channel settings seriously', async () => {
    slack.setChannel('C0OTHER', { name: 'other', is_member: false });
    slack.setChannel('C0SECRET', { kind: 'private', is_member: false });
    slack.setChannel('C0OLD', { is_archived: true });
    slack.setChannel(access, { is_ext_shared: true });
    const post = (channel: string) => client.chat.postMessage({ channel, text: 'hi' });
    await expect(post('C0OTHER')).rejects.toThrow('not_in_channel');
    await expect(post('C0SECRET')).rejects.toThrow('channel_not_found');
    await expect(post('C0OLD')).rejects.toThrow('is_archived');
    expect((await client.conversations.info({ channel: access })).channel?.is_ext_shared).toBe(true);
  });

  test('grants only what the scopes allow', async () => {
    const narrow = await startSlackSimulator({ clock: clock.now, scopes: ['users:read'] });
    const narrowClient = new WebClient(narrow.botToken, { slackApiUrl: narrow.apiUrl, logger: silent });
    const user = (await narrowClient.users.info({ user: ada })).user;
    await expect(narrowClient.chat.postMessage({ channel: access, text: 'hi' })).rejects.toThrow('missing_scope');
    await narrow.stop();
    expect(user?.profile).not.toHaveProperty('email');
    expect((await client.users.info({ user: ada })).user?.profile?.email).toBe(people.requester.email);
  });

  test('shows the flags that a test gives a member', async () => {
    slack.setUser(ada, { is_restricted: true });
    slack.setUser('U0STRANGER', { team_id: 'T0OTHER', is_stranger: true });
    expect((await client.users.info({ user: ada })).user).toMatchObject({
      is_restricted: true,
      real_name: 'Ada Okafor',
    });
    expect((await client.users.info({ user: 'U0STRANGER' })).user).toMatchObject({ team_id: 'T0OTHER' });
  });
});

describe('messages', () => {
  test('go to a person in private, and are hidden from others', async () => {
    const { channel } = await client.chat.postMessage({ channel: ada, text: 'for you' });
    expect(channel).toBe(direct);
    expect((await client.conversations.open({ users: ada })).channel?.id).toBe(direct);
    expect(slack.state(people.manager.slackId).channels.map((c) => c.id)).not.toContain(direct);
  });

  test('are found again by their metadata, page by page', async () => {
    const metadata = { event_type: 'card', event_payload: { nonce: 'n1' } };
    await client.chat.postMessage({ channel: access, text: 'first', metadata });
    await client.chat.postMessage({ channel: access, text: 'second' });
    const newest = await client.conversations.history({ channel: access, limit: 1 });
    expect(newest.messages).toMatchObject([{ text: 'second' }]);
    const next = { cursor: newest.response_metadata?.next_cursor ?? '', include_all_metadata: true };
    const older = await client.conversations.history({ channel: access, ...next });
    expect(older.messages).toMatchObject([{ text: 'first', metadata }]);
    expect((await client.conversations.history({ channel: access })).messages?.[1]).not.toHaveProperty('metadata');
  });

  test('hang in threads, which the history leaves out', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: access, text: 'asked' });
    await client.chat.postMessage({ channel: access, text: 'open', thread_ts: ts });
    const { messages } = await client.conversations.replies({ channel: access, ts });
    expect(messages?.map((m) => m.text)).toEqual(['asked', 'open']);
    expect((await client.conversations.history({ channel: access })).messages).toHaveLength(1);
    expect(slack.state().channels.find((c) => c.id === access)?.messages[0]?.replies).toMatchObject([{ text: 'open' }]);
  });

  test('keep what an update does not give', async () => {
    const metadata = { event_type: 'card', event_payload: {} };
    const blocks = [{ type: 'divider' as const }];
    const { ts = '' } = await client.chat.postMessage({ channel: access, text: 'a', blocks, metadata });
    await client.chat.update({ channel: access, ts, text: 'b' });
    const { messages } = await client.conversations.history({ channel: access, include_all_metadata: true });
    expect(messages).toMatchObject([{ text: 'b', blocks, metadata, edited: { user: 'U0BRIDGEBT' } }]);
    await client.chat.update({ channel: access, ts, text: 'c', blocks: [] });
    expect((await client.conversations.history({ channel: access })).messages?.[0]).not.toHaveProperty('blocks');
    const long = client.chat.update({ channel: access, ts, text: 'x'.repeat(4001) });
    await expect(long).rejects.toThrow('msg_too_long');
  });

  test('that are ephemeral cannot be updated, nor be found', async () => {
    const { message_ts: ts = '' } = await client.chat.postEphemeral({ channel: access, user: ada, text: 'psst' });
    await expect(client.chat.update({ channel: access, ts, text: 'x' })).rejects.toThrow('message_not_found');
    expect((await client.conversations.history({ channel: access })).messages).toEqual([]);
    const outside = client.chat.postEphemeral({ channel: access, user: 'U0NOBODY', text: 'psst' });
    await expect(outside).rejects.toThrow('user_not_in_channel');
  });

  test('are gone once deleted', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: access, text: 'oops' });
    await client.chat.delete({ channel: access, ts });
    await expect(client.chat.delete({ channel: access, ts })).rejects.toThrow('message_not_found');
    expect(texts()).toEqual([]);
  });
});

describe('a bad day', () => {
  const post = (text: string) => client.chat.postMessage({ channel: access, text });

  test('throttles with Retry-After, and nothing is posted', async () => {
    slack.faults.add('chat.postMessage', { kind: 'throttle', retryAfterSeconds: 7 });
    await expect(post('one')).rejects.toMatchObject({ retryAfter: 7 });
    expect(texts()).toEqual([]);
    await post('two');
    expect(texts()).toEqual(['two']);
  });

  test('answers with an error of its own', async () => {
    slack.faults.add('chat.postMessage', { kind: 'error', status: 200, code: 'internal_error' });
    slack.faults.add('chat.postMessage', { kind: 'error', status: 503, code: 'unavailable' });
    await expect(post('one')).rejects.toThrow('internal_error');
    await expect(post('one')).rejects.toMatchObject({ statusCode: 503 });
    expect(texts()).toEqual([]);
  });

  test('loses the reply to a message that is there, or the message too', async () => {
    slack.faults.add('chat.postMessage', { kind: 'lostReply' });
    slack.faults.add('chat.postMessage', { kind: 'reset' });
    await expect(post('one')).rejects.toThrow();
    await expect(post('two')).rejects.toThrow();
    expect(texts()).toEqual(['one']);
  });

  test('lets a call land long after it was cut off', async () => {
    slack.faults.add('chat.postMessage', { kind: 'lateLanding', ms: 60_000 });
    await expect(post('late')).rejects.toThrow();
    clock.advance(59_999);
    expect(texts()).toEqual([]);
    clock.advance(1);
    expect(texts()).toEqual(['late']);
  });

  test('reads what was there a while ago', async () => {
    const { ts = '' } = await post('old');
    clock.advance(5000);
    await client.chat.update({ channel: access, ts, text: 'new' });
    await post('newer');
    slack.faults.add('conversations.history', { kind: 'stale', ms: 3000 });
    const stale = await client.conversations.history({ channel: access });
    const fresh = await client.conversations.history({ channel: access });
    expect(stale.messages?.map((m) => m.text)).toEqual(['old']);
    expect(fresh.messages?.map((m) => m.text)).toEqual(['newer', 'new']);
  });
});

const modal = {
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'Access' },
  blocks: [{ type: 'divider' as const }],
};
