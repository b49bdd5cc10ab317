import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksOf } from '../../../adapters/slack/home.ts';
import { checkHome } from '../../../simulators/slack/block-kit.ts';
import { ENGLISH } from '../../../src/core/language/text.ts';
import type { HomePage, HomeRow } from '../../../src/core/view/home-page.ts';
import { ADA, type Rig, startRig } from './harness.ts';

const page = (line: string, row: Partial<HomeRow> = {}): HomePage => ({
  at: 0,
  sections: [{ heading: 'Yours (1)', rows: [{ line: [line], buttons: [], ...row }] }],
});

const APPROVE = { verb: 'approve', label: 'Approve', style: 'primary' } as const;
const DENY = { verb: 'deny', label: 'Deny', style: 'danger' } as const;
const ABOUT = { request: 'k7m3q9w', version: 3, title: 'Ada asks' } as const;

describe('the Home tab', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterEach(() => {
    rig.slack.faults.clear();
    rig.slack.setUser(ADA, { is_restricted: false });
    rig.calls.splice(0);
    rig.log.splice(0);
  });
  afterAll(() => rig.stop());

  const shown = () => JSON.stringify(rig.slack.state(ADA).homes[ADA]?.blocks);
  const drawn = (words: string) => vi.waitFor(() => expect(shown()).toContain(words));
  const calls = (what: string) => rig.calls.filter((call) => call.what === what);

  it('is drawn when it is opened, and again when something changed', async () => {
    rig.script.home = () => ({ page: page('first') });
    await rig.slack.openHome(ADA);
    await drawn('first');
    expect(calls('home')).toMatchObject([{ sender: { user: ADA, place: { kind: 'private' } }, isOpened: true }]);
    rig.script.home = () => ({ page: page('second') });
    await rig.adapter.drawHome(ADA);
    expect(shown()).toContain('second');
    const { hash } = rig.slack.state(ADA).homes[ADA] ?? {};
    await rig.adapter.drawHome(ADA);
    expect(rig.slack.state(ADA).homes[ADA]?.hash).toBe(hash);
    expect(calls('home').map((call) => 'isOpened' in call)).toEqual([true, false, false]);
  });

  it('that another process drew meanwhile is drawn from what is true then', async () => {
    rig.script.home = () => ({ page: page('old') });
    await rig.slack.openHome(ADA);
    await drawn('old');
    let asked = 0;
    rig.script.home = () => {
      asked += 1;
      return { page: page(`look ${asked}`) };
    };
    rig.slack.faults.add('views.publish', { kind: 'error', status: 200, code: 'hash_conflict' });
    await rig.adapter.drawHome(ADA);
    expect(shown()).toContain('look 2');
  });

  it('decides with its buttons, asks for a reason in a form, and opens the form for access with the machine', async () => {
    const machine = 'aws:123456789012:eu-west-1:i-0def' as const;
    const buttons = [
      { ...ABOUT, button: APPROVE },
      { ...ABOUT, button: DENY },
      { command: { label: 'Details', command: 'show k7m3q9w' } },
      { form: 'Request again', machine },
    ] as HomeRow['buttons'];
    rig.script.home = () => ({ page: page('Ada asks', { quote: 'deploy', buttons }) });
    await rig.slack.openHome(ADA);
    await drawn('Ada asks');
    await rig.slack.pressHome(ADA, 'jit_approve');
    await vi.waitFor(() =>
      expect(calls('press')).toMatchObject([{ press: { verb: 'approve', request: 'k7m3q9w', version: 3 } }]),
    );
    await rig.slack.pressHome(ADA, 'jit_deny');
    const top = () => rig.slack.state(ADA).views[ADA]?.at(-1);
    await vi.waitFor(() => expect(top()?.callback_id).toBe('jit_reason'));
    await rig.slack.submitView(ADA, top()?.id ?? '', { reason: { reason: 'not today' } });
    await vi.waitFor(() => expect(calls('press')[1]).toMatchObject({ press: { verb: 'deny', reason: 'not today' } }));
    await rig.slack.pressHome(ADA, 'jit_command_1_2');
    await vi.waitFor(() => expect(rig.seen(ADA).at(-1)).toBe('You said show k7m3q9w.'));
    await rig.slack.pressHome(ADA, 'jit_form_1_3');
    await vi.waitFor(() => expect(top()?.callback_id).toBe('jit_request'));
    await vi.waitFor(() => expect(calls('form')).toMatchObject([{ typed: { machine } }]));
  });

  it('has words for guests and strangers', async () => {
    rig.slack.setUser(ADA, { is_restricted: true });
    const fresh = await startRig();
    fresh.slack.setUser(ADA, { is_restricted: true });
    await fresh.slack.openHome(ADA);
    await vi.waitFor(() => expect(JSON.stringify(fresh.slack.state(ADA).homes)).toContain('full members'));
    expect(fresh.calls).toEqual([]);
    await fresh.stop();
    rig.script.home = () => ({ refusal: 'You are not registered with *Drawbridge*.' });
    await rig.adapter.drawHome(ADA);
    expect(shown()).toContain('"plain_text","text":"You are not registered with *Drawbridge*.');
  });

  it('says for how long Slack takes no more of them', async () => {
    rig.script.home = () => ({ page: page(`at ${performance.now()}`) });
    rig.slack.faults.add('views.publish', { kind: 'throttle', retryAfterSeconds: 7 });
    await expect(rig.adapter.drawHome(ADA)).rejects.toMatchObject({ code: 'chatBusy', retryAfterMs: 7_000 });
  });

  it('at its longest stays within what Slack shows', () => {
    const row: HomeRow = {
      line: ['*&<'.repeat(2_000)],
      quote: '<'.repeat(4_000),
      buttons: [
        { ...ABOUT, title: 'x'.repeat(300), button: APPROVE },
        { ...ABOUT, button: { ...DENY, label: 'y'.repeat(200), confirm: 'z'.repeat(900) } },
        { command: { label: 'w'.repeat(200), command: 'show k7m3q9w' } },
      ],
    };
    const section = { heading: 'h'.repeat(400), rows: Array.from({ length: 40 }, () => row) };
    const blocks = blocksOf({ at: 0, sections: [section, section] }, { slackIdOf: () => undefined, tongue: ENGLISH });
    expect(blocks).toHaveLength(100);
    expect(checkHome({ type: 'home', blocks })).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(blocks))).toBeLessThan(250_000);
  });
});
