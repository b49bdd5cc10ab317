import { describe, expect, it, vi } from 'vitest';
import { channels, people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { teamsHarness, viewFor } from './harness.ts';

const { requester: ada, manager: grace, outsider: otto } = people;
const h = teamsHarness();
const own: Place = { chat: 'teams', kind: 'private', id: grace.entraId };
const channel: Place = { chat: 'teams', kind: 'channel', id: channels.teams.id };
const post = async (place: Place) =>
  h.adapter.publish(viewFor(), place, { nonce: 'n1', tried: false }, new AbortController().signal);
const textsOf = (entraId: string) => h.chatOf(entraId).flatMap(({ text }) => text || []);

describe('a button in a client that does not know it', () => {
  it('is done as elsewhere, and answered in the own chat of whoever pressed', async () => {
    h.inbox.answer = { lines: [['Denied.']], refused: false };
    const ref = await post(channel);
    await h.sim.submit(grace.entraId, `${ref.activity}`, { verb: 'deny', inputs: { reason: 'not now' } });
    await h.eventually(() => textsOf(grace.entraId).find((text) => text === 'Denied.'));
    const [[sender, press] = []] = h.inbox.presses;
    expect(sender).toMatchObject({ user: grace.entraId, place: channel });
    const card = { place: channel, ref, nonce: 'n1' };
    expect(press).toEqual({ verb: 'deny', request: 'k7m2p9q', version: 1, reason: 'not now', card });
    expect(h.inbox.commands).toEqual([]);
  });

  it('says so where the card says it all', async () => {
    h.inbox.answer = { lines: [], refused: false, view: viewFor({ buttons: [] }) };
    const ref = await post(own);
    await h.sim.submit(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    await h.eventually(() => textsOf(grace.entraId).find((text) => text === 'Done.'));
  });

  it('is done once, however often it is sent, and gone on with where it was cut off', async () => {
    h.inbox.answer = { lines: [['Denied.']], refused: false };
    const ref = await post(own);
    h.sim.faults.add('deliver', { kind: 'lostReply' });
    await h.sim.submit(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    await h.eventually(() => textsOf(grace.entraId).find((text) => text === 'Denied.'));
    expect(h.inbox.presses).toHaveLength(1);

    await vi.waitFor(() => expect(h.journal.kept()).toEqual([]));
    h.sim.faults.add('sendToConversation', { kind: 'reset' });
    await h.sim.submit(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    const left = await vi.waitFor(async () => {
      const [entry] = (await h.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    await h.adapter.again(left.what, { since: left.at, isLate: false });
    expect(textsOf(grace.entraId)).toEqual(['Denied.', 'Denied.']);
    expect(h.inbox.presses.map(([, { verb }]) => verb)).toEqual(Array(3).fill('approve'));
    // What came of it may be lost: nobody decides by it again.
    await h.adapter.again(left.what, { since: left.at, isLate: false, isDoubtful: true });
    expect(h.inbox.presses).toHaveLength(3);
    expect(textsOf(grace.entraId).at(-1)).toContain('too late to go on');
    expect(h.inbox.commands).toEqual([]);
  });

  it('of a guest does nothing, and says why', async () => {
    const ref = await post(channel);
    h.sim.setPerson(otto.entraId, { userRole: 'guest' });
    await h.sim.submit(otto.entraId, `${ref.activity}`, { verb: 'approve' });
    await h.eventually(() =>
      h
        .threads()
        .at(-1)
        ?.find(({ text }) => text?.includes('Only members')),
    );
    expect(h.inbox.presses).toEqual([]);
  });

  it('that is not known any more is answered in words', async () => {
    const ref = await post(own);
    const { name: _, value: __, ...invoke } = h.invokeOf(grace.entraId, `${ref.activity}`, {});
    const value = { verb: 'open', r: 'k7m2p9q', v: 1 };
    await h.sim.deliver({ ...invoke, type: 'message', id: '1700000000000', value });
    await h.eventually(() => textsOf(grace.entraId).find((text) => text.includes('not known any more')));
    expect([h.inbox.presses, h.inbox.commands]).toEqual([[], []]);
  });

  it('sends a form, which comes back with what is wrong', async () => {
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'request' } };
    await h.sim.say(ada.entraId, 'personal', 'request');
    const form = await h.eventually(() => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0));
    h.inbox.formAnswer = { lines: [['No.']], refused: true, faults: { source: '“x” is no address' } };
    const inputs = { machine: 'azure:web-1', ports: '22', source: 'x', justification: 'deploy' };
    await h.sim.submit(ada.entraId, form.id, { verb: 'submitForm', inputs });
    const again = await h.eventually(() => {
      const cards = h.chatOf(ada.entraId).filter((one) => one.cards.length > 0);
      return cards.length > 1 ? cards.at(-1) : undefined;
    });
    expect(JSON.stringify(again.cards)).toContain('“x” is no address');
    expect(h.inbox.submits[0]?.[1]).toMatchObject({ source: 'x', ports: ['22'] });
  });
});
