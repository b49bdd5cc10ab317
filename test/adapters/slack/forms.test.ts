import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlackView } from '../../../simulators/slack/types.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import { phrased } from '../../../src/core/language/text.ts';
import { TONGUES } from '../../../src/core/words/tongues.ts';
import { ADA, CHANNEL, FORM, type Rig, startRig } from './harness.ts';

const REFERENCE = /^Something went wrong inside Drawbridge \(reference [0-9a-f]{10}\)\./;
const WEB_1 = 'aws:123456789012:eu-west-1:i-0abc';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  rig.script.command = () => ({ lines: [], refused: false, openForm: { form: 'request' } });
});
afterEach(() => rig.stop());

const modal = (): SlackView | undefined => rig.slack.state(ADA).views[ADA]?.at(-1);
const words = (view: SlackView | undefined) => JSON.stringify(view?.blocks ?? []);

/** The form as it is open in front of Ada. */
async function opened(mark = 'justification'): Promise<SlackView> {
  await rig.slack.command(ADA, CHANNEL, '/jit request');
  await vi.waitFor(() => expect(words(modal())).toContain(mark));
  return modal() as SlackView;
}

const filled = { machine: { jit_machine: WEB_1 }, justification: { justification: 'deploy' } };
const submissions = () => rig.calls.flatMap((call) => (call.what === 'submit' ? [call] : []));
const told = (text: unknown) => vi.waitFor(() => expect(rig.seen(ADA)).toEqual([text]));

