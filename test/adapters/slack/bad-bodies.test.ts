import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_DELIVERIES, NO_JSON } from '../bad-bodies.ts';
import { ADA, CHANNEL, type Rig, startRig } from './harness.ts';

/** Signed as Slack signs, so that it is the shape alone that they are refused for. */
describe('a signed body that is no delivery', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.stop());

  /** A 4xx, one line in the log, and the next command is answered as ever. */
  const isRefused = async (raw: Parameters<Rig['slack']['deliver']>[0]) => {
    const seen = await rig.slack.deliver(raw);
    expect(seen.status).toBe(400);
    expect(seen.body).toBe('');
    expect(rig.calls).toEqual([]);
    expect(rig.log).toEqual([expect.stringMatching(/^warn: a Slack delivery was refused \(.+\)$/)]);
    expect(await rig.slack.command(ADA, CHANNEL, '/jit list')).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(rig.calls.splice(0)).toHaveLength(1));
  };
  const json = { 'content-type': 'application/json' };

  it.each([...NO_DELIVERIES, ...NO_JSON])('is refused as an event: %s', (_, body) =>
    isRefused({ body, headers: json }),
  );

  it.each([...NO_DELIVERIES, ...NO_JSON])('is refused as an interaction: %s', (_, payload) =>
    isRefused({ body: new URLSearchParams({ payload }).toString() }),
  );

  it.each([
    ['nothing', ''],
    ['a command without all else', 'command=%2Fjit'],
    ['a command twice', 'command=%2Fjit&command=%2Fjit&text=&user_id=U1&trigger_id=1'],
    ['a command of nobody', 'command=%2Fjit&text=list&user_id=&trigger_id=1'],
    ['a command without its text', 'command=%2Fjit&user_id=U1&trigger_id=1'],
    ['two payloads', 'payload=%7B%7D&payload=%7B%7D'],
    ['half a percent sign', '%'],
  ])('is refused as a form: %s', (_, body) => isRefused({ body }));

  const user = { id: ADA };
  const button = { type: 'button', action_id: 'jit_approve' };
  const view = { id: 'V1', callback_id: 'jit_request', state: { values: {} } };
  it.each<[string, object]>([
    ['an event that is null', { type: 'event_callback', event: null }],
    ['an event that is a text', { type: 'event_callback', event: 'message' }],
    ['an event of no type', { type: 'event_callback', event: {} }],
    ['an event about an item that is a text', { type: 'event_callback', event: { type: 'x', item: 'y' } }],
    ['an event with an authorization that is null', { type: 'x', event: { type: 'x' }, authorizations: [null] }],
    ['a press of nobody', { type: 'block_actions', trigger_id: '1', actions: [button] }],
    ['a press of null', { type: 'block_actions', user: null, trigger_id: '1', actions: [button] }],
    ['a press of no button', { type: 'block_actions', user, trigger_id: '1', actions: [] }],
    ['a press of a button that is null', { type: 'block_actions', user, trigger_id: '1', actions: [null] }],
    ['a press of a button without a name', { type: 'block_actions', user, trigger_id: '1', actions: [{}] }],
    [
      'a press in a channel that is a text',
      { type: 'block_actions', user, trigger_id: '1', actions: [button], channel: 'C1' },
    ],
    [
      'a press with answers to null',
      { type: 'block_actions', user, trigger_id: '1', actions: [button], response_urls: null },
    ],
    ['a press without a trigger', { type: 'block_actions', user, actions: [button] }],
    ['a form without a view', { type: 'view_submission', user }],
    ['a form without a state', { type: 'view_submission', user, view: { ...view, state: null } }],
    [
      'a form with values that are a list',
      { type: 'view_submission', user, view: { ...view, state: { values: [1] } } },
    ],
    [
      'a form with a choice that is none',
      {
        type: 'view_submission',
        user,
        view: { ...view, state: { values: { ports: { ports: { selected_options: [1] } } } } },
      },
    ],
    ['a form of nobody', { type: 'view_submission', user: {}, view }],
    ['a type-ahead without what was typed', { type: 'block_suggestion', user, action_id: 'jit_machine' }],
    ['a shortcut of nobody', { type: 'shortcut', callback_id: 'x', trigger_id: '1' }],
    ['an old dialog', { type: 'dialog_submission', user }],
    ['a kind to come', { type: 'function_executed', user }],
  ])('is refused: %s', (_, payload) => {
    const delivery = { api_app_id: rig.slack.appId, team: { id: rig.slack.teamId }, ...payload };
    return isRefused({ body: new URLSearchParams({ payload: JSON.stringify(delivery) }).toString() });
  });

  it('is not asked for a signature when Slack only tries the connection, and does nothing then', async () => {
    const body = 'ssl_check=1&command=%2Fjit&text=list&payload=null';
    expect(await rig.slack.deliver({ body, headers: { 'x-slack-signature': undefined } })).toEqual({
      ok: true,
      status: 200,
      body: '',
    });
    expect([rig.calls, rig.log]).toEqual([[], []]);
  });

  it('is answered when Slack asks whether somebody is here', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c-4711' });
    expect((await rig.slack.deliver({ body, headers: json })).body).toContain('c-4711');
    expect(await rig.slack.deliver({ body, headers: json, secret: 'guessed' })).toMatchObject({
      status: 401,
      body: '',
    });
    expect(
      await rig.slack.deliver({ body: JSON.stringify({ type: 'url_verification' }), headers: json }),
    ).toMatchObject({
      status: 400,
    });
  });

  it('does not flood the log a hundred times over', async () => {
    for (let n = 0; n < 100; n += 1)
      expect(await rig.slack.deliver({ body: 'null', headers: json })).toMatchObject({ status: 400 });
    expect(rig.log).toHaveLength(30);
  });
});
