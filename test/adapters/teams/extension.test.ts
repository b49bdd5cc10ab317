import { describe, expect, it } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness({ callMs: 5_000, invokeMs: 2_500 });

const dialog = () => h.sim.state().dialogs[ada.entraId];
const open = (pointed?: { readonly html: string; readonly link: string }) =>
  h.sim.openExtension(ada.entraId, 'request', pointed);
const filled = { machine: 'azure:web-1', ports: '22,3389', source: '198.51.100.4', justification: 'deploy' };
const send = (inputs: Readonly<Record<string, string>> = filled) =>
  h.sim.submitDialog(ada.entraId, { verb: 'submitForm', inputs });
const invoke = (name: string, value: object) =>
  h.sim.deliver(h.sim.drafts.extension(h.sim.person(ada.entraId), name, { ...value }));

describe('the message extension', () => {
  it('asks from any chat, as the person in their own, and answers in words', async () => {
    expect(await open()).toMatchObject({ ok: true });
    expect(dialog()?.title).toBe('Drawbridge');
    expect(await send()).toMatchObject({ ok: true, notice: 'Asked for web-1.' });
    const [[sender, form] = []] = h.inbox.submits;
    expect(form).toMatchObject({ machine: 'azure:web-1', ports: ['22', '3389'], justification: 'deploy' });
    expect(sender).toMatchObject({ user: ada.entraId, place: { chat: 'teams', kind: 'private', id: ada.entraId } });
    expect(dialog()).toBeUndefined();
    expect(h.chatOf(ada.entraId)).toEqual([]);
  });

  it('takes the message that it is used on as the reason: its first words, and its link', async () => {
    const link = 'https://teams.microsoft.com/l/message/19:x@thread.v2/1790000000000';
    let typed: unknown;
    h.inbox.form = async (...asked) => {
      typed = asked[2];
      return h.inbox.formShown;
    };
    await open({ html: '<p>The <b>shop</b> is&nbsp;down &amp; <at id="0">Sam</at> is away</p>', link });
    expect(typed).toEqual({ justification: `The shop is down & Sam is away – ${link}` });
    await open({ html: `<p>${'word '.repeat(200)}</p>`, link: 'javascript:alert(1)' });
    expect(JSON.stringify(typed)).not.toContain('javascript');
    expect(JSON.stringify(typed).length).toBeLessThan(200);
    await open({ html: '', link: '' });
    expect(typed).toBeUndefined();
  });

  it('shows the form again with what is wrong, and says why there is none', async () => {
    await open();
    h.inbox.formAnswer = { lines: [['Bad.']], refused: true, faults: { source: 'No address.' } };
    await send();
    expect(JSON.stringify(dialog()?.card)).toContain('No address.');
    expect(JSON.stringify(dialog()?.card)).toContain('198.51.100.4');
    h.inbox.formShown = { machines: [], typeAhead: false, ports: [], durations: [], refusal: 'No policy is for you.' };
    expect(await open()).toMatchObject({ notice: 'No policy is for you.' });
  });

  it('sends what is to be agreed to as a message of its own', async () => {
    await open();
    h.inbox.formAnswer = { lines: [], refused: false, report: { title: 'Break glass?', sections: [] } };
    expect(await send()).toMatchObject({ notice: 'Drawbridge has sent you a message.' });
    expect(JSON.stringify(h.chatOf(ada.entraId))).toContain('Break glass?');
  });

  it('does the same once, and answers it twice the same', async () => {
    await open();
    const draft = h.sim.drafts.extension(h.sim.person(ada.entraId), 'composeExtension/submitAction', {
      commandId: 'request',
      data: { verb: 'submitForm', f: 'x', ...filled, duration: '1h' },
    });
    const first = await h.sim.deliver(draft);
    expect(first.body).toEqual({ task: { type: 'message', value: 'Asked for web-1.' } });
    expect(await h.sim.deliver(draft)).toEqual(first);
    expect(h.inbox.submits).toHaveLength(1);
    await h.sim.deliver({ ...draft, id: 'f:again' });
    expect(new Set(h.inbox.submits.map(([{ key }]) => key)).size).toBe(1);
  });

  it('is answered in time, and tells afterwards what took too long', async () => {
    await open();
    let give = (_: typeof h.inbox.formAnswer) => {};
    h.inbox.submit = () => new Promise((resolve) => (give = resolve));
    expect(await send()).toMatchObject({ notice: 'Still working on it; you will see how it went.' });
    give({ lines: [['Asked for web-1.']], refused: false });
    await h.eventually(() => h.chatOf(ada.entraId).find(({ text }) => text === 'Asked for web-1.'));
  });

  it('goes on with what was sent where the process was no more, and not with a form that was opened', async () => {
    await open();
    expect(h.journal.kept()).toEqual([]);
    h.inbox.submit = () => new Promise(() => {});
    await send();
    const [what = ''] = h.journal.kept();
    h.inbox.submit = async () => h.inbox.formAnswer;
    await h.adapter.again(what, { since: Date.now(), isLate: false });
    expect(h.chatOf(ada.entraId).at(-1)?.text).toBe('Asked for web-1.');
  });

  it('refuses guests, and says how to be known, in words', async () => {
    h.sim.setPerson(ada.entraId, { userRole: 'guest' });
    expect(await open()).toMatchObject({ notice: expect.stringContaining('not guests') });
    h.sim.setPerson(ada.entraId, { userRole: 'user', installed: false });
    expect(await open()).toMatchObject({ ok: true });
    expect(dialog()).toBeDefined();
  });

  it('says how to be known to somebody whom the bot cannot write to', async () => {
    h.sim.setPerson(ada.entraId, { installed: false, inTeam: false });
    expect(await open()).toMatchObject({ notice: expect.stringContaining('Add the app Drawbridge') });
    expect([h.inbox.submits, dialog()]).toEqual([[], undefined]);
  });

  it.each([
    ['composeExtension/fetchTask', { commandId: 'other' }],
    ['composeExtension/fetchTask', {}],
    ['composeExtension/submitAction', { commandId: 'request', data: { f: 3 } }],
    ['composeExtension/submitAction', { commandId: 'request' }],
  ])('answers what it does not know in words: %s %j', async (name, value) => {
    const { status, body } = await invoke(name, value);
    expect([status, body]).toEqual([200, { task: { type: 'message', value: expect.stringContaining('not known') } }]);
    expect(h.inbox.commands).toEqual([]);
  });

  it('answers a search, which it does not offer, in words', async () => {
    const { status, body } = await invoke('composeExtension/query', { commandId: 'x', parameters: [] });
    const text = expect.stringContaining('not known');
    expect([status, body]).toEqual([200, { composeExtension: { type: 'message', text } }]);
  });
});
