import type { KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SlackSimulator, startSlackSimulator } from '../../simulators/slack/index.ts';
import { channels, people } from '../../simulators/world.ts';
import { type Connected, httpApp, socketApp } from './slack-app.ts';

const ada = people.requester.slackId;
const grace = people.manager.slackId;
const access = channels.slack.id;

const card: KnownBlock[] = [
  { type: 'section', text: { type: 'mrkdwn', text: '*web-1* for Ada' } },
  {
    type: 'actions',
    block_id: 'decide',
    elements: [
      { type: 'button', action_id: 'approve', value: 'r1', text: { type: 'plain_text', text: 'Approve' } },
      { type: 'button', action_id: 'deny', value: 'r1', text: { type: 'plain_text', text: 'Deny' }, style: 'danger' },
    ],
  },
];

const form = {
  type: 'modal' as const,
  callback_id: 'request',
  title: { type: 'plain_text' as const, text: 'Ask for access' },
  submit: { type: 'plain_text' as const, text: 'Ask' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'machine',
      label: { type: 'plain_text' as const, text: 'Machine' },
      element: { type: 'external_select' as const, action_id: 'machine', min_query_length: 1 },
    },
    {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Why' },
      element: { type: 'plain_text_input' as const, action_id: 'why', max_length: 20 },
    },
  ],
};

let slack: SlackSimulator;
let connected: Connected;

/** What one person sees in a channel, as texts. */
const texts = (userId: string, channelId: string = access): string[] =>
  (slack.state(userId).channels.find((c) => c.id === channelId)?.messages ?? []).map((m) => m.text);

const topView = (userId: string) => slack.state().views[userId]?.at(-1);

beforeEach(async () => {
  slack = await startSlackSimulator({ answerWithinMs: 60_000 });
});

afterEach(async () => {
  await connected?.stop();
  await slack.stop();
});

describe.each([
  ['over HTTP', httpApp],
  ['in Socket Mode', socketApp],
])('a Bolt app %s', (_name, connect) => {
  beforeEach(async () => {
    connected = await connect(slack);
  });

  test('answers a command to the person alone, then to all', async () => {
    connected.app.command('/jit', async ({ command, ack, respond }) => {
      await ack(`only for ${command.user_name}: ${command.text}`);
      await respond({ text: 'for all', response_type: 'in_channel' });
    });
    const changed = new Promise<void>((resolve) => {
      slack.onChange(() => texts(grace).includes('for all') && resolve());
    });
    expect(await slack.command(ada, access, '/jit request web-1')).toMatchObject({ ok: true, status: 200 });
    await changed;
    expect(texts(ada).sort()).toEqual(['for all', 'only for ada: request web-1']);
    expect(texts(grace)).toEqual(['for all']);
  });

  test('gets a pressed button with its value, and updates the message it is in', async () => {
    const { app } = connected;
    app.action({ action_id: 'approve' }, async ({ ack, body, action, client }) => {
      await client.chat.update({
        channel: body.channel?.id ?? '',
        ts: 'message' in body ? (body.message?.ts ?? '') : '',
        text: `approved ${'value' in action ? action.value : ''} by ${body.user.id}`,
        blocks: [],
      });
      await ack();
    });
    const { ts } = await app.client.chat.postMessage({ channel: access, text: 'asked', blocks: card });
    expect(await slack.press(grace, access, ts ?? '', 'approve')).toMatchObject({ ok: true });
    expect(texts(ada)).toEqual([`approved r1 by ${grace}`]);
  });

  test('opens a form, offers machines, refuses what was typed, and takes it', async () => {
    const { app } = connected;
    const given: unknown[] = [];
    app.command('/jit', async ({ ack, client, command }) => {
      await client.views.open({ trigger_id: command.trigger_id, view: form });
      await ack();
    });
    app.options('machine', async ({ ack, options }) => {
      const text = { type: 'plain_text' as const, text: `${options.value}-1` };
      await ack({ options: [{ text, value: 'azure:web-1' }] });
    });
    app.view('request', async ({ ack, view }) => {
      const why = view.state.values.why?.why?.value ?? '';
      given.push(view.state.values.machine?.machine?.selected_option?.value, why);
      await (why === 'test' ? ack({ response_action: 'errors', errors: { why: 'Say more.' } }) : ack());
    });
    await slack.command(ada, access, '/jit request');
    const id = topView(ada)?.id ?? '';
    expect((await slack.suggest(ada, id, 'machine', 'web')).options).toMatchObject([{ value: 'azure:web-1' }]);
    const filled = (why: string) => ({ machine: { machine: 'azure:web-1' }, why: { why } });
    expect(await slack.submitView(ada, id, filled('test'))).toMatchObject({ ok: false, errors: { why: 'Say more.' } });
    expect(slack.state().viewErrors[ada]).toEqual({ why: 'Say more.' });
    expect(await slack.submitView(ada, id, filled('deploy'))).toMatchObject({ ok: true });
    expect(topView(ada)).toBeUndefined();
    expect(given).toEqual(['azure:web-1', 'test', 'azure:web-1', 'deploy']);
  });

  test('sees its silence told to the person', async () => {
    await connected.stop();
    await slack.stop();
    slack = await startSlackSimulator({ answerWithinMs: 250 });
    connected = await connect(slack);
    connected.app.command('/jit', async () => {});
    const seen = await slack.command(ada, access, '/jit list');
    expect(seen).toMatchObject({ ok: false, notice: '/jit failed with the error "operation_timeout"' });
    expect(slack.state(ada).notices[ada]).toHaveLength(1);
    expect(slack.state(grace).notices).toEqual({});
  });
});