describe('the request form', () => {
  it('opens with what may be asked for, and the usual already chosen', async () => {
    const view = await opened();
    expect(view).toMatchObject({ title: { text: 'Request access' }, submit: { text: 'Request' } });
    const blocks = view.blocks as readonly { block_id: string; element: Record<string, unknown> }[];
    expect(blocks.map((block) => block.block_id)).toEqual([
      'machine',
      'ports',
      'duration',
      'start',
      'source',
      'justification',
    ]);
    expect(blocks.map((block) => block.element)).toMatchObject([
      { type: 'static_select', options: [{ text: { text: 'web-1' } }, { text: { text: 'db-1' } }] },
      { type: 'multi_static_select', initial_options: [{ value: '22' }] },
      { type: 'static_select', initial_option: { value: '1 h' } },
      { type: 'plain_text_input', action_id: 'start' },
      { type: 'plain_text_input', initial_value: '203.0.113.7' },
      { type: 'plain_text_input', multiline: true, max_length: 500 },
    ]);
  });

  it('says which names may stand for a source', async () => {
    rig.script.form = () => ({ ...FORM, sources: ['office', 'vpn'] });
    expect(words(await opened())).toContain('you will connect from, or one of: office, vpn');
  });

  it('shows at once that it is coming', async () => {
    const form = Promise.withResolvers<typeof FORM>();
    rig.script.form = () => form.promise;
    const { id } = await opened('Loading…');
    form.resolve(FORM);
    await vi.waitFor(() => expect(words(modal())).toContain('justification'));
    expect(modal()?.id).toBe(id);
  });

  it('says in its place why there is none', async () => {
    rig.script.form = () => ({ ...FORM, refusal: 'You are not registered with Drawbridge.' });
    expect((await opened('not registered')).submit).toBeNull();
  });

  it.each([
    ['machines', { ...FORM, machines: [] }],
    ['ports', { ...FORM, ports: [] }],
    ['durations', { ...FORM, durations: [] }],
  ])('says in its place that there are no %s', async (_, form) => {
    rig.script.form = () => form;
    await opened('No policy lets you request access.');
  });

  it('says in its place that it failed', async () => {
    rig.script.form = () => {
      throw new Error('hunter2');
    };
    expect(words(await opened('Something went wrong'))).not.toContain('hunter2');
  });

  it('that cannot be opened is told of', async () => {
    rig.slack.faults.add('views.open', { kind: 'error', status: 200, code: 'expired_trigger_id' });
    await rig.slack.command(ADA, CHANNEL, '/jit request');
    await told(expect.stringContaining('Slack lets a form be opened for three seconds only'));
  });

  it('that was closed while it was coming is nobody’s trouble', async () => {
    const form = Promise.withResolvers<typeof FORM>();
    rig.script.form = () => form.promise;
    const { id } = await opened('Loading…');
    await rig.slack.closeView(ADA, id);
    form.resolve(FORM);
    // Waits for what is under way.
    await rig.adapter.stop();
    expect([rig.log, rig.seen(ADA)]).toEqual([[], []]);
  });

  it('that Slack takes no more calls for is told of, and Slack is not asked before it says', async () => {
    rig.slack.faults.add('views.update', { kind: 'throttle', retryAfterSeconds: 7 });
    await rig.slack.command(ADA, CHANNEL, '/jit request');
    await told(expect.stringContaining('Slack takes no more calls from Drawbridge for now'));
    await rig.slack.command(ADA, CHANNEL, '/jit request');
    await vi.waitFor(() => expect(rig.seen(ADA)).toHaveLength(2));
    expect(words(modal())).toContain('Loading…');
  });

  it('says in the language of its reader that it failed', async () => {
    rig.slack.setUser(ADA, { locale: 'de-DE' });
    rig.script.form = () => {
      throw new JitError('storeAway');
    };
    await opened(phrased(say`${new JitError('storeAway').spans}`, TONGUES.de));
  });

  it('hands over what was filled in, and closes; the answer comes as a message', async () => {
    const { id } = await opened();
    expect(await rig.slack.submitView(ADA, id, filled)).toEqual({ ok: true, status: 200, body: '' });
    expect(modal()).toBeUndefined();
    await told('Asked.');
    const form = { machine: WEB_1, ports: ['22'], duration: '1 h', source: '203.0.113.7', justification: 'deploy' };
    const place = { chat: 'slack', kind: 'private', id: ADA };
    expect(submissions()).toMatchObject([{ sender: { user: ADA, key: id, place }, filled: form }]);
  });

  it('stays open with each fault at its field, and can be corrected', async () => {
    const { id } = await opened();
    const faults = { source: 'Too wide: use `203.0.113.7` or `me`.', machine: 'Unknown.' };
    // What stands below a box is plain text: Slack would show the marks of code.
    const errors = { ...faults, source: 'Too wide: use “203.0.113.7” or “me”.' };
    rig.script.submit = () => ({ lines: [['Too wide.']], refused: true, faults });
    expect(await rig.slack.submitView(ADA, id, filled)).toMatchObject({ ok: false, errors });
    expect(modal()?.id).toBe(id);
    expect(rig.seen(ADA)).toEqual([]);
    rig.script.submit = () => ({ lines: [['Asked.']], refused: false });
    expect((await rig.slack.submitView(ADA, id, { source: { source: '203.0.113.9' } })).ok).toBe(true);
    await told('Asked.');
    expect(submissions().map((call) => call.filled.source)).toEqual(['203.0.113.7', '203.0.113.9']);
  });

  it('that comes twice is answered as it was the first time, and done once', async () => {
    const { id } = await opened();
    rig.script.submit = () => ({ lines: [], refused: true, faults: { source: 'Too wide.' } });
    await rig.slack.submitView(ADA, id, filled);
    const { body = '', headers } = rig.slack.sent.at(-1) ?? {};
    await vi.waitFor(() => expect(rig.journal.kept()).toEqual([]));
    const again = await rig.slack.deliver({ body, ...(headers ? { headers } : {}) });
    expect(JSON.parse(again.body)).toEqual({ response_action: 'errors', errors: { source: 'Too wide.' } });
    expect(submissions()).toHaveLength(1);
  });

  it('closes when it is refused as a whole, with the refusal as a message', async () => {
    rig.script.submit = () => ({ lines: [['Nobody could approve this.']], refused: true });
    expect((await rig.slack.submitView(ADA, (await opened()).id, filled)).ok).toBe(true);
    await told('Nobody could approve this.');
  });

  it('stays open when we fail, with a reference and no word of it', async () => {
    const { id } = await opened();
    rig.script.submit = () => {
      throw new Error('hunter2');
    };
    const seen = await rig.slack.submitView(ADA, id, filled);
    expect(seen).toMatchObject({ ok: false, errors: { machine: expect.stringMatching(REFERENCE) } });
    expect(modal()?.id).toBe(id);
    expect(rig.log).toEqual(['error: a Slack delivery could not be handled']);
  });

  it('closes when the answer takes long, which then comes as a message', async () => {
    const { id } = await opened();
    let release = () => {};
    rig.script.submit = () =>
      new Promise((resolve) => {
        release = () => resolve({ lines: [['Too wide after all.']], refused: true, faults: { source: 'Too wide.' } });
      });
    expect((await rig.slack.submitView(ADA, id, filled)).ok).toBe(true);
    expect(modal()).toBeUndefined();
    release();
    await told('Too wide after all.');
  });

  it('is not taken from somebody who became a guest meanwhile, once that is known', async () => {
    rig.slack.setUser(ADA, { is_restricted: true });
    await rig.slack.command(ADA, CHANNEL, '/jit request');
    await vi.waitFor(() => expect(rig.log).toEqual(['warn: a Slack delivery was refused (a guest)']));
    expect(modal()).toBeUndefined();
    expect(rig.calls).toEqual([]);
  });

  it('is handed over once, however often its delivery comes', async () => {
    await rig.slack.submitView(ADA, (await opened()).id, filled);
    const sent = rig.slack.sent.at(-1);
    expect(await rig.slack.deliver({ body: sent?.body ?? '', headers: sent?.headers ?? {} })).toMatchObject({
      status: 200,
      body: '',
    });
    expect(submissions()).toHaveLength(1);
  });
});

