import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { ADA, CHANNEL, type Rig, startRig } from './harness.ts';

describe('deliveries that are not Slack’s, not for us, or not now', () => {
  let rig: Rig;
  let body = '';
  let seen = 1;
  beforeAll(async () => {
    rig = await startRig();
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    body = rig.slack.sent.at(-1)?.body ?? '';
    await vi.waitFor(() => expect(rig.seen(ADA)).toHaveLength(1));
    rig.calls.splice(0);
  });
  afterEach(() => {
    seen = rig.seen(ADA).length;
    rig.log.splice(0);
    rig.calls.splice(0);
  });
  afterAll(() => rig.stop());

  const now = () => Math.floor(Date.now() / 1_000);
  const changed = (fields: Readonly<Record<string, string>>) => {
    const next = new URLSearchParams(body);
    for (const [name, value] of Object.entries(fields)) next.set(name, value);
    return next.toString();
  };
  const nothingCame = () => {
    expect(rig.calls).toEqual([]);
    expect(rig.seen(ADA)).toHaveLength(seen);
  };

  it.each([
    ['a wrong secret', () => ({ secret: 'guessed' })],
    ['no signature', () => ({ headers: { 'x-slack-signature': undefined } })],
    ['no time', () => ({ headers: { 'x-slack-request-timestamp': undefined } })],
    ['a time that is not signed', () => ({ headers: { 'x-slack-request-timestamp': String(now() - 1) } })],
    ['a signature of ten minutes ago', () => ({ timestampSeconds: now() - 600 })],
  ])('get a 401 and a line in the log: %s', async (_, raw) => {
    expect(await rig.slack.deliver({ body, ...raw() })).toMatchObject({ ok: false, status: 401, body: '' });
    expect(rig.log).toEqual([expect.stringMatching(/^warn: a Slack delivery was refused \(.+\)$/)]);
    nothingCame();
  });

  it.each([
    ['another app', 'another app', () => ({ body: changed({ api_app_id: 'A0OTHER' }) })],
    ['another workspace', 'another workspace', () => ({ body: changed({ team_id: 'T0OTHER' }) })],
    ['the future', 'its time is yet to come', () => ({ body, timestampSeconds: now() + 3_600 })],
  ])('get an empty answer and a line in the log: %s', async (_, why, raw) => {
    expect(await rig.slack.deliver(raw())).toEqual({ ok: true, status: 200, body: '' });
    expect(rig.log).toEqual([`warn: a Slack delivery was refused (${why})`]);
    nothingCame();
  });

  it('get an empty answer and a line in the log: a replay', async () => {
    const [sent] = rig.slack.sent;
    for (let again = 0; again < 2; again += 1)
      expect(await rig.slack.deliver({ body, headers: sent?.headers ?? {} })).toMatchObject({ status: 200, body: '' });
    expect(rig.log).toEqual(Array(2).fill('warn: a Slack delivery was refused (it was seen before)'));
    nothingCame();
  });

  it('are in the journal until they are done, without the address of the answer', async () => {
    const before = vi.fn(rig.once.answer);
    rig.once.answer = before;
    await rig.slack.command(ADA, CHANNEL, '/jit machines');
    await vi.waitFor(() => expect(rig.journal.kept()).toEqual([]));
    const [{ what = '' } = {}] = before.mock.calls[0] ?? [];
    expect(what).toContain('"text":"machines"');
    expect(what).not.toMatch(/https?:|response_url|token"/);
    // Another process goes on with it.
    rig.calls.splice(0);
    await rig.adapter.again(what, { since: 1_000, isLate: false });
    expect(rig.calls).toMatchObject([{ what: 'command', text: 'machines', sender: { user: ADA, since: 1_000 } }]);
    rig.calls.splice(0);
    await rig.adapter.again(what, { since: 1_000, isLate: true });
    expect(rig.calls).toEqual([]);
    expect(rig.seen(ADA).at(-1)).toContain('too late to go on');
    // What came of it may be lost: it is decided by nobody twice, and closed all the same.
    const doubtful = { since: 1_000, isLate: false, isDoubtful: true } as const;
    for (const text of ['approve k7m3q9w', 'revoke k7m3q9w', 'list'])
      await rig.adapter.again(what.replace('machines', text), doubtful);
    expect(rig.calls.map((call) => 'text' in call && call.text)).toEqual(['revoke k7m3q9w', 'list']);
    expect(rig.seen(ADA).filter((text) => text.includes('too late to go on'))).toHaveLength(2);
    rig.calls.splice(0);
    rig.slack.faults.add('users.info', { kind: 'error', status: 500, code: 'fatal_error' }, 20);
    await expect(rig.adapter.again(what, { since: 1_000, isLate: false })).rejects.toThrow();
    rig.slack.faults.clear();
    expect(rig.calls).toEqual([]);
  });

  it('are refused in words where no more can be kept, but what closes', async () => {
    const known = rig.once.answer;
    rig.once.answer = (incoming) =>
      incoming.onlyCloses ? known(incoming) : Promise.reject(new JitError('tooMuchToKeep'));
    const refused = await rig.slack.deliver({ body: changed({ text: 'list all the same' }) });
    expect(refused.body).toContain('Drawbridge has more to do than it can take on now. Nothing was done.');
    nothingCame();
    // However that is said: by any of its words, with what clients put around it.
    for (const text of [
      'end web-1',
      '/jit revoke web-1',
      'close all confirm 61787a',
      'reject abc2345 no',
      '*cancel* x',
    ])
      expect((await rig.slack.deliver({ body: changed({ text }) })).body).toBe('');
    await vi.waitFor(() => expect(rig.calls).toHaveLength(5));
    rig.calls.splice(0);
    await rig.slack.deliver({ body: changed({ text: 'revoke abc2345' }) });
    rig.once.answer = known;
    await vi.waitFor(() => expect(rig.calls).toMatchObject([{ what: 'command', text: 'revoke abc2345' }]));
  });

  it('are not obeyed while it cannot be told whether they are replays, and say so', async () => {
    const known = rig.once.answer;
    rig.once.answer = () => Promise.reject(new Error('redis://secret is away'));
    const failed = await rig.slack.deliver({ body: changed({ text: 'list again' }) });
    rig.once.answer = () => new Promise(() => {});
    const slow = await rig.slack.deliver({ body: changed({ text: 'list once more' }) });
    rig.once.answer = known;
    expect([failed.ok, slow.ok]).toEqual([true, true]);
    expect(failed.body).toContain('Something went wrong inside Drawbridge');
    expect(failed.body).not.toContain('secret');
    // A Redis that is paused answers nothing: that is said as it is where it refuses.
    expect(slow.body).toContain('Drawbridge cannot write to Redis');
    expect(slow.body).toContain('Try again in a minute.');
    nothingCame();
    // Kept too late: its person was told to try again, so nobody goes on with it.
    let late: (() => ReturnType<typeof known>) | undefined;
    rig.once.answer = (incoming) =>
      new Promise((resolve) => {
        late = () => {
          const kept = known(incoming);
          resolve(kept);
          return kept;
        };
      });
    expect((await rig.slack.deliver({ body: changed({ text: 'list at last' }) })).body).toContain(
      'cannot write to Redis',
    );
    rig.once.answer = known;
    expect(await late?.()).toEqual({ isNew: true });
    await vi.waitFor(() => expect(rig.journal.kept()).toEqual([]));
    nothingCame();
  });

  it('stay in the journal when they come again and that is told too late', async () => {
    const known = rig.once.answer;
    const body = changed({ text: 'list', trigger_id: '99.1.a' });
    // Another process is at it.
    let key = '';
    rig.once.answer = (incoming) => {
      key = incoming.key;
      return Promise.resolve({ isNew: false });
    };
    await rig.slack.deliver({ body });
    await rig.journal.another().accept({ chat: 'slack', key, ttlMs: 60_000, what: 'list' });
    let late = () => {};
    rig.once.answer = () =>
      new Promise((resolve) => {
        late = () => resolve({ isNew: false });
      });
    await rig.slack.deliver({ body });
    late();
    rig.once.answer = known;
    await new Promise(setImmediate);
    expect(rig.journal.kept()).toEqual(['list']);
  });

  it.each([
    ['a read', 'GET', 405],
    ['a HEAD', 'HEAD', 405],
    ['a body that is no form', 'POST', 401],
  ])('%s', async (_, method, status) => {
    const response = await fetch(rig.url, { method });
    expect(response.status).toBe(status);
    expect(rig.log).toHaveLength(1);
    nothingCame();
  });

  it('are not read to their end when they are too long', async () => {
    const seen = await rig.slack.deliver({ body: `text=${'x'.repeat(300 * 1_024)}` });
    expect(seen).toMatchObject({ ok: false, status: 413 });
    nothingCame();
  });

  it('are acknowledged and left when nobody here knows their kind', async () => {
    const common = { api_app_id: rig.slack.appId, team: { id: rig.slack.teamId }, user: { id: ADA } };
    const payloads = [
      { ...common, type: 'shortcut', callback_id: 'other', trigger_id: '1' },
      { ...common, type: 'message_action', callback_id: 'other', trigger_id: '1', message: { ts: '1.000001' } },
      { ...common, type: 'block_actions', trigger_id: '1', actions: [{ type: 'button', action_id: 'other' }] },
      {
        ...common,
        type: 'view_submission',
        view: { id: 'V1', callback_id: 'other', state: { values: {} }, blocks: [] },
      },
      { ...common, type: 'block_suggestion', action_id: 'other', block_id: 'b', value: 'w' },
    ];
    for (const payload of payloads) {
      const form = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      expect(await rig.slack.deliver({ body: form }), payload.type).toMatchObject({ ok: true, status: 200 });
    }
    nothingCame();
  });
});

describe('before the start and after the stop', () => {
  it('nothing is taken', async () => {
    const rig = await startRig({ start: false });
    expect(await rig.slack.command(ADA, CHANNEL, '/jit list')).toMatchObject({ ok: false, status: 503 });
    await rig.stop();
    const stopped = await startRig();
    await stopped.adapter.stop();
    expect(await stopped.slack.command(ADA, CHANNEL, '/jit list')).toMatchObject({ ok: false, status: 503 });
    expect(stopped.calls).toEqual([]);
    await stopped.stop();
  });

  it('what is under way is ended first', async () => {
    const rig = await startRig();
    let release = () => {};
    rig.script.command = () =>
      new Promise((resolve) => {
        release = () => resolve({ lines: [['Done.']], refused: false });
      });
    await rig.slack.command(ADA, CHANNEL, '/jit list');
    await vi.waitFor(() => expect(rig.calls).toHaveLength(1));
    const stopped = rig.adapter.stop();
    release();
    await stopped;
    expect(rig.seen(ADA)).toEqual(['Done.']);
    await rig.stop();
  });
});

describe('the sign-in', () => {
  const signal = AbortSignal.timeout(5_000);

  it('is checked against the workspace', async () => {
    const rig = await startRig();
    await expect(rig.adapter.check(signal)).resolves.toBeUndefined();
    rig.slack.faults.add('auth.test', { kind: 'error', status: 200, code: 'token_revoked' });
    await expect(rig.adapter.check(signal)).rejects.toMatchObject({ code: 'chatSilent' });
    rig.slack.faults.add('auth.test', { kind: 'throttle', retryAfterSeconds: 3 });
    await expect(rig.adapter.check(signal)).rejects.toMatchObject({ code: 'chatBusy', retryAfterMs: 3_000 });
    await expect(rig.adapter.check(AbortSignal.abort())).rejects.toMatchObject({ code: 'chatSilent' });
    await rig.stop();
  });
});
