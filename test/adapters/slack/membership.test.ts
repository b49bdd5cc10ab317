import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TYPED_VERBS } from '../../../src/core/language/grammar.ts';
import { weightOf } from '../../../src/core/language/weight.ts';
import { NEEDS_WORDS } from '../../../src/core/view/boxes.ts';
import { homePage } from '../../../src/core/view/home-page.ts';
import { VERBS } from '../../../src/core/view/view.ts';
import { ADA, CHANNEL, type Rig, startRig } from './harness.ts';

const DIRECT = `D${ADA.slice(1)}`;
const SHOWING = TYPED_VERBS.filter((verb) => weightOf(verb) === 'shows');
const ACTING = TYPED_VERBS.filter((verb) => weightOf(verb) !== 'shows');

/* Whoever became a guest a moment ago does nothing more, whatever they use for it. */
describe('who becomes a guest', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  beforeEach(async () => {
    rig.slack.setUser(ADA, { is_restricted: false });
    await rig.slack.command(ADA, CHANNEL, '/jit revoke a-while-ago');
    await vi.waitFor(() => expect(rig.calls).toHaveLength(1));
    await vi.waitFor(() => expect(rig.journal.kept()).toEqual([]));
    rig.calls.splice(0);
    rig.log.splice(0);
    rig.slack.setUser(ADA, { is_restricted: true });
  });
  afterAll(() => rig.stop());

  const refused = async () => {
    await vi.waitFor(() => expect(rig.log).toContain('warn: a Slack delivery was refused (a guest)'));
    expect(rig.calls).toEqual([]);
  };

  /* Where there is no room for an answer, as in a form or on a page, it comes into the own chat. */
  const told = (before: number) =>
    vi.waitFor(() =>
      expect(rig.seen(ADA).slice(before)).toEqual([expect.stringMatching(/^Drawbridge is for full members/)]),
    );

  it('is known for every verb that there is', () => {
    expect(SHOWING).toEqual([
      ...['list', 'ls', 'home', 'hi', 'hello', 'hey', 'mine', 'pending', 'status', 'show', 'info', 'reviews', 'why'],
      ...['explain', 'whoami', 'who', 'links', 'machines', 'lockdowns', 'recommend', 'doctor'],
    ]);
    expect(ACTING.length).toBeGreaterThan(20);
    expect(weightOf('/jit  LIST all')).toBe('shows');
    expect(weightOf('constructor')).toBe('acts');
  });

  it.each(ACTING)('by command: %s', async (verb) => {
    await rig.slack.command(ADA, CHANNEL, `/jit ${verb} k7m3q9w`);
    await refused();
  });

  it.each(['approve k7m3q9w', 'protect web-1 usual', '/jit request web-1 because x'])(
    'by message: %s',
    async (text) => {
      await rig.slack.say(ADA, DIRECT, text);
      await refused();
    },
  );

  it.each(VERBS.filter((verb) => !NEEDS_WORDS.has(verb) && weightOf(verb) !== 'shows'))(
    'by button: %s',
    async (verb) => {
      rig.script.home = () => {
        const button = { verb, label: verb, style: 'plain' as const };
        const page = homePage({
          at: 0,
          mine: [],
          waiting: [],
          recent: [],
          machines: [],
          isProtector: false,
          mayRequest: true,
        });
        const row = { line: ['x'], buttons: [{ request: 'k7m3q9w', version: 1, title: verb, button }] };
        return { page: { ...page, sections: [{ heading: 'x', rows: [row, ...(page.sections[0]?.rows ?? [])] }] } };
      };
      rig.slack.setUser(ADA, { is_restricted: false });
      await rig.adapter.drawHome(ADA);
      rig.calls.splice(0);
      rig.slack.setUser(ADA, { is_restricted: true });
      const before = rig.seen(ADA).length;
      await rig.slack.pressHome(ADA, `jit_${verb}`);
      await refused();
      await told(before);
    },
  );

  it('by a form', async () => {
    rig.slack.setUser(ADA, { is_restricted: false });
    rig.script.command = () => ({ lines: [], refused: false, openForm: { form: 'request' } });
    await rig.slack.command(ADA, CHANNEL, '/jit request');
    const top = () => rig.slack.state(ADA).views[ADA]?.at(-1);
    await vi.waitFor(() => expect(top()?.callback_id).toBe('jit_request'));
    await rig.slack.changeInView(ADA, top()?.id ?? '', 'jit_machine', 'aws:123456789012:eu-west-1:i-0abc');
    await vi.waitFor(() => expect(rig.calls.filter(({ what }) => what === 'form')).toHaveLength(2));
    rig.calls.splice(0);
    rig.slack.setUser(ADA, { is_restricted: true });
    const before = rig.seen(ADA).length;
    await rig.slack.submitView(ADA, top()?.id ?? '', { justification: { justification: 'x' } });
    await refused();
    await told(before);
  });
});
