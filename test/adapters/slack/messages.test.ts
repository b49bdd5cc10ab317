import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { keptOf } from '../../../adapters/slack/again.ts';
import { spoken, writtenIn } from '../../../adapters/slack/messages.ts';
import { ADA, CHANNEL, GRACE, type Rig, startRig } from './harness.ts';

const BOT = '<@U0BRIDGEBT>';
const DIRECT = `D${ADA.slice(1)}`;

describe.each(['http', 'socket'] as const)('messages over %s', (mode) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ mode });
  });
  afterEach(() => {
    rig.calls.splice(0);
    rig.log.splice(0);
    rig.slack.faults.clear();
    rig.script.command = (text) => ({ lines: [[`You said ${text}.`]], refused: false });
  });
  afterAll(() => rig.stop());

  const last = (user: string) => rig.seen(user).at(-1);
  const said = (text: unknown) => vi.waitFor(() => expect(last(ADA)).toEqual(text));
  const inChannel = () => rig.slack.state().channels.find(({ id }) => id === CHANNEL)?.messages ?? [];

  it('to the app alone are commands, answered there', async () => {
    expect(await rig.slack.say(ADA, DIRECT, 'list')).toMatchObject({ ok: true, status: 200 });
    await said('You said list.');
    const place = { chat: 'slack', kind: 'private', id: ADA };
    expect(rig.calls).toMatchObject([{ what: 'command', text: 'list', sender: { user: ADA, place } }]);
    const { ts } = rig.slack
      .state(ADA)
      .channels.find(({ id }) => id === DIRECT)
      ?.messages.at(-1) ?? { ts: '' };
    await rig.slack.say(ADA, DIRECT, 'help', ts);
    await said('You said help.');
    const replies =
      rig.slack
        .state(ADA)
        .channels.find(({ id }) => id === DIRECT)
        ?.messages.at(-1)?.replies ?? [];
    expect(replies.map(({ text }) => text)).toEqual(['help', 'You said help.']);
  });

  it('that mention the app are commands, and whoever wrote one alone sees the answer', async () => {
    await rig.slack.say(ADA, CHANNEL, `${BOT} request <http://web-1.example|web-1.example> because a &lt; b`);
    await said('You said request web-1.example because a &lt; b.');
    expect(rig.seen(GRACE).at(-1)).toContain(BOT);
    expect(rig.calls).toMatchObject([{ sender: { place: { kind: 'channel', id: CHANNEL } } }]);
    await rig.slack.say(ADA, CHANNEL, `list, please, ${BOT}`, inChannel()[0]?.ts);
    await said('You said list, please,.');
    expect(inChannel()[0]?.replies.map(({ visibleTo }) => visibleTo)).toEqual([undefined, ADA]);
  });

  it('are answered in the own chat where Slack shows nothing in the channel', async () => {
    rig.slack.faults.add('chat.postEphemeral', { kind: 'error', status: 200, code: 'user_not_in_channel' });
    await rig.slack.say(ADA, CHANNEL, `${BOT} whoami`);
    await said('You said whoami.');
    expect(inChannel().at(-1)?.text).toBe(`${BOT} whoami`);
  });

  it('cannot open a form: the answer has a button that does', async () => {
    rig.script.command = () => ({ lines: [], refused: false, openForm: { form: 'request' } });
    await rig.slack.say(ADA, DIRECT, 'request');
    await said(expect.stringContaining('Slack opens a form only for a button that was pressed.'));
    const ts =
      rig.slack
        .state(ADA)
        .channels.find(({ id }) => id === DIRECT)
        ?.messages.at(-1)?.ts ?? '';
    await rig.slack.press(ADA, DIRECT, ts, 'jit_command_1');
    await vi.waitFor(() => expect(rig.slack.state(ADA).views[ADA]?.at(-1)?.callback_id).toBe('jit_request'));
  });

  it('that are too long are not read', async () => {
    await rig.slack.say(ADA, DIRECT, `list ${'x'.repeat(3_000)}`);
    await said(expect.stringContaining('too long for a command'));
    expect(rig.calls).toEqual([]);
  });

  it('of bots, edits, joins and files without words are nobody’s', async () => {
    const event = { type: 'message', channel_type: 'im', user: ADA, text: 'list', channel: DIRECT, ts: '1.000001' };
    for (const more of [
      { bot_id: 'B0BRIDGE01' },
      { subtype: 'message_changed', hidden: true },
      { subtype: 'file_share', text: '' },
      { subtype: 'channel_join' },
      { subtype: 'message_deleted', hidden: true },
      { edited: { user: ADA, ts: '2.0' } },
      { user: undefined },
      { channel_type: 'mpim' },
    ])
      expect(await rig.slack.event({ ...event, ...more })).toMatchObject({ ok: true });
    await rig.slack.say(ADA, DIRECT, 'help');
    await said('You said help.');
    expect(rig.calls).toHaveLength(1);
  });

  it.each(['file_share', 'thread_broadcast', 'me_message'])(
    'with words are commands, whatever hangs on them: %s',
    async (subtype) => {
      const event = { type: 'message', channel_type: 'im', user: ADA, text: 'list', channel: DIRECT, ts: '1.000002' };
      await rig.slack.event({ ...event, subtype, text: `show ${subtype}` });
      await said(`You said show ${subtype}.`);
      expect(rig.calls).toMatchObject([{ what: 'command', text: `show ${subtype}` }]);
    },
  );

  it('that were edited are not read, and whoever edited one is told', async () => {
    const told = 'Edited messages are not read. Send the command as a new message.';
    const edited = { user: ADA, ts: '3.0' };
    const now = { type: 'message', user: ADA, text: 'list', ts: '1.000003', edited };
    const changed = { type: 'message', subtype: 'message_changed', hidden: true, channel_type: 'im', channel: DIRECT };
    const before = { ...now, text: 'lst' };
    await rig.slack.event({ ...changed, ts: '3.0', message: now, previous_message: before });
    await said(told);
    await rig.slack.event({ type: 'app_mention', user: ADA, text: `${BOT} list`, channel: CHANNEL, ts: '1.0', edited });
    await vi.waitFor(() => expect(rig.seen(ADA).filter((text) => text === told)).toHaveLength(2));
    // Slack shows a link, or the app edits its card: nobody wrote anything.
    for (const message of [{ ...now, edited: undefined }, { ...now, bot_id: 'B0BRIDGE01' }, before])
      await rig.slack.event({ ...changed, ts: '4.0', message, previous_message: before });
    await rig.slack.say(ADA, DIRECT, 'help');
    await said('You said help.');
    expect(rig.seen(ADA).filter((text) => text === told)).toHaveLength(2);
    expect(rig.calls).toMatchObject([{ what: 'command', text: 'help' }]);
  });

  it('of another workspace are not heard, and told why to whoever wrote, by themselves', async () => {
    const event = { type: 'app_mention', user: ADA, user_team: 'T0ELSEWHERE', text: `${BOT} list`, channel: CHANNEL };
    await rig.slack.event(event);
    await vi.waitFor(() => expect(rig.log.join()).toContain('a person of another workspace'));
    const line = 'Drawbridge is for full members of this workspace only. Ask one of them to request access for you.';
    await vi.waitFor(() => expect(rig.seen(ADA).filter((text) => text === line)).toHaveLength(1));
    expect(rig.seen(GRACE)).not.toContain(line);
    await rig.slack.event({ ...event, bot_id: 'B0OTHER001' });
    await rig.slack.event({ ...event, type: 'message', channel_type: 'channel' });
    await rig.slack.say(ADA, DIRECT, 'help');
    await said('You said help.');
    expect(rig.seen(ADA).filter((text) => text === line)).toHaveLength(1);
    expect(rig.calls).toMatchObject([{ what: 'command', text: 'help' }]);
  });
});

