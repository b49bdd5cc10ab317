import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptPress, pressOf } from '../../../adapters/slack/buttons.ts';
import { channels } from '../../../simulators/world.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { View } from '../../../src/core/view/view.ts';
import { ADA, CHANNEL, GRACE, type Rig, startRig } from './harness.ts';

const VIEW: View = {
  request: 'k7m2p9x',
  version: 3,
  tone: 'waiting',
  title: 'Ada asks for access to web-1',
  status: ['Waiting'],
  summary: ['Ada Okafor asks for access to web-1: waiting'],
  brief: [],
  people: [],
  facts: [],
  justification: 'deploy',
  remarks: [],
  notes: [],
  buttons: [
    { verb: 'approve', label: 'Approve', style: 'primary' },
    { verb: 'less', label: 'Approve for less', style: 'plain' },
    { verb: 'deny', label: 'Deny', style: 'danger' },
    { verb: 'why', label: 'Why can’t I get in?', style: 'plain' },
  ],
  announce: 'asked',
  headline: ['x'],
};
const PLACE = { chat: 'slack', kind: 'channel', id: CHANNEL } as const;

describe('a pressed button', () => {
  const around = { user: { id: 'U1' }, channel: { id: 'C1' }, message: { ts: '1.2' } };
  const value = '{"r":"k7m2p9x","v":3}';

  it('is read with the card that it is on', () => {
    expect(pressOf({ action_id: 'jit_approve', value }, around)).toEqual({
      verb: 'approve',
      request: 'k7m2p9x',
      version: 3,
      card: { place: { chat: 'slack', kind: 'channel', id: 'C1' }, ref: { channel: 'C1', ts: '1.2' } },
    });
  });

  it('in a private chat belongs to the person’s own place', () => {
    const metadata = { event_payload: { nonce: 'n1' } };
    const press = pressOf(
      { action_id: 'jit_approve', value },
      { ...around, channel: { id: 'D1' }, message: { ts: '1.2', metadata } },
    );
    expect(press?.card).toEqual({
      place: { chat: 'slack', kind: 'private', id: 'U1' },
      ref: { channel: 'D1', ts: '1.2' },
      nonce: 'n1',
    });
  });

  it('on no message has no card', () => {
    expect(pressOf({ action_id: 'jit_revoke', value }, { user: { id: 'U1' } })).not.toHaveProperty('card');
  });

  it.each([
    ['a verb that is none', 'jit_open', value],
    ['another app’s button', 'approve', value],
    ['no value', 'jit_approve', undefined],
    ['no JSON', 'jit_approve', '{'],
    ['null', 'jit_approve', 'null'],
    ['no request', 'jit_approve', '{"v":3}'],
    ['a request that is no text', 'jit_approve', '{"r":{"a":1},"v":3}'],
    ['a version that is no number', 'jit_approve', '{"r":"k7m2p9x","v":"3"}'],
  ])('is none with %s', (_, action_id, given) => {
    expect(pressOf({ action_id, ...(given === undefined ? {} : { value: given }) }, around)).toBeUndefined();
  });

  it.each([
    ['no JSON', ''],
    ['a verb that is none', '{"verb":"open","request":"a","version":1}'],
    ['no request', '{"verb":"deny","version":1}'],
  ])('that was kept is none with %s', (_, metadata) => {
    expect(keptPress(metadata)).toBeUndefined();
  });
});