describe('the type-ahead of more than 100 machines', () => {
  const azure = (n: number) =>
    `azure:/subscriptions/11112222-3333-4444-5555-666677778888/resourcegroups/rg/providers/microsoft.compute/virtualmachines/web-${n}`;
  const choices = Array.from({ length: 150 }, (_, n) => ({ value: azure(n), label: `web-${n}` }));
  beforeEach(() => {
    rig.script.form = () => ({ ...FORM, machines: [], typeAhead: true });
    rig.script.machines = (typed) => choices.filter(({ label }) => label.includes(typed));
  });

  it('offers what fits, at most 100, each by an id that Slack can hold, and hands over what was chosen', async () => {
    const { id } = await opened();
    expect((await rig.slack.suggest(ADA, id, 'jit_machine', 'web')).options).toHaveLength(100);
    const { options } = await rig.slack.suggest(ADA, id, 'jit_machine', 'web-149');
    const value = 'resourcegroups/rg/providers/microsoft.compute/virtualmachines/web-149';
    expect(options).toMatchObject([{ text: { text: 'web-149' }, value }]);
    await rig.slack.submitView(ADA, id, { ...filled, machine: { jit_machine: value } });
    expect(submissions()).toMatchObject([{ filled: { machine: value } }]);
  });

  it.each<[string, () => void]>([
    ['nothing fits', () => (rig.script.machines = () => [])],
    ['we fail', () => (rig.script.machines = () => Promise.reject(new Error('hunter2')))],
    ['we are slow', () => (rig.script.machines = () => new Promise(() => {}))],
  ])('offers nothing when %s', async (_, prepare) => {
    const { id } = await opened();
    prepare();
    expect(await rig.slack.suggest(ADA, id, 'jit_machine', 'web')).toMatchObject({ ok: true, options: [] });
  });

  it('offers nothing to a guest', async () => {
    const { id } = await opened();
    const sent = new URLSearchParams();
    const user = { id: 'U0GUEST001', team_id: rig.slack.teamId };
    rig.slack.setUser(user.id, { is_ultra_restricted: true });
    const common = { api_app_id: rig.slack.appId, team: { id: rig.slack.teamId }, user, view: { id } };
    sent.set(
      'payload',
      JSON.stringify({ ...common, type: 'block_suggestion', action_id: 'jit_machine', value: 'web' }),
    );
    expect(await rig.slack.deliver({ body: sent.toString() })).toMatchObject({ status: 200, body: '{"options":[]}' });
    expect(rig.calls.filter(({ what }) => what === 'machines')).toEqual([]);
    expect(rig.log).toEqual(['warn: a Slack delivery was refused (a guest)']);
  });
});

describe('the form for the ports of a machine', () => {
  const submissionsOfPorts = () => rig.calls.flatMap((call) => (call.what === 'submitPorts' ? [call.filled] : []));
  const openedPorts = async (): Promise<SlackView> => {
    rig.script.command = () => ({ lines: [], refused: false, openForm: { form: 'ports', machine: 'web-1' } });
    await rig.slack.command(ADA, CHANNEL, '/jit protect web-1');
    await vi.waitFor(() => {
      expect(modal()).toBeDefined();
      expect(words(modal())).not.toContain('Loading…');
    });
    return modal() as SlackView;
  };

  it('shows the ports as they are, and hands over what was left of them', async () => {
    const view = await openedPorts();
    expect(view).toMatchObject({ title: { text: 'Protect a machine' }, submit: { text: 'Protect' } });
    expect(words(view)).toContain('22 for 1 d\\n3389 for 3 h');
    expect(rig.calls).toContainEqual(expect.objectContaining({ what: 'portsForm', machine: 'web-1' }));
    await rig.slack.submitView(ADA, view.id, { ports: { ports: '22 for 1h\n8443' } });
    await told('Protected.');
    expect(submissionsOfPorts()).toEqual([{ machine: WEB_1, version: 'v1', ports: '22 for 1h\n8443' }]);
  });

  it('stays open with what is to be corrected', async () => {
    const { id } = await openedPorts();
    const fault = 'Port 22 is listed twice.';
    rig.script.submitPorts = () => ({ lines: [[fault]], refused: true, faults: { ports: fault } });
    await rig.slack.submitView(ADA, id, { ports: { ports: '22\n22' } });
    expect(rig.slack.state(ADA).viewErrors[ADA]).toEqual({ ports: fault });
    expect(modal()?.id).toBe(id);
  });

  it('says in its place why there is none', async () => {
    rig.script.portsForm = () => ({ refusal: 'You may not.', machine: '', name: '', lines: '', version: '' });
    const view = await openedPorts();
    expect(view.submit).toBeNull();
    expect(words(view)).toContain('You may not.');
  });
});
