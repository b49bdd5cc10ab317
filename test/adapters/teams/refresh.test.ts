import { describe, expect, it } from 'vitest';
import { Looks } from '../../../adapters/teams/looks.ts';
import { channels, people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { teamsHarness, viewFor } from './harness.ts';

const { manager: grace, requester: ada, security: sam } = people;
const h = teamsHarness({ callMs: 5_000, invokeMs: 2_500 });

const channel: Place = { chat: 'teams', kind: 'channel', id: channels.teams.id };
const never = new AbortController().signal;
const post = (view = viewFor({ readers: [ada.id, grace.id] }), place = channel) =>
  h.adapter.publish(view, place, { nonce: 'n1', tried: false }, never);
const root = () => h.threads().at(-1)?.[0];
const idOf = (person: { readonly entraId: string }) => h.sim.person(person.entraId).teamsId;
const refreshIn = (card: unknown) => (card as { refresh?: { userIds?: string[] } } | undefined)?.refresh;
const own = viewFor({
  readers: [ada.id, grace.id],
  buttons: [{ verb: 'approve', label: 'Approve', style: 'primary' }],
});

describe('a card in a channel', () => {
  it('is asked for anew by those whom the request names, by their ids of the roster', async () => {
    await post();
    expect(refreshIn(root()?.cards[0])).toEqual({
      action: { type: 'Action.Execute', title: 'Refresh', verb: 'view', data: { r: 'k7m2p9q', n: 'n1' } },
      userIds: [idOf(ada), idOf(grace)],
    });
  });

  it('names whoever wrote before without asking Teams, and nobody who is not in the team', async () => {
    h.sim.setPerson(ada.entraId, { inTeam: false });
    await h.sim.say(grace.entraId, 'personal', 'list');
    await h.eventually(() => h.inbox.commands[0]);
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 404, code: 'MemberNotFoundInConversation' });
    await post();
    expect(refreshIn(root()?.cards[0])?.userIds).toEqual([idOf(grace)]);
  });

  it('is as it was where Teams does not say who is who, and the next one is not', async () => {
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await post();
    expect(refreshIn(root()?.cards[0])).toBeUndefined();
    expect(JSON.stringify(root()?.cards[0])).toContain('Approve');
    await post();
    expect(refreshIn(root()?.cards[0])?.userIds).toHaveLength(2);
  });

  it('is for all alike above sixty, and in a chat of one', async () => {
    await post(viewFor({ readers: [ada.id, ...Array.from({ length: 60 }, (_, i) => `p${i}`)] }));
    expect(refreshIn(root()?.cards[0])).toBeUndefined();
    await post(viewFor({ readers: [ada.id] }), { chat: 'teams', kind: 'private', id: ada.entraId });
    expect(refreshIn(h.chatOf(ada.entraId).at(-1)?.cards[0])).toBeUndefined();
  });
});

describe('whoever looks at it', () => {
  it('gets the edition of the inbox, with a refresh for them alone, and nothing is kept of it', async () => {
    await post();
    h.inbox.answer = { lines: [], refused: false, view: own };
    const { id = '' } = root() ?? {};
    const seen = await h.sim.refresh(grace.entraId, id);
    expect(seen).toMatchObject({ ok: true });
    expect(h.inbox.views).toMatchObject([[{ user: grace.entraId, place: channel }, 'k7m2p9q']]);
    const card = root()?.cardsFor[grace.entraId];
    expect(refreshIn(card)?.userIds).toEqual([idOf(grace)]);
    expect(JSON.stringify(card)).not.toContain('Deny');
    expect(h.inbox.presses).toEqual([]);
    expect(h.journal.kept()).toEqual([]);
  });

  it('is answered again, the same delivery twice, with what is newest', async () => {
    await post();
    const draft = h.sim.drafts.cardAction(
      h.sim.person(grace.entraId),
      { id: root()?.id, conversationId: `${channels.teams.id};messageid=${root()?.id}` } as never,
      refreshIn(root()?.cards[0])?.['action' as never] as never,
      'automatic',
    );
    h.inbox.answer = { lines: [], refused: false, view: own };
    const first = await h.sim.deliver(draft);
    expect(await h.sim.deliver(draft)).toEqual(first);
    h.inbox.answer = { lines: [], refused: false, view: { ...own, title: 'Access to web-1: open', version: 9 } };
    expect(JSON.stringify((await h.sim.deliver(draft)).body)).toContain('Access to web-1: open');
  });

  it('is told why there is none when they asked, and nothing when their client did', async () => {
    await post();
    h.inbox.answer = { lines: [['There is no request ‘k7m2p9q’.']], refused: true };
    const { id = '' } = root() ?? {};
    expect(await h.sim.refresh(sam.entraId, id)).toBeUndefined();
    expect(await h.sim.refresh(sam.entraId, id, 'manual')).toMatchObject({ notice: 'There is no request ‘k7m2p9q’.' });
    await h.sim.refresh(grace.entraId, id);
    expect(h.sim.state().notices[grace.entraId] ?? []).toEqual([]);
    expect(root()?.cardsFor).toEqual({});
  });

  it('keeps the card that they have where the answer is late', async () => {
    await post();
    h.inbox.answer = new Promise(() => {});
    const seen = await h.sim.refresh(grace.entraId, root()?.id ?? '');
    expect(seen).toMatchObject({ status: 200, body: { statusCode: 500, type: 'application/vnd.microsoft.error' } });
  });

  it('looks as often as they like, and not without end', async () => {
    await post();
    h.inbox.answer = { lines: [], refused: false, view: own };
    const { id = '' } = root() ?? {};
    for (let i = 0; i < 3; i += 1) await h.sim.refresh(ada.entraId, id);
    expect(h.inbox.views).toHaveLength(3);
    let now = 0;
    const looks = new Looks(() => now);
    const many = (user: string, count: number) =>
      Array.from({ length: count }, () => looks.isTooMany(user)).filter((isTooMany) => isTooMany).length;
    expect([many('ada', 120), many('ada', 5), many('grace', 1)]).toEqual([0, 5, 0]);
    now = 60_000;
    expect(many('ada', 1)).toBe(0);
  });
});
