import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../simulators/shared/clock.ts';
import { type SlackSimulator, startSlackSimulator } from '../../simulators/slack/index.ts';
import { channels, people } from '../../simulators/world.ts';
import { type Connected, httpApp, silent, socketApp } from './slack-app.ts';

const ada = people.requester.slackId;
const grace = people.manager.slackId;
const access = channels.slack.id;

let clock: ManualClock;
let slack: SlackSimulator;
let connected: Connected;

const messages = (userId?: string) => slack.state(userId).channels.find((c) => c.id === access)?.messages ?? [];

beforeEach(async () => {
  clock = new ManualClock(Date.now());
  slack = await startSlackSimulator({ clock: clock.now, answerWithinMs: 60_000 });
  connected = await httpApp(slack);
});

afterEach(async () => {
  await connected.stop();
  await slack.stop();
});

describe('a delivery', () => {
  beforeEach(async () => {
    connected.app.command('/jit', ({ ack }) => ack());
    await slack.command(ada, access, '/jit list');
  });

  test.each([
    ['as Slack sends it', 200, {}],
    ['with another secret', 401, { secret: 'guessed' }],
    ['that is stale', 401, { timestampSeconds: Math.floor(Date.now() / 1000) - 301 }],
    ['without a signature', 401, { headers: { 'x-slack-signature': undefined } }],
    ['with the signature of another body', 401, { headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}` } }],
  ])('%s is answered with %i', async (_what, status, change) => {
    const body = slack.sent.at(-1)?.body ?? '';
    expect(await slack.deliver({ body, ...change })).toMatchObject({ status });
  });

  test('can be sent again as it was', async () => {
    const sent = slack.sent.at(-1);
    expect(await slack.deliver({ body: sent?.body ?? '', headers: sent?.headers ?? {} })).toMatchObject({
      status: 200,
    });
    expect(slack.sent.at(-1)).toEqual(sent);
  });

  test('has the fields of a slash command, and nothing that Slack would not say', () => {
    const fields = Object.fromEntries(new URLSearchParams(slack.sent.at(-1)?.body));
    expect(fields).toMatchObject({
      team_id: slack.teamId,
      api_app_id: slack.appId,
      user_id: ada,
      channel_id: access,
      channel_name: 'vm-access',
      command: '/jit',
      text: 'list',
    });
  });
});

test('a command that nobody registered is not sent', async () => {
  expect(await slack.command(ada, access, '/dance')).toMatchObject({
    status: 0,
    notice: '/dance is not a valid command.',
  });
  expect(slack.sent).toEqual([]);
  await expect(slack.command(ada, access, 'jit list')).rejects.toThrow('no slash command');
  await expect(slack.command('U0NOBODY', access, '/jit')).rejects.toThrow('no user');
  await expect(slack.command(ada, `D${grace.slice(1)}`, '/jit')).rejects.toThrow('is not in');
});

test('an answer that is no message is an error that the person sees', async () => {
  connected.app.command('/jit', ({ ack }) => ack({ text: 'x', blocks: [{ type: 'dance' }] }));
  const seen = await slack.command(ada, access, '/jit list');
  expect(seen.notice).toBe('/jit failed with the error "invalid_command_response"');
  expect(messages()).toEqual([]);
});

test('a program that is not there is an error that the person sees', async () => {
  slack.setTarget('http://127.0.0.1:9/slack/events');
  expect((await slack.command(ada, access, '/jit list')).notice).toBe('/jit failed with the error "dispatch_failed"');
});

test('a press says who pressed what, in which message', async () => {
  connected.app.action('decide', ({ ack }) => ack());
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, logger: silent });
  slack.setUser('U0STRANGER', { team_id: 'T0OTHER', is_stranger: true });
  slack.setChannel(access, { members: [ada, 'U0STRANGER'], is_ext_shared: true });
  const text = { type: 'plain_text' as const, text: 'Deny' };
  const label = { type: 'plain_text' as const, text: 'Why' };
  const blocks = [
    { type: 'input', block_id: 'why', label, element: { type: 'plain_text_input', action_id: 'why' } },
    { type: 'actions', block_id: 'a', elements: [{ type: 'button', action_id: 'decide', value: 'r1', text }] },
  ];
  const { ts = '' } = await client.chat.postMessage({ channel: access, text: 'asked', blocks });
  await slack.press('U0STRANGER', access, ts, 'decide', { others: { why: 'too wide' } });
  const payload: unknown = JSON.parse(new URLSearchParams(slack.sent.at(-1)?.body).get('payload') ?? '');
  expect(payload).toMatchObject({
    type: 'block_actions',
    team: { id: slack.teamId },
    user: { id: 'U0STRANGER', team_id: 'T0OTHER' },
    container: { type: 'message', message_ts: ts, channel_id: access, is_ephemeral: false },
    message: { ts, text: 'asked' },
    state: { values: { why: { why: { type: 'plain_text_input', value: 'too wide' } } } },
    actions: [{ type: 'button', action_id: 'decide', block_id: 'a', value: 'r1' }],
  });
  await expect(slack.press(grace, access, ts, 'decide')).rejects.toThrow('is not in');
  await expect(slack.press(ada, access, ts, 'other')).rejects.toThrow('nothing with the action id');
});

test('a trigger is good for three seconds and one use', async () => {
  const triggers: string[] = [];
  connected.app.command('/jit', async ({ ack, command }) => {
    triggers.push(command.trigger_id);
    await ack();
  });
  const modal = {
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: 'Form' },
    blocks: [{ type: 'divider' }],
  };
  const open = (trigger_id = '') => connected.app.client.views.open({ trigger_id, view: modal, token: slack.botToken });
  await slack.command(ada, access, '/jit');
  await slack.command(ada, access, '/jit');
  await open(triggers[0]);
  await expect(open(triggers[0])).rejects.toThrow('exchanged_trigger_id');
  clock.advance(3001);
  await expect(open(triggers[1])).rejects.toThrow('expired_trigger_id');
});

describe('a response_url', () => {
  const urls: string[] = [];
  const post = async (url: string | undefined, body: object) => {
    const response = await fetch(url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };

  beforeEach(async () => {
    urls.length = 0;
    connected.app.command('/jit', async ({ ack, command }) => {
      urls.push(command.response_url);
      const text = { type: 'plain_text' as const, text: 'Close' };
      await ack({ text: 'menu', blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'x', text }] }] });
    });
    connected.app.action('x', async ({ ack, body }) => {
      urls.push('response_url' in body ? body.response_url : '');
      await ack();
    });
    await slack.command(ada, access, '/jit');
  });

  test('takes five answers in thirty minutes', async () => {
    for (let i = 0; i < 5; i++) expect(await post(urls[0], { text: `${i}` })).toEqual({ status: 200, text: 'ok' });
    expect(await post(urls[0], { text: '5' })).toMatchObject({
      status: 404,
      text: expect.stringContaining('used_url'),
    });
    await slack.command(ada, access, '/jit');
    clock.advance(30 * 60_000 + 1);
    expect(await post(urls[1], { text: 'x' })).toMatchObject({
      status: 404,
      text: expect.stringContaining('expired_url'),
    });
    expect(messages(grace)).toEqual([]);
  });

  test('replaces and deletes the message that was used, even an ephemeral one', async () => {
    const ts = messages(ada)[0]?.ts ?? '';
    await slack.press(ada, access, ts, 'x');
    await post(urls[1], { replace_original: true, text: 'done' });
    expect(messages(ada)).toMatchObject([{ ts, text: 'done', blocks: [], visibleTo: ada }]);
    await post(urls[1], { delete_original: true });
    expect(messages(ada)).toEqual([]);
    expect(await post(urls[1], { replace_original: true, text: 'x' })).toMatchObject({ status: 400 });
  });

  test('refuses what is no message', async () => {
    expect(await post(urls[0], { text: 'x', colour: 'red' })).toMatchObject({ status: 400 });
    expect(await post(urls[0], { text: '' })).toMatchObject({ status: 400 });
    expect(await post(`${urls[0]}x`, { text: 'x' })).toMatchObject({ status: 404 });
    slack.faults.add('response_url', { kind: 'error', status: 500, code: 'rollup_error' });
    expect(await post(urls[0], { text: 'x' })).toMatchObject({ status: 500 });
  });
});

describe('Socket Mode', () => {
  test('refuses a wrong token and a used address', async () => {
    await expect(socketApp(slack, 'xapp-other')).rejects.toThrow('invalid_auth');
    const { url = '' } = await new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl }).apps.connections.open();
    const status = () =>
      new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onmessage = ({ data }) => {
          socket.close();
          resolve(JSON.parse(String(data)).type);
        };
        socket.onerror = () => resolve('refused');
      });
    expect(await status()).toBe('hello');
    expect(await status()).toBe('refused');
  });

  test('has nobody to deliver to once the socket is closed', async () => {
    const other = await socketApp(slack);
    expect(slack.connections()).toBe(1);
    await other.stop();
    await vi.waitFor(() => expect(slack.connections()).toBe(0));
    expect(await slack.command(ada, access, '/jit')).toMatchObject({
      notice: '/jit failed with the error "dispatch_failed"',
    });
  });
});