describe('an event', () => {
  it('that Slack delivers again is heard once, however it is signed', async () => {
    const rig = await startRig();
    await rig.slack.say(ADA, DIRECT, 'list');
    await vi.waitFor(() => expect(rig.calls).toHaveLength(1));
    const { body } = rig.slack.sent.at(-1) ?? { body: '' };
    const seconds = Math.floor(Date.now() / 1_000) - 7;
    const again = { body, headers: { 'content-type': 'application/json' }, timestampSeconds: seconds };
    expect(await rig.slack.deliver(again)).toMatchObject({ ok: true });
    await rig.stop();
    expect(rig.calls).toHaveLength(1);
    expect(rig.log.join()).toContain('it was seen before');
  });

  it('that could not be kept is not acknowledged, so that Slack tries again', async () => {
    const rig = await startRig();
    const { answer } = rig.once;
    rig.once.answer = async (incoming) => {
      rig.once.answer = answer;
      if (incoming.key) throw new Error('Redis is away');
      return { isNew: true };
    };
    expect(await rig.slack.say(ADA, DIRECT, 'list')).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(rig.calls).toHaveLength(1));
    expect(rig.slack.sent.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1']);
    await rig.stop();
  });

  it('is kept with its words and nothing else, and gone on with', async () => {
    const rig = await startRig();
    await rig.slack.say(ADA, CHANNEL, `${BOT} list`);
    const kept = keptOf(JSON.parse(rig.slack.sent.at(-1)?.body ?? '')) ?? '';
    expect(Object.keys(JSON.parse(kept))).toEqual(['type', 'event_id', 'event', 'authorizations']);
    expect(writtenIn(JSON.parse(kept))).toMatchObject({ user: ADA, channel: CHANNEL, text: 'list' });
    await vi.waitFor(() => expect(rig.calls).toHaveLength(1));
    await rig.adapter.again(kept, { since: Date.now(), isLate: false });
    expect(rig.calls).toMatchObject([{ text: 'list' }, { text: 'list', sender: { place: { kind: 'channel' } } }]);
    await rig.stop();
  });
});

describe('what was typed', () => {
  it.each([
    ['<@U0BRIDGEBT> list', 'U0BRIDGEBT', 'list'],
    ['<@U0BRIDGEBT|jit> list', undefined, 'list'],
    ['approve k7m3q9w <@U0BRIDGEBT>', 'U0BRIDGEBT', 'approve k7m3q9w'],
    ['delegate <@U0GRACE00|grace> until friday', 'U0BRIDGEBT', 'delegate <@U0GRACE00|grace> until friday'],
    ['why <http://web-1.example.com|web-1.example.com>', undefined, 'why web-1.example.com'],
    ['why <https://web-1.example.com>', undefined, 'why https://web-1.example.com'],
    ['<mailto:ada@web-1|ada@web-1>', undefined, 'ada@web-1'],
    ['a &lt;!channel&gt; &amp;lt; b', undefined, 'a <!channel> &lt; b'],
  ])('%s', (text, bot, meant) => {
    expect(spoken(text, bot)).toBe(meant);
  });
});
