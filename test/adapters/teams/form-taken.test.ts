import { describe, expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness();
const filled = { machine: 'azure:web-1', ports: '22,3389', source: '198.51.100.4', justification: 'deploy' };
const open = async () => {
  h.inbox.answer = { lines: [], refused: false, openForm: { form: 'request' } };
  await h.sim.say(ada.entraId, 'personal', 'request');
  return h.eventually(() => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0));
};
/** The message as everybody sees it who has not pressed anything there. */
const shown = (id: string) => JSON.stringify(h.chatOf(ada.entraId).find((one) => one.id === id)?.cards);
const keys = () => h.inbox.submits.map(([sender]) => sender.key);

describe('a form that was taken', () => {
  it('is no form any more, in each of the person’s clients', async () => {
    const { id } = await open();
    await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: filled });
    await h.eventually(() => (shown(id).includes('Asked for web-1.') ? true : undefined));
    expect(shown(id)).not.toContain('submitForm');
  });

  it('is another request where it says something else, and the same where it says the same', async () => {
    const { id } = await open();
    const { data } = (JSON.parse(shown(id)) as [{ actions: [{ data: { f: string } }] }])[0].actions[0];
    const press = (typed: object) => {
      const action = { type: 'Action.Execute', verb: 'submitForm', data: { ...data, duration: '1h', ...typed } };
      return h.sim.deliver(h.invokeOf(ada.entraId, id, action));
    };
    await press(filled);
    await press({ ...filled, machine: 'aws:db-1' });
    await press({ ...filled, ports: '3389,22' });
    const [first, other, same] = keys();
    expect(other).not.toBe(first);
    expect(same).toBe(first);
  });

  it.each([
    ['a list of ports', { ports: ['22', '3389'] }, { ports: ['22', '3389'] }],
    ['figures', { ports: 22, justification: 4711 }, { ports: ['22'], justification: '4711' }],
    ['nothing', { machine: null, source: undefined, start: null }, { machine: '', source: '', start: '' }],
    ['an object', { duration: { value: '1h' } }, { duration: '' }],
    ['too much', { justification: 'x'.repeat(9_000) }, { justification: 'x'.repeat(4_000) }],
  ])('is read as far as it means anything: %s', async (_, sent, read) => {
    const { id } = await open();
    const { data } = (JSON.parse(shown(id)) as [{ actions: [{ data: { f: string } }] }])[0].actions[0];
    const typed = { ...data, duration: '1h', ...filled, ...sent };
    await h.sim.deliver(h.invokeOf(ada.entraId, id, { type: 'Action.Execute', verb: 'submitForm', data: typed }));
    expect(h.inbox.submits.at(-1)?.[1]).toMatchObject(read);
  });

  it('is edited also where it was cut off in between', async () => {
    const { id } = await open();
    h.sim.faults.add('updateActivity', { kind: 'reset' });
    await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: filled });
    const left = await vi.waitFor(async () => {
      const [entry] = (await h.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    expect(shown(id)).toContain('submitForm');
    await h.adapter.again(left.what, { since: left.at, isLate: false });
    await h.eventually(() => (shown(id).includes('Asked for web-1.') ? true : undefined));
    expect(new Set(keys()).size).toBe(1);
  });

  it('is forgotten where the message was deleted', async () => {
    const { id } = await open();
    h.sim.faults.add('updateActivity', { kind: 'error', status: 404, code: 'ActivityNotFoundInConversation' });
    await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: filled });
    await vi.waitFor(() => expect(h.journal.kept()).toEqual([]));
    expect(h.log).toEqual([]);
  });

  it('for ports becomes what came of them', async () => {
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'ports', machine: 'web-1' } };
    await h.sim.say(ada.entraId, 'personal', 'protect web-1');
    const { id } = await h.eventually(() => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0));
    h.inbox.formAnswer = { lines: [['web-1 is protected on 8443.']], refused: false };
    await h.sim.execute(ada.entraId, id, { verb: 'submitPorts', inputs: { ports: '8443' } });
    await h.eventually(() => (shown(id).includes('web-1 is protected on 8443.') ? true : undefined));
  });
});
