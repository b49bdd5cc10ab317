import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { ADA, CHANNEL, GRACE, type Rig, startRig } from './harness.ts';

describe.each(['http', 'socket'] as const)('shortcuts over %s', (mode) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ mode });
  });
  afterEach(() => {
    rig.slack.faults.clear();
    rig.calls.splice(0);
  });
  afterAll(() => rig.stop());

  const top = () => rig.slack.state(ADA).views[ADA]?.at(-1);
  const reason = () => {
    const { values } = (top()?.state ?? { values: {} }) as {
      values: Record<string, Record<string, { value?: unknown }>>;
    };
    return values.justification?.justification?.value;
  };
  const opened = () => vi.waitFor(() => expect(top()?.callback_id).toBe('jit_request'));
  const used = async (text: string) => {
    await rig.slack.say(GRACE, CHANNEL, text);
    const { messages = [] } = rig.slack.state().channels.find(({ id }) => id === CHANNEL) ?? {};
    const ts = messages.at(-1)?.ts ?? '';
    const views = top()?.id;
    expect(await rig.slack.messageShortcut(ADA, CHANNEL, ts, 'jit_because')).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(top()?.id).not.toBe(views));
    await opened();
    return ts.replace('.', '');
  };

  it('open the form from anywhere', async () => {
    expect(await rig.slack.shortcut(ADA, 'jit_ask')).toEqual({ ok: true, status: 200, body: '' });
    await opened();
    expect(reason()).toBeNull();
    expect(rig.calls).toMatchObject([{ what: 'form', sender: { user: ADA, place: { kind: 'private' } } }]);
  });

  it('open it with the message that they were used on as the reason, made safe', async () => {
    const ts = await used(`<!channel> *the* shop\nis <https://status.example|down> &amp; <@${GRACE}> waits`);
    expect(reason()).toBe(
      `… *the* shop is down & … waits – https://drawbridge-demo.slack.com/archives/${CHANNEL}/p${ts}`,
    );
  });

  it('cut what is long, and do without a link that Slack does not give', async () => {
    rig.slack.faults.add('chat.getPermalink', { kind: 'error', status: 200, code: 'message_not_found' });
    await used('x'.repeat(3_000));
    expect(reason()).toMatch(/^x{119}…$/);
  });

  it('of others are acknowledged, and do nothing', async () => {
    const before = top()?.id;
    expect(await rig.slack.shortcut(ADA, 'other')).toMatchObject({ ok: true, body: '' });
    expect(top()?.id).toBe(before);
    expect(rig.calls).toEqual([]);
  });

  it('that cannot be kept are told of, as is what is pressed on the page of somebody', async () => {
    const own = await startRig({ mode });
    await own.slack.openHome(ADA);
    await vi.waitFor(() => expect(own.slack.state(ADA).homes[ADA]).toBeDefined());
    own.once.answer = () => Promise.reject(new JitError('storeAway'));
    const away = new JitError('storeAway').text;
    await own.slack.shortcut(ADA, 'jit_ask');
    await vi.waitFor(() => expect(own.seen(ADA)).toEqual([away]));
    await own.slack.pressHome(ADA, 'jit_command_1_1');
    await vi.waitFor(() => expect(own.seen(ADA)).toEqual([away, away]));
    expect(own.calls.filter(({ what }) => what !== 'home')).toEqual([]);
    await own.stop();
  });

  it('open nothing for guests, who are told why', async () => {
    const guest = await startRig({ mode });
    guest.slack.setUser(ADA, { is_restricted: true });
    await guest.slack.shortcut(ADA, 'jit_ask');
    await vi.waitFor(() => expect(guest.log).toEqual(['warn: a Slack delivery was refused (a guest)']));
    expect(guest.slack.state(ADA).views).toEqual({});
    await vi.waitFor(() => expect(guest.seen(ADA)).toEqual([expect.stringContaining('for full members')]));
    await guest.stop();
  });
});
