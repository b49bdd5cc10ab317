import type { KnownBlock, ModalView } from '@slack/types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SlackSimulator, startSlackSimulator } from '../../simulators/slack/index.ts';
import { channels, people } from '../../simulators/world.ts';
import { type Connected, httpApp, socketApp } from './slack-app.ts';

const ada = people.requester.slackId;
const access = channels.slack.id;
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value), value });

const element = (type: string, more: object = {}) => ({
  type: 'input' as const,
  block_id: type,
  label: plain(type),
  optional: true,
  element: { type, action_id: type, ...more },
});
const modal = (title: string, ...blocks: object[]): ModalView => ({
  type: 'modal',
  callback_id: 'form',
  title: plain(title),
  submit: plain('Next'),
  notify_on_close: true,
  blocks: [{ type: 'divider' }, ...(blocks as KnownBlock[])],
});

let slack: SlackSimulator;
let connected: Connected;

const stack = () => (slack.state().views[ada] ?? []).map((v) => (v.title as { text: string }).text);
const top = () => slack.state().views[ada]?.at(-1)?.id ?? '';

/** Starts with `first` open in front of Ada. */
async function openWith(connect: typeof httpApp, first: ReturnType<typeof modal>): Promise<void> {
  connected = await connect(slack);
  connected.app.command('/jit', async ({ ack, client, command }) => {
    await client.views.open({ trigger_id: command.trigger_id, view: first });
    await ack();
  });
  await slack.command(ada, access, '/jit');
}

beforeEach(async () => {
  slack = await startSlackSimulator();
});

afterEach(async () => {
  await connected.stop();
  await slack.stop();
});

test('modals lie on each other, three at most, and close one by one', async () => {
  await openWith(httpApp, modal('one'));
  const { app } = connected;
  const closed: string[] = [];
  let next = 2;
  app.view('form', async ({ ack }) => {
    await ack({ response_action: 'push', view: modal(String(next++)) });
  });
  app.view({ type: 'view_closed', callback_id: 'form' }, async ({ ack, view }) => {
    closed.push(view.title.text);
    await ack();
  });
  await slack.submitView(ada, top());
  await slack.submitView(ada, top());
  expect(stack()).toEqual(['one', '2', '3']);
  const root = slack.state().views[ada]?.[0]?.id;
  expect(slack.state().views[ada]?.[2]).toMatchObject({ root_view_id: root });
  expect(await slack.submitView(ada, top())).toMatchObject({ ok: false, notice: expect.stringContaining('trouble') });
  await expect(slack.closeView(ada, root ?? '')).rejects.toThrow('in front of them');
  await slack.closeView(ada, top());
  expect(stack()).toEqual(['one', '2']);
  expect(closed).toEqual(['3']);
});

test('a submission is answered with another content, a bad one with trouble', async () => {
  await openWith(httpApp, modal('one'));
  const answers = [modal('two'), modal('x'.repeat(25))];
  connected.app.view('form', ({ ack }) => ack({ response_action: 'update', view: answers.shift() ?? modal('none') }));
  await slack.submitView(ada, top());
  expect(stack()).toEqual(['two']);
  expect(await slack.submitView(ada, top())).toMatchObject({ ok: false });
  expect(stack()).toEqual(['two']);
});

test('every element keeps its state in the form that Slack gives it', async () => {
  const several = { options: ['22', '3389', '5985'].map(option) };
  await openWith(
    httpApp,
    modal(
      'all',
      element('multi_static_select', { ...several, initial_options: [option('22')] }),
      element('checkboxes', several),
      element('radio_buttons', several),
      element('static_select', several),
      element('users_select'),
      element('datetimepicker', { initial_date_time: 1_800_000_000 }),
      element('number_input', { is_decimal_allowed: false, min_value: '1', max_value: '8' }),
      element('plain_text_input', { initial_value: 'because' }),
    ),
  );
  let values: unknown;
  connected.app.view('form', async ({ ack, view }) => {
    values = view.state.values;
    await ack();
  });
  const tooMany = await slack.submitView(ada, top(), { number_input: { number_input: 9 } });
  expect(tooMany.errors).toHaveProperty('number_input');
  await slack.submitView(ada, top(), {
    multi_static_select: { multi_static_select: ['22', '3389'] },
    checkboxes: { checkboxes: ['5985'] },
    radio_buttons: { radio_buttons: '22' },
    number_input: { number_input: 2 },
    users_select: { users_select: ada },
  });
  expect(values).toMatchObject({
    multi_static_select: { multi_static_select: { selected_options: [option('22'), option('3389')] } },
    checkboxes: { checkboxes: { selected_options: [option('5985')] } },
    radio_buttons: { radio_buttons: { selected_option: option('22') } },
    static_select: { static_select: { selected_option: null } },
    users_select: { users_select: { selected_user: ada } },
    datetimepicker: { datetimepicker: { selected_date_time: 1_800_000_000 } },
    number_input: { number_input: { value: '2' } },
    plain_text_input: { plain_text_input: { value: 'because' } },
  });
});

test('the app hears of a change only where it asked for it', async () => {
  const menu = { options: ['1h', '2h'].map(option) };
  const heard: string[] = [];
  await openWith(
    httpApp,
    modal('dispatch', { ...element('static_select', menu), dispatch_action: true }, element('radio_buttons', menu)),
  );
  connected.app.action(/./, async ({ ack, action }) => {
    heard.push('selected_option' in action ? (action.selected_option?.value ?? '') : '');
    await ack();
  });
  expect(await slack.changeInView(ada, top(), 'radio_buttons', '1h')).toMatchObject({ ok: true, status: 0 });
  expect(await slack.changeInView(ada, top(), 'static_select', '2h')).toMatchObject({ ok: true, status: 200 });
  expect(heard).toEqual(['2h']);
  expect(slack.state().views[ada]?.[0]?.state).toMatchObject({
    values: { radio_buttons: { radio_buttons: { selected_option: { value: '1h' } } } },
  });
});

test('a menu asks for options once enough is typed, and shows nothing of a bad answer', async () => {
  await openWith(httpApp, modal('menu', element('external_select')));
  connected.app.options('external_select', async ({ ack, options }) => {
    await ack({ options: Array.from({ length: options.value === 'many' ? 101 : 1 }, (_, i) => option(`web-${i}`)) });
  });
  expect(await slack.suggest(ada, top(), 'external_select', 'we')).toMatchObject({ status: 0, options: [] });
  expect((await slack.suggest(ada, top(), 'external_select', 'web')).options).toHaveLength(1);
  expect(await slack.suggest(ada, top(), 'external_select', 'many')).toMatchObject({ ok: false, notice: 'No results' });
});

test('the largest views pass through a socket, which can be moved', async () => {
  const long = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } };
  await openWith(socketApp, modal('long', ...Array.from({ length: 60 }, () => long)));
  let size = 0;
  connected.app.view('form', async ({ ack, view }) => {
    size = JSON.stringify(view).length;
    await ack({ response_action: 'update', view: modal('long too', ...Array.from({ length: 30 }, () => long)) });
  });
  expect(await slack.submitView(ada, top())).toMatchObject({ ok: true });
  expect(size).toBeGreaterThan(170_000);
  expect(stack()).toEqual(['long too']);
  slack.refreshConnections();
  await vi.waitFor(() => expect(slack.connections()).toBe(0));
});
