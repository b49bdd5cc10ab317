import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import { phrased } from '../../../src/core/language/text.ts';
import { TONGUES } from '../../../src/core/words/tongues.ts';
import { ADA, CHANNEL, GRACE, type Rig, startRig } from './harness.ts';

const REFERENCE = /^Something went wrong inside Drawbridge \(reference [0-9a-f]{10}\)\./;

describe.each(['http', 'socket'] as const)('commands over %s', (mode) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ mode });
  });
  afterEach(() => {
    rig.slack.faults.clear();
    rig.slack.setUser(ADA, { is_restricted: false, is_bot: false, deleted: false, is_stranger: false });
    rig.calls.splice(0);
    rig.log.splice(0);
    rig.script.command = (text) => ({ lines: [[`You said ${text}.`]], refused: false });
  });
  afterAll(() => rig.stop());

  const said = (text: unknown) => vi.waitFor(() => expect(rig.seen(ADA).at(-1)).toEqual(text));

  it('are acknowledged with nothing, handed over, and answered to the person alone', async () => {
    const seen = await rig.slack.command(ADA, CHANNEL, '/jit request web-1 because a < b & *c*');
    expect(seen).toEqual({ ok: true, status: 200, body: '' });
    await said('You said request web-1 because a &lt; b &amp; ∗c∗.');
    expect(rig.seen(GRACE)).toEqual([]);
    const place = { chat: 'slack', kind: 'channel', id: CHANNEL };
    expect(rig.calls).toMatchObject([
      { what: 'command', text: 'request web-1 because a < b & *c*', sender: { chat: 'slack', user: ADA, place } },
    ]);
  });

  it('are acknowledged before the inbox has answered', async () => {
    let release = () => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    rig.script.command = () => waiting.then(() => ({ lines: [['At last.']], refused: false }));
    expect((await rig.slack.command(ADA, CHANNEL, '/jit list')).ok).toBe(true);
    release();
    await said('At last.');
  });

  it('say nothing where the inbox has nothing to say', async () => {
    const before = rig.seen(ADA).length;
    rig.script.command = () => ({ lines: [], refused: false });
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    // It is worked on once it was acknowledged.
    await vi.waitFor(() => expect(rig.calls).toHaveLength(1));
    rig.script.command = () => ({ lines: [['next']], refused: false });
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    await said('next');
    expect(rig.seen(ADA)).toHaveLength(before + 1);
  });

  it('answer a failure of ours with a reference and no word of it', async () => {
    rig.script.command = () => {
      throw new Error('password=hunter2');
    };
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    await said(expect.stringMatching(REFERENCE));
    expect(rig.seen(ADA).join()).not.toContain('hunter2');
    expect(rig.log).toEqual(['error: a Slack delivery could not be handled']);
  });

  it('answer an error that is ours with its words, escaped', async () => {
    rig.script.command = () => {
      throw new JitError('unknownMachine', { typed: '<!channel>', near: 'None is near.' });
    };
    await rig.slack.command(ADA, CHANNEL, '/jit request x');
    await said('No machine is called “&lt;!channel&gt;”. None is near.');
  });

  it('come as a message where the response URL does not take the answer', async () => {
    rig.slack.faults.add('response_url', { kind: 'error', status: 404, code: 'used_url' });
    await rig.slack.command(ADA, CHANNEL, '/jit help');
    await said('You said help.');
    expect(rig.log).toEqual(['warn: a response URL of Slack did not take an answer']);
  });

  it('are gone on with where Slack took no answer, and done where it refuses it for good', async () => {
    const silent = { kind: 'error', status: 500, code: 'internal_error' } as const;
    rig.slack.faults.add('response_url', { kind: 'error', status: 404, code: 'used_url' }, 2);
    rig.slack.faults.add('chat.postMessage', silent, 20);
    expect(await rig.slack.command(ADA, CHANNEL, '/jit machines')).toMatchObject({ ok: true });
    const left = await vi.waitFor(async () => {
      const [entry] = (await rig.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    await expect(rig.adapter.again(left.what, { since: left.at, isLate: false })).rejects.toMatchObject({
      code: 'chatSilent',
    });
    rig.slack.faults.clear();
    await rig.adapter.again(left.what, { since: left.at, isLate: false });
    await said('You said machines.');
    await rig.journal.done(left.key);
    rig.slack.faults.add('response_url', { kind: 'error', status: 404, code: 'used_url' });
    rig.slack.faults.add('chat.postMessage', { kind: 'error', status: 200, code: 'messages_tab_disabled' });
    await rig.slack.command(ADA, CHANNEL, '/jit lockdowns');
    await vi.waitFor(() => expect(rig.journal.kept()).toEqual([]));
    expect((await rig.journal.unfinished(10)).entries).toEqual([]);
  });

  it('are gone on with when Slack says, and not before', async () => {
    // What Slack asked for holds for a while.
    const rig = await startRig();
    const left: unknown[] = [];
    const { leave } = rig.journal;
    vi.spyOn(rig.journal, 'leave').mockImplementation((...given) => {
      left.push(given[1]);
      // As if that time had gone by.
      return leave(given[0]);
    });
    rig.slack.faults.add('response_url', { kind: 'error', status: 404, code: 'used_url' });
    rig.slack.faults.add('chat.postMessage', { kind: 'throttle', retryAfterSeconds: 90 });
    await rig.slack.command(ADA, CHANNEL, '/jit machines');
    await vi.waitFor(() => expect(left).toEqual([90_000]));
    const [entry] = (await rig.journal.unfinished(10)).entries;
    if (!entry) throw new Error('nothing is left');
    const [went] = await Promise.allSettled([rig.adapter.again(entry.what, { since: entry.at, isLate: false })]);
    expect(went).toMatchObject({ reason: { code: 'chatBusy' } });
    expect((went as PromiseRejectedResult).reason.retryAfterMs).toBeGreaterThan(60_000);
    await rig.stop();
  });

  it('are not obeyed while Slack does not say who it is', async () => {
    const fresh = 'U0NEWHERE1';
    rig.slack.setUser(fresh, {});
    rig.slack.setChannel(CHANNEL, {
      members: [...(rig.slack.state().channels.find(({ id }) => id === CHANNEL)?.members ?? []), fresh],
    });
    const silent = { kind: 'error', status: 500, code: 'internal_error' } as const;
    const once =
      'Slack does not say who you are: it does not answer. Nothing was done. Drawbridge tries this once more by';
    rig.slack.faults.add('users.info', silent, 2);
    await rig.slack.command(fresh, CHANNEL, '/jit approve k7m3q9w');
    await vi.waitFor(() => expect(rig.seen(fresh)).toEqual([expect.stringContaining(once), expect.any(String)]));
    expect(rig.seen(fresh)[1]).toBe(
      'Slack does not say who you are: it does not answer. Nothing was done. Try again in a minute.',
    );
    expect(rig.calls).toEqual([]);
    await vi.waitFor(() => expect(rig.journal.kept()).toEqual([]));
    rig.slack.faults.add('users.info', silent);
    await rig.slack.command(fresh, CHANNEL, '/jit approve k7m3q9w');
    await vi.waitFor(() => expect(rig.seen(fresh).at(-1)).toBe('You said approve k7m3q9w.'));
    expect(rig.calls).toHaveLength(1);
  });

  it('are tried again when Slack says, and left to the person where that is long', async () => {
    rig.slack.faults.add('users.info', { kind: 'throttle', retryAfterSeconds: 1 });
    await rig.slack.command(ADA, CHANNEL, '/jit approve k7m3q9w');
    await said(
      expect.stringContaining('Drawbridge tries this once more by itself in 1 s, and you see what comes of it.'),
    );
    await said('You said approve k7m3q9w.');
    expect(rig.calls).toHaveLength(1);
  });

  it('ask Slack nothing before it says, whoever types', async () => {
    const own = await startRig({ mode });
    const calls = vi.spyOn(own.slack.faults, 'take');
    const asks = () => calls.mock.calls.filter(([method]) => method === 'users.info').length;
    own.slack.faults.add('users.info', { kind: 'throttle', retryAfterSeconds: 90 });
    const told = (user: string) => vi.waitFor(() => expect(own.seen(user)).toHaveLength(1));
    await own.slack.command(ADA, CHANNEL, '/jit approve k7m3q9w');
    await told(ADA);
    expect(own.seen(ADA)[0]).toBe(
      'Slack does not say who you are: it takes no more questions for now. Nothing was done. Try again in 1 min 30 s.',
    );
    await own.slack.command(GRACE, CHANNEL, '/jit approve k7m3q9w');
    await told(GRACE);
    expect(own.seen(GRACE)[0]).toMatch(/it takes no more questions for now\. Nothing was done\. Try again in 1 min/);
    expect([asks(), own.calls]).toEqual([1, []]);
    await own.stop();
  });

  it.each([
    [
      { kind: 'throttle', retryAfterSeconds: 7 },
      'Slack takes no more calls from Drawbridge for now. Try again in 7 s.',
    ],
    [
      { kind: 'error', status: 200, code: 'expired_trigger_id' },
      'Slack lets a form be opened for three seconds only, and Drawbridge was slower than that. Type the command or press the button once more.',
    ],
    [{ kind: 'error', status: 503, code: 'x' }, 'Slack did not respond. Try again in a minute.'],
  ] as const)('that open a form say why there is none: %j', async (fault, words) => {
    const own = await startRig({ mode });
    own.script.command = () => ({ lines: [], refused: false, openForm: { form: 'request' } });
    own.slack.faults.add('views.open', fault);
    await own.slack.command(ADA, CHANNEL, '/jit request');
    await vi.waitFor(() => expect(own.seen(ADA)).toEqual([words]));
    await own.stop();
  });
});

describe('people who are no members', () => {
  const LINE = 'Drawbridge is for full members of this workspace only. Ask one of them to request access for you.';

  it.each([
    ['a guest', { is_restricted: true }, [LINE]],
    ['a guest', { is_ultra_restricted: true }, [LINE]],
    ['a stranger', { is_stranger: true }, [LINE]],
    ['a bot', { is_bot: true }, []],
    ['deactivated', { deleted: true }, []],
  ])('are told one private line, and nothing is done: %s', async (why, patch, told) => {
    const rig = await startRig();
    rig.slack.setUser(ADA, patch);
    expect(await rig.slack.command(ADA, CHANNEL, '/jit list')).toEqual({ ok: true, status: 200, body: '' });
    await vi.waitFor(() => expect(rig.log).toEqual([`warn: a Slack delivery was refused (${why})`]));
    await rig.stop();
    expect(rig.calls).toEqual([]);
    expect(rig.seen(ADA)).toEqual(told);
    expect(rig.seen(GRACE)).toEqual([]);
  });

  it.each([
    ['a guest', { is_restricted: true }, [LINE]],
    ['a bot', { is_bot: true }, []],
    ['deactivated', { deleted: true }, []],
  ])('are told it also where another process goes on with what they did: %s', async (_, patch, told) => {
    const rig = await startRig();
    rig.slack.setUser(ADA, patch);
    const what = JSON.stringify({
      command: '/jit',
      text: 'list',
      user_id: ADA,
      channel_id: CHANNEL,
      trigger_id: '1.2.a',
    });
    await rig.adapter.again(what, { since: 1_000, isLate: false });
    await rig.stop();
    expect([rig.calls, rig.seen(ADA)]).toEqual([[], told]);
  });

  it('are told so in their language, as whoever is told that something failed', async () => {
    const rig = await startRig();
    rig.slack.setUser(ADA, { is_restricted: true, locale: 'de-DE' });
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    await vi.waitFor(() => expect(rig.seen(ADA)).toEqual([phrased(LINE, TONGUES.de)]));
    rig.slack.setUser(GRACE, { locale: 'de-DE' });
    rig.script.command = () => {
      throw new JitError('storeAway');
    };
    await rig.slack.command(GRACE, CHANNEL, '/jit list');
    const away = phrased(say`${new JitError('storeAway').spans}`, TONGUES.de);
    await vi.waitFor(() => expect(rig.seen(GRACE)).toEqual([away]));
    rig.once.answer = () => Promise.reject(new JitError('storeAway'));
    await rig.slack.command(GRACE, CHANNEL, '/jit list');
    await vi.waitFor(() => expect(rig.seen(GRACE)).toEqual([away, away]));
    await rig.stop();
  });

  it.each(['user_not_found', 'user_not_visible'])('nor is somebody whom Slack does not show: %s', async (code) => {
    const rig = await startRig();
    rig.slack.faults.add('users.info', { kind: 'error', status: 200, code });
    await rig.slack.command(ADA, CHANNEL, '/jit approve k7m3q9w');
    await vi.waitFor(() => expect(rig.log).toEqual(['warn: a Slack delivery was refused (unknown)']));
    await rig.stop();
    expect(rig.calls).toEqual([]);
    expect(rig.seen(ADA)).toEqual([LINE]);
  });
});