describe('a modal', () => {
  beforeEach(async () => {
    connected = await httpApp(slack);
    connected.app.command('/jit', async ({ ack, client, command }) => {
      await client.views.open({ trigger_id: command.trigger_id, view: form });
      await ack();
    });
    await slack.command(ada, access, '/jit request');
  });

  test('is not sent with an empty or too long entry', async () => {
    const id = topView(ada)?.id ?? '';
    const seen = await slack.submitView(ada, id, { why: { why: 'longer than twenty characters' } });
    expect(seen).toEqual({
      ok: false,
      status: 0,
      body: '',
      errors: { machine: 'Please complete this required field.', why: 'This entry is too long.' },
    });
  });

  test('takes no option that the app did not offer, and no field that it does not have', async () => {
    const id = topView(ada)?.id ?? '';
    await expect(slack.submitView(ada, id, { machine: { machine: 'x' } })).rejects.toThrow('no option "x"');
    await expect(slack.submitView(ada, id, { port: { port: '22' } })).rejects.toThrow('action id "port"');
    await expect(slack.submitView(grace, id, {})).rejects.toThrow('in front of them');
  });

  test('shows trouble for errors at a block that is no input', async () => {
    connected.app.options('machine', ({ ack }) =>
      ack({ options: [{ text: { type: 'plain_text', text: 'web-1' }, value: 'web-1' }] }),
    );
    connected.app.view('request', ({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'no' } }));
    const id = topView(ada)?.id ?? '';
    await slack.suggest(ada, id, 'machine', 'w');
    const seen = await slack.submitView(ada, id, { machine: { machine: 'web-1' }, why: { why: 'deploy' } });
    expect(seen).toMatchObject({ ok: false, notice: 'We had some trouble connecting. Try again?' });
    expect(topView(ada)?.id).toBe(id);
  });

  test('keeps what was typed when it is updated, unless somebody was faster', async () => {
    const { client } = connected.app;
    const view = topView(ada);
    const id = view?.id ?? '';
    await slack.changeInView(ada, id, 'why', 'deploy');
    const first = await client.views.update({ view_id: id, hash: view?.hash ?? '', view: form, token: slack.botToken });
    expect(first.view?.id).toBe(id);
    const again = client.views.update({ view_id: id, hash: view?.hash ?? '', view: form, token: slack.botToken });
    await expect(again).rejects.toThrow('hash_conflict');
    let why: unknown;
    connected.app.view('request', async ({ ack, view: v }) => {
      why = v.state.values.why?.why?.value;
      await ack({ response_action: 'clear' });
    });
    connected.app.options('machine', ({ ack }) =>
      ack({ options: [{ text: { type: 'plain_text', text: 'web-1' }, value: 'web-1' }] }),
    );
    await slack.suggest(ada, id, 'machine', 'w');
    await slack.submitView(ada, id, { machine: { machine: 'web-1' } });
    expect(why).toBe('deploy');
    expect(topView(ada)).toBeUndefined();
  });
});
