import { describe, expect, it, vi } from 'vitest';
import { channels, people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import type { Answer } from '../../../src/ports/inbox.ts';
import { teamsHarness, viewFor } from './harness.ts';

const { requester: ada, manager: grace, outsider: otto } = people;
const h = teamsHarness({ invokeMs: 2_500 });

const SILENT = 'Teams does not say who you are: it does not answer. Nothing was done. Try again in a minute.';
const own: Place = { chat: 'teams', kind: 'private', id: grace.entraId };
const channel: Place = { chat: 'teams', kind: 'channel', id: channels.teams.id };
const post = async (place: Place) =>
  h.adapter.publish(viewFor(), place, { nonce: 'n1', tried: false }, new AbortController().signal);
const approved: Answer = {
  lines: [],
  refused: false,
  view: viewFor({ version: 2, tone: 'opening', status: ['Approved'], buttons: [] }),
};

describe('a button', () => {
  it('reaches the inbox with what the card showed, and is answered with the new card', async () => {
    h.inbox.answer = approved;
    const ref = await post(own);
    const seen = await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    expect(seen).toMatchObject({
      ok: true,
      body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' },
    });
    expect(seen.notice).toBeUndefined();
    const [[sender, press] = []] = h.inbox.presses;
    expect(sender).toMatchObject({ user: grace.entraId, place: own });
    expect(press).toEqual({ verb: 'approve', request: 'k7m2p9q', version: 1, card: { place: own, ref, nonce: 'n1' } });
    expect(JSON.stringify(h.chatOf(grace.entraId)[0]?.cardsFor[grace.entraId])).toContain('Approved');
  });

  it('in a channel names the channel’s card', async () => {
    h.inbox.answer = approved;
    const ref = await post(channel);
    await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    expect(h.inbox.presses[0]?.[1].card).toEqual({ place: channel, ref, nonce: 'n1' });
  });

  it('that asks something is answered in the own chat of whoever pressed, and the card stays', async () => {
    const report = { title: '22 of web-1: open', sections: [{ heading: '', rows: [{ line: ['1. Passes: web.'] }] }] };
    h.inbox.answer = { lines: [], refused: false, report };
    const why = { verb: 'why', label: 'Why can’t I get in?', style: 'plain' } as const;
    const ref = await h.adapter.publish(
      viewFor({ buttons: [why] }),
      channel,
      { nonce: 'n1', tried: false },
      new AbortController().signal,
    );
    const seen = await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'why' });
    expect(seen.notice).toBe('Drawbridge has sent you a message.');
    expect(JSON.stringify(h.chatOf(grace.entraId).at(-1))).toContain('1. Passes: web.');
    expect(h.threads().at(-1)).toHaveLength(1);
    expect(h.threads().at(-1)?.[0]?.cardsFor).toEqual({});
  });

  it('is refused in words for the one who pressed', async () => {
    h.inbox.answer = { lines: [['This is your own request. Try `/jit list`.']], refused: true, view: viewFor() };
    const ref = await post(channel);
    const seen = await h.sim.execute(ada.entraId, `${ref.activity}`, { verb: 'approve' });
    expect(seen.notice).toBe('This is your own request. Try “list”.');
    expect(h.threads().at(-1)?.[0]?.cardsFor).toEqual({});
  });

  it('asks for a reason before a denial, and hands it on', async () => {
    h.inbox.answer = approved;
    const ref = await post(own);
    const empty = await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'deny' });
    expect(empty.notice).toBe('Enter a reason.');
    expect(h.inbox.presses).toEqual([]);
    await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'deny', inputs: { reason: 'not *now*' } });
    expect(h.inbox.presses[0]?.[1]).toMatchObject({ verb: 'deny', reason: 'not *now*' });
  });

  it('is handed on without a reason where a client sends none: the inbox judges', async () => {
    h.inbox.answer = { lines: [['A reason is required to deny a request.']], refused: true };
    const ref = await post(own);
    const action = { type: 'Action.Execute', verb: 'deny', data: { r: 'k7m2p9q', v: 1 } };
    const draft = h.invokeOf(grace.entraId, `${ref.activity}`, action);
    const { body } = await h.sim.deliver(draft);
    expect(body).toMatchObject({ statusCode: 200, value: 'A reason is required to deny a request.' });
    expect(h.inbox.presses[0]?.[1]).not.toHaveProperty('reason');
  });

  it.each([
    ['an unknown verb', { type: 'Action.Execute', verb: 'open', data: { r: 'k7m2p9q', v: 1 } }],
    ['no request', { type: 'Action.Execute', verb: 'approve', data: { v: 1 } }],
    ['no version', { type: 'Action.Execute', verb: 'approve', data: { r: 'k7m2p9q' } }],
    ['another kind of action', { type: 'Action.Submit', verb: 'approve', data: { r: 'k7m2p9q', v: 1 } }],
    ['a reason that is no text', { type: 'Action.Execute', verb: 'deny', data: { r: 'k', v: 1, reason: { a: 1 } } }],
  ])('that no card of ours has does nothing, and says so: %s', async (_, action) => {
    const ref = await post(own);
    const draft = h.invokeOf(grace.entraId, `${ref.activity}`, action);
    const known = expect.stringContaining('not known any more');
    expect(await h.sim.deliver(draft)).toMatchObject({ status: 200, body: { statusCode: 200, value: known } });
    expect(h.inbox.presses).toEqual([]);
    expect(h.log).toMatchObject([{ fields: { code: 'unknown' } }]);
  });

  it('whose answer takes long is answered in time, and a refusal is told afterwards', async () => {
    let finish = (_: Answer) => {};
    h.inbox.answer = new Promise((resolve) => {
      finish = resolve;
    });
    const ref = await post(own);
    const seen = await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    expect(seen.notice).toBe('Still working on it; you will see how it went.');
    finish({ lines: [['Already approved.']], refused: true });
    const told = await h.eventually(() => h.chatOf(grace.entraId)[1]?.text);
    expect(told).toBe('Already approved.');
  });

  it('that comes again is answered as it was, and done once', async () => {
    const ref = await post(own);
    let finish = (_: Answer) => {};
    h.inbox.answer = new Promise((resolve) => {
      finish = resolve;
    });
    const data = { r: 'k7m2p9q', v: 1, n: 'n1' };
    const draft = h.invokeOf(grace.entraId, `${ref.activity}`, { type: 'Action.Execute', verb: 'approve', data });
    const first = h.sim.deliver(draft);
    await vi.waitFor(() => expect(h.inbox.presses).toHaveLength(1));
    expect((await h.sim.deliver(draft)).body).toMatchObject({
      value: 'Still working on it; you will see how it went.',
    });
    finish({ lines: [['Not yours to decide.']], refused: true });
    const { body } = await first;
    expect(body).toMatchObject({ statusCode: 200 });
    await vi.waitFor(() => expect(h.journal.kept()).toEqual([]));
    expect((await h.sim.deliver(draft)).body).toEqual(body);
    expect(h.inbox.presses).toHaveLength(1);
  });

  it('is gone on with where it failed, or what was to be said afterwards did not get through', async () => {
    const ref = await post(channel);
    const taken = () =>
      vi.waitFor(async () => {
        const { entries } = await h.journal.unfinished(10);
        expect(entries).toMatchObject([{ what: expect.stringContaining('approve') }]);
        for (const { key } of entries) await h.journal.done(key);
      });
    const failed = Promise.reject(new Error('a bug'));
    failed.catch(() => {});
    h.inbox.answer = failed;
    await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    await taken();
    let finish: (answer: Answer) => void = () => {};
    h.inbox.answer = new Promise((resolve) => {
      finish = resolve;
    });
    h.sim.faults.add('sendToConversation', { kind: 'reset' });
    await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    finish({ lines: [['Not yours to decide.']], refused: true });
    await taken();
  });

  it('is answered in time also where Teams does not say who pressed', async () => {
    const ref = await post(channel);
    h.sim.faults.add('getConversationMember', { kind: 'slow', ms: 60_000 });
    const seen = await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    expect(seen.notice).toBe(SILENT);
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 500, code: 'ServiceError' });
    const again = await h.sim.execute(grace.entraId, `${ref.activity}`, { verb: 'approve' });
    expect(again.notice).toBe(SILENT);
    expect(h.inbox.presses).toEqual([]);
  });

  it('looks for machines no longer than Teams waits', async () => {
    let finish = (_: []) => {};
    h.inbox.machines = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const ref = await post(own);
    const value = { queryText: 'we', dataset: 'machines' };
    const search = { ...h.invokeOf(grace.entraId, `${ref.activity}`, {}), name: 'application/search', value };
    expect((await h.sim.deliver(search)).body).toMatchObject({ statusCode: 200, value: { results: [] } });
    finish([]);
  });

  it('of somebody who was a member a minute ago is judged anew, and what closes goes on while Teams does not say', async () => {
    const ref = await post(channel);
    const press = (verb: string) => h.sim.execute(otto.entraId, `${ref.activity}`, { verb });
    await press('approve');
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 503, code: 'ServiceUnavailable' }, 2);
    expect(await press('approve')).toMatchObject({ notice: expect.stringContaining('does not say who you are') });
    await press('withdraw');
    expect(h.inbox.presses.map(([, { verb }]) => verb)).toEqual(['approve', 'withdraw']);
    h.sim.setPerson(otto.entraId, { userRole: 'guest' });
    for (const verb of ['approve', 'withdraw'])
      expect(await press(verb)).toMatchObject({ notice: expect.stringContaining('not guests') });
    expect(h.inbox.presses).toHaveLength(2);
  });

  it('of a guest or of somebody who left the team does nothing, and says why', async () => {
    const notice =
      'Only members of this organization can use Drawbridge, not guests. Ask one of them to request access for you.';
    const ref = await post(channel);
    h.sim.setPerson(otto.entraId, { userRole: 'guest' });
    expect(await h.sim.execute(otto.entraId, `${ref.activity}`, { verb: 'approve' })).toMatchObject({ notice });
    h.sim.setPerson(otto.entraId, { userRole: 'anonymous' });
    expect(await h.sim.execute(otto.entraId, `${ref.activity}`, { verb: 'approve' })).toMatchObject({ notice });
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 404, code: 'MemberNotFoundInConversation' });
    expect(await h.sim.execute(otto.entraId, `${ref.activity}`, { verb: 'approve' })).toMatchObject({ notice });
    expect(h.inbox.presses).toEqual([]);
    expect(h.log.map(({ fields }) => fields.why)).toEqual(Array(3).fill('a guest or a stranger'));
  });
});