describe('buttons on a card', () => {
  let rig: Rig;
  let ts = '';
  beforeEach(async () => {
    rig = await startRig();
    const previous = { nonce: 'n1', tried: false };
    ts = (await rig.adapter.publish(VIEW, PLACE, previous, AbortSignal.timeout(5_000))).ts ?? '';
  });
  afterEach(() => rig.stop());

  const presses = () => rig.calls.flatMap((call) => (call.what === 'press' ? [call] : []));
  const modal = () => rig.slack.state(GRACE).views[GRACE]?.at(-1);
  const told = (user: string, text: unknown) => vi.waitFor(() => expect(rig.seen(user).slice(1)).toEqual([text]));

  it('are handed over with who pressed, and say nothing when the card says it all', async () => {
    expect(await rig.slack.press(GRACE, CHANNEL, ts, 'jit_approve')).toEqual({ ok: true, status: 200, body: '' });
    await vi.waitFor(() => expect(presses()).toHaveLength(1));
    expect(presses()).toMatchObject([
      {
        sender: { chat: 'slack', user: GRACE, place: PLACE },
        press: {
          verb: 'approve',
          request: 'k7m2p9x',
          version: 3,
          card: { place: PLACE, ref: { channel: CHANNEL, ts } },
        },
      },
    ]);
    expect(rig.seen(GRACE)).toHaveLength(1);
  });

  it('answer a refusal to the person alone, and leave the card as it is', async () => {
    rig.script.press = () => ({ lines: [['You may not decide this request.']], refused: true });
    await rig.slack.press(ADA, CHANNEL, ts, 'jit_approve');
    await told(ADA, 'You may not decide this request.');
    expect(rig.seen(GRACE)).toHaveLength(1);
    const [card] = rig.slack.state().channels.find(({ id }) => id === CHANNEL)?.messages ?? [];
    expect(card?.editedTs).toBeUndefined();
  });

  it('show what was asked for to the person alone, and leave the card as it is', async () => {
    const report = { title: '22 of web-1: open', sections: [{ heading: '', rows: [{ line: ['1. Passes: web.'] }] }] };
    rig.script.press = () => ({ lines: [], refused: false, report });
    await rig.slack.press(ADA, CHANNEL, ts, 'jit_why');
    await vi.waitFor(() =>
      expect(presses()).toMatchObject([{ press: { verb: 'why', request: 'k7m2p9x', version: 3 } }]),
    );
    await vi.waitFor(() => expect(JSON.stringify(rig.seen(ADA))).toContain('1. Passes: web.'));
    expect(rig.seen(GRACE)).toHaveLength(1);
    const [card] = rig.slack.state().channels.find(({ id }) => id === CHANNEL)?.messages ?? [];
    expect(card?.editedTs).toBeUndefined();
  });

  it('answer a failure of ours with a reference', async () => {
    rig.script.press = () => {
      throw new Error('hunter2');
    };
    await rig.slack.press(GRACE, CHANNEL, ts, 'jit_approve');
    await told(GRACE, expect.stringMatching(/^Something went wrong inside Drawbridge \(reference [0-9a-f]{10}\)\./));
  });

  it('that cannot be read are told of', async () => {
    const deliver = (action: object) => {
      const common = { api_app_id: rig.slack.appId, team: { id: rig.slack.teamId }, user: { id: GRACE } };
      const payload = { ...common, type: 'block_actions', trigger_id: '1', actions: [{ type: 'button', ...action }] };
      return rig.slack.deliver({ body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() });
    };
    expect((await deliver({ action_id: 'jit_approve', value: 'damaged' })).ok).toBe(true);
    const { text } = { text: new JitError('unreadableButton').say };
    await told(GRACE, expect.stringContaining(text));
    expect(presses()).toEqual([]);
  });

  it('ask Slack anew who decides: a guest since a minute decides nothing', async () => {
    await rig.slack.press(GRACE, CHANNEL, ts, 'jit_approve');
    await vi.waitFor(() => expect(presses()).toHaveLength(1));
    rig.slack.setUser(GRACE, { is_restricted: true });
    await rig.slack.press(GRACE, CHANNEL, ts, 'jit_approve');
    await vi.waitFor(() => expect(rig.log).toEqual(['warn: a Slack delivery was refused (a guest)']));
    expect(presses()).toHaveLength(1);
  });

  it('do nothing for somebody of another workspace, who is told why', async () => {
    rig.slack.setUser('U0FOREIGN1', { team_id: 'T0OTHER' });
    const members = rig.slack.state().channels.find(({ name }) => name === channels.slack.name)?.members ?? [];
    rig.slack.setChannel(CHANNEL, { members: [...members, 'U0FOREIGN1'] });
    expect((await rig.slack.press('U0FOREIGN1', CHANNEL, ts, 'jit_approve')).ok).toBe(true);
    expect(rig.log).toEqual(['warn: a Slack delivery was refused (a person of another workspace)']);
    expect(presses()).toEqual([]);
    const seen = () => rig.seen('U0FOREIGN1').slice(1);
    await vi.waitFor(() => expect(seen()).toEqual([expect.stringMatching(/^Drawbridge is for full members/)]));
    expect(rig.seen(GRACE)).toHaveLength(1);
  });

  it('decide nothing while Slack does not say who it is', async () => {
    rig.slack.faults.add('users.info', { kind: 'throttle', retryAfterSeconds: 90 });
    await rig.slack.press(GRACE, CHANNEL, ts, 'jit_approve');
    await told(GRACE, expect.stringContaining('Slack does not say who you are'));
    expect(presses()).toEqual([]);
  });

  describe('Deny', () => {
    const opened = async () => {
      await rig.slack.press(GRACE, CHANNEL, ts, 'jit_deny');
      await vi.waitFor(() => expect(modal()).toBeDefined());
      return modal()?.id ?? '';
    };

    it('asks for a reason first, and keeps ids only meanwhile', async () => {
      const id = await opened();
      expect(presses()).toEqual([]);
      expect(Object.keys(JSON.parse(String(modal()?.private_metadata)))).toEqual([
        'verb',
        'request',
        'version',
        'card',
      ]);
      expect((await rig.slack.submitView(GRACE, id, { reason: { reason: 'not *today*' } })).ok).toBe(true);
      await vi.waitFor(() => expect(presses()).toHaveLength(1));
      expect(presses()).toMatchObject([
        {
          sender: { user: GRACE, key: id },
          press: { verb: 'deny', request: 'k7m2p9x', version: 3, reason: 'not *today*' },
        },
      ]);
      expect(modal()).toBeUndefined();
    });

    it('does not take blanks for a reason', async () => {
      const id = await opened();
      const seen = await rig.slack.submitView(GRACE, id, { reason: { reason: '   ' } });
      expect(seen.errors).toEqual({
        reason: 'A reason is required to deny a request. Enter a reason and press Deny again.',
      });
      expect(presses()).toEqual([]);
    });

    it('answers a refusal with a message', async () => {
      const id = await opened();
      rig.script.press = () => ({ lines: [['Already approved.']], refused: true });
      await rig.slack.submitView(GRACE, id, { reason: { reason: 'no' } });
      await told(GRACE, 'Already approved.');
    });

    it('is not taken from somebody who became a guest while writing', async () => {
      const id = await opened();
      rig.slack.setUser(GRACE, { is_restricted: true });
      expect((await rig.slack.submitView(GRACE, id, { reason: { reason: 'no' } })).ok).toBe(true);
      await vi.waitFor(() => expect(rig.log).toEqual(['warn: a Slack delivery was refused (a guest)']));
      expect(presses()).toEqual([]);
    });

    it('corrects terms that cannot be offered where they are typed', async () => {
      await rig.slack.press(GRACE, CHANNEL, ts, 'jit_less');
      await vi.waitFor(() => expect(modal()).toBeDefined());
      const id = modal()?.id ?? '';
      rig.script.press = () => ({
        lines: [['“4h” is more than was requested: 1 h.'], ['Try `22 for 30m`.']],
        refused: true,
      });
      const seen = await rig.slack.submitView(GRACE, id, { reason: { reason: '22 for 4h' } });
      expect(seen.errors).toEqual({ reason: '“4h” is more than was requested: 1 h. Try “22 for 30m”.' });
      expect(modal()?.id).toBe(id);
      rig.script.press = () => ({ lines: [['Offered.']], refused: false });
      expect((await rig.slack.submitView(GRACE, id, { reason: { reason: '22 for 30m' } })).ok).toBe(true);
      await told(GRACE, 'Offered.');
      expect(modal()).toBeUndefined();
      expect(presses().map(({ press }) => press.reason)).toEqual(['22 for 4h', '22 for 30m']);
    });

    it('takes no terms from somebody who became a guest while writing', async () => {
      await rig.slack.press(GRACE, CHANNEL, ts, 'jit_less');
      await vi.waitFor(() => expect(modal()).toBeDefined());
      rig.slack.setUser(GRACE, { is_restricted: true });
      expect((await rig.slack.submitView(GRACE, modal()?.id ?? '', { reason: { reason: '22 for 30m' } })).ok).toBe(
        true,
      );
      await vi.waitFor(() => expect(rig.log).toEqual(['warn: a Slack delivery was refused (a guest)']));
      expect(presses()).toEqual([]);
    });

    it('is told of when the question cannot be asked', async () => {
      rig.slack.faults.add('views.open', { kind: 'error', status: 200, code: 'expired_trigger_id' });
      await rig.slack.press(GRACE, CHANNEL, ts, 'jit_deny');
      await told(GRACE, expect.stringContaining('Slack lets a form be opened for three seconds only'));
      expect(presses()).toEqual([]);
    });
  });
});
