import { describe, expect, it } from 'vitest';
import { checkCard } from '../../../simulators/teams/card-check.ts';
import { people } from '../../../simulators/world.ts';
import type { Form } from '../../../src/ports/inbox.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness({ callMs: 5_000, invokeMs: 2_500 });

/** What fits db-1 alone. */
const ON_DB: Form = {
  machines: [
    { value: 'azure:web-1', label: 'web-1' },
    { value: 'aws:db-1', label: 'db-1' },
  ],
  typeAhead: false,
  ports: [{ value: '5432', label: 'PostgreSQL (5432)' }],
  durations: [{ value: '15 min', label: '15 min' }],
  source: '203.0.113.7',
  filled: { machine: 'aws:db-1', ports: ['5432'], duration: '15 min', source: '198.51.100.9', justification: '' },
  about: { lines: [['Asks ', { person: 'sam', name: 'Sam Haddad' }, '.'], ['At most 15 min in all.']] },
};

async function open() {
  h.inbox.answer = { lines: [], refused: false, openForm: { form: 'request' } };
  await h.sim.say(ada.entraId, 'personal', 'request');
  const { id } = await h.eventually(() => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0));
  const asked: Parameters<typeof h.inbox.form>[] = [];
  h.inbox.form = async (...given) => {
    asked.push(given);
    return given[2]?.machine === 'aws:db-1' ? ON_DB : h.inbox.formShown;
  };
  return { id, asked };
}
const own = () => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0)?.cardsFor[ada.entraId];
const follow = (id: string, inputs: Readonly<Record<string, string>>) =>
  h.sim.execute(ada.entraId, id, { verb: 'followForm', inputs });
const inputIn = (card: unknown, id: string) =>
  (card as { body: readonly { id?: string; value?: string; choices?: unknown }[] }).body.find((one) => one.id === id);

describe('the form of a machine that was chosen', () => {
  it('has its ports and times, says who is asked, and keeps what was written', async () => {
    const { id, asked } = await open();
    await follow(id, { machine: 'aws:db-1', source: '198.51.100.4', justification: 'half a rea' });
    expect(asked.at(-1)?.[2]).toEqual({ machine: 'aws:db-1' });
    const card = own();
    expect(checkCard(card)).toEqual([]);
    expect(JSON.stringify(card)).toContain('Asks Sam Haddad.');
    expect(inputIn(card, 'ports')).toMatchObject({ value: '5432', choices: [{ value: '5432' }] });
    expect(inputIn(card, 'duration')).toMatchObject({ value: '15 min' });
    expect(inputIn(card, 'source')?.value).toBe('198.51.100.4');
    expect(inputIn(card, 'justification')?.value).toBe('half a rea');
    expect(inputIn(card, 'machine')?.value).toBe('aws:db-1');
    expect(h.inbox.submits).toEqual([]);
    await h.sim.execute(ada.entraId, id, { verb: 'submitForm' });
    expect(h.inbox.submits.at(-1)?.[1]).toMatchObject({ machine: 'aws:db-1', ports: ['5432'], duration: '15 min' });
  });

  it('can be looked at before anything else is filled in', async () => {
    const { id } = await open();
    await follow(id, { machine: 'aws:db-1', source: '', justification: '' });
    expect(inputIn(own(), 'source')?.value).toBe('198.51.100.9');
    expect(await follow(id, { machine: '' })).toMatchObject({ notice: 'Choose a machine.' });
  });

  it('is for that machine, too, where it comes back with what is wrong', async () => {
    const { id } = await open();
    h.inbox.formAnswer = { lines: [['x']], refused: true, faults: { ports: 'Not protected there.' } };
    await h.sim.execute(ada.entraId, id, {
      verb: 'submitForm',
      inputs: { machine: 'aws:db-1', ports: '22', source: '198.51.100.4', justification: 'deploy' },
    });
    expect(JSON.stringify(own())).toContain('Not protected there.');
    expect(inputIn(own(), 'ports')).toMatchObject({ value: '5432' });
  });

  it('keeps what was written, and says why, where it may not be asked for', async () => {
    const { id } = await open();
    const { form } = h.inbox;
    h.inbox.form = async (...given) =>
      given[2]?.machine === 'azure:web-1'
        ? { machines: [], typeAhead: false, ports: [], durations: [], refusal: 'No policy is for you there.' }
        : form(...given);
    await follow(id, { machine: 'azure:web-1', justification: 'deploy' });
    expect(JSON.stringify(own())).toContain('No policy is for you there.');
    expect(inputIn(own(), 'justification')?.value).toBe('deploy');
  });

  it('asks a protector where nothing is protected, in a dialog as well', async () => {
    const machines: string[] = [];
    h.inbox.askProtector = async (_, machine) => {
      machines.push(machine);
      return { lines: [['Asked Sam Haddad to protect db-1.']], refused: false };
    };
    const { id } = await open();
    await follow(id, { machine: 'aws:db-1' });
    expect(JSON.stringify(own())).not.toContain('Ask a protector');
    const unprotected = { ...ON_DB, about: { lines: [['db-1 is not protected.']], isUnprotected: true as const } };
    h.inbox.form = async () => unprotected;
    await follow(id, { machine: 'aws:db-1' });
    const said = { notice: 'Asked Sam Haddad to protect db-1.' };
    expect(await h.sim.execute(ada.entraId, id, { verb: 'askProtector' })).toMatchObject(said);
    await h.sim.openExtension(ada.entraId, 'request');
    await h.sim.submitDialog(ada.entraId, { verb: 'followForm', inputs: { machine: 'aws:db-1', justification: '' } });
    const dialog = h.sim.state().dialogs[ada.entraId]?.card;
    expect(JSON.stringify(dialog)).toContain('db-1 is not protected.');
    expect(await h.sim.submitDialog(ada.entraId, { verb: 'askProtector' })).toMatchObject(said);
    expect(machines).toEqual(['aws:db-1', 'aws:db-1']);
  });
});
