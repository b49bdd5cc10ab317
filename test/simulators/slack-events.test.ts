import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SlackSimulator, startSlackSimulator } from '../../simulators/slack/index.ts';
import { channels, people } from '../../simulators/world.ts';
import { type Connected, httpApp, silent, socketApp } from './slack-app.ts';

const ada = people.requester.slackId;
const grace = people.manager.slackId;
const access = channels.slack.id;
const bot = '<@U0BRIDGEBT>';
const direct = `D${ada.slice(1)}`;
const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });
const button = (action_id: string) => ({
  type: 'actions' as const,
  elements: [{ type: 'button' as const, action_id, text: { type: 'plain_text' as const, text: 'Go' } }],
});

let slack: SlackSimulator;
let connected: Connected | undefined;

const client = () =>
  new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: silent });
const fails = (call: Promise<unknown>, code: string) =>
  expect(call).rejects.toMatchObject({ data: { ok: false, error: code } });

beforeEach(async () => {
  slack = await startSlackSimulator();
});

afterEach(async () => {
  await connected?.stop();
  connected = undefined;
  await slack.stop();
});

test('a Home tab has a hundred blocks at most, no submit button, and is replaced only where its hash is the newest', async () => {
  const { views } = client();
  const home = (count: number) => ({
    type: 'home' as const,
    blocks: Array.from({ length: count }, () => section('x')),
  });
  await fails(views.publish({ user_id: ada, view: home(101) }), 'invalid_arguments');
  await fails(views.publish({ user_id: ada, view: home(0) }), 'invalid_arguments');
  await fails(
    views.publish({ user_id: ada, view: { ...home(1), submit: section('x') } as never }),
    'invalid_arguments',
  );
  await fails(views.publish({ user_id: 'U0NOBODY00', view: home(1) }), 'user_not_found');
  await fails(views.publish({ user_id: ada, view: home(1), hash: '1.none' }), 'hash_conflict');
  const first = await views.publish({ user_id: ada, view: home(100) });
  const second = await views.publish({ user_id: ada, view: home(2), hash: first.view?.hash ?? '' });
  await fails(views.publish({ user_id: ada, view: home(1), hash: first.view?.hash ?? '' }), 'hash_conflict');
  expect(slack.state(ada).homes[ada]).toMatchObject({ id: first.view?.id, hash: second.view?.hash });
  expect(slack.state(grace).homes).toEqual({});
});

test.each([
  ['http', httpApp],
  ['a socket', socketApp],
] as const)('events and what is pressed in a Home tab arrive over %s', async (_, connect) => {
  connected = await connect(slack);
  const { app } = connected;
  const heard: unknown[] = [];
  app.event('app_home_opened', async ({ event, client: web }) => {
    heard.push([event.tab, event.view !== undefined]);
    await web.views.publish({ user_id: event.user, view: { type: 'home', blocks: [button('go')] } });
  });
  app.event('app_mention', async ({ event }) => void heard.push(event.text));
  app.message(async ({ message }) => void heard.push('text' in message ? message.text : ''));
  app.action('go', async ({ ack, body }) => {
    heard.push([body.channel, 'response_url' in body, 'view' in body]);
    await ack();
  });
  await slack.openHome(ada);
  await vi.waitFor(() => expect(slack.state(ada).homes[ada]).toBeDefined());
  await slack.openHome(ada);
  expect(await slack.pressHome(ada, 'go')).toMatchObject({ ok: true });
  await slack.say(ada, direct, 'list');
  await slack.say(ada, access, `${bot} list`);
  await slack.say(ada, access, 'nobody is meant');
  await vi.waitFor(() =>
    expect(heard).toEqual([['home', false], ['home', true], [undefined, false, true], 'list', `${bot} list`]),
  );
});

test('an event that was not taken comes once more at once, and says so', async () => {
  const told: string[] = [];
  connected = await httpApp(slack);
  connected.app.use(
    async ({ context }) => void told.push(`${String(context.retryNum)} ${String(context.retryReason)}`),
  );
  await slack.openHome(ada);
  expect(slack.sent).toHaveLength(1);
  await connected.stop();
  await slack.openHome(ada);
  connected = undefined;
  expect(slack.sent.slice(1).map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1']);
  expect(new Set(slack.sent.map(({ body }) => JSON.parse(body).event_id)).size).toBe(2);
});

test('nothing is told of what the app did not subscribe to, or has no scope for', async () => {
  await slack.stop();
  slack = await startSlackSimulator({ scopes: ['chat:write'], events: ['app_mention', 'message.im'] });
  connected = await httpApp(slack);
  await slack.openHome(ada);
  await slack.say(ada, direct, 'list');
  await slack.say(ada, access, `${bot} list`);
  expect(slack.sent).toEqual([]);
});

test('shortcuts come with a trigger, and one on a message with the message; messages have permalinks', async () => {
  connected = await httpApp(slack);
  const heard: unknown[] = [];
  connected.app.shortcut({ type: 'shortcut' }, async ({ ack, shortcut, client: web }) => {
    await ack();
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'x' }, blocks: [section('x')] };
    await web.views.open({ trigger_id: shortcut.trigger_id, view });
    heard.push(shortcut.callback_id);
  });
  connected.app.shortcut({ type: 'message_action' }, async ({ ack, shortcut }) => {
    await ack();
    heard.push([shortcut.callback_id, shortcut.channel.id, shortcut.message.text]);
  });
  await slack.shortcut(ada, 'ask');
  await slack.say(grace, access, 'the shop is down');
  const ts =
    slack
      .state()
      .channels.find(({ id }) => id === access)
      ?.messages.at(-1)?.ts ?? '';
  await slack.messageShortcut(ada, access, ts, 'because');
  await vi.waitFor(() => expect(heard).toEqual(['ask', ['because', access, 'the shop is down']]));
  expect(slack.state(ada).views[ada]).toHaveLength(1);
  const { permalink } = await client().chat.getPermalink({ channel: access, message_ts: ts });
  expect(permalink).toBe(`https://drawbridge-demo.slack.com/archives/${access}/p${ts.replace('.', '')}`);
  await fails(client().chat.getPermalink({ channel: access, message_ts: '1.000001' }), 'message_not_found');
});
