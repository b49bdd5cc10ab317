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
const titles = (card: unknown) =>
  (card as { actions?: { title: string }[] } | undefined)?.actions?.map(({ title }) => title);
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

  it('has no refresh where Teams does not say who is who, and the next one has', async () => {
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await post();
    expect(refreshIn(root()?.cards[0])).toBeUndefined();
    await post();
    expect(refreshIn(root()?.cards[0])?.userIds).toHaveLength(2);
  });

  it('is fetched for nobody above sixty, who ask for theirs, and in a chat of one', async () => {
    await post(viewFor({ readers: [ada.id, ...Array.from({ length: 60 }, (_, i) => `p${i}`)] }));
    expect(refreshIn(root()?.cards[0])).toBeUndefined();
    expect(titles(root()?.cards[0])).toEqual(['Show my buttons', 'Details']);
    await post(viewFor({ readers: [ada.id] }), { chat: 'teams', kind: 'private', id: ada.entraId });
    expect(refreshIn(h.chatOf(ada.entraId).at(-1)?.cards[0])).toBeUndefined();
  });
});

describe('what everybody sees of it', () => {
  const why = { verb: 'why', label: 'Why can’t I get in?', style: 'plain' } as const;
  const close = { verb: 'revoke', label: 'Close now', style: 'danger' } as const;

  it.each([
    ['decides nothing, and leads to what each may do', viewFor().buttons, ['Show my buttons', 'Details']],
    ['keeps what only tells', [why, close], ['Show my buttons', why.label, 'Details']],
    ['leads nowhere where nobody has more', [why], [why.label, 'Details']],
  ])('%s', async (_, buttons, wanted) => {
    await post(viewFor({ readers: [ada.id, grace.id], buttons }));
    expect(titles(root()?.cards[0])).toEqual(wanted);
    expect(JSON.stringify(root()?.cards[0])).not.toMatch(/"verb":"(?:approve|deny|withdraw|revoke)"/);
  });

  it('is answered with the edition of whoever presses, which reads and decides nothing', async () => {
    await post();
    h.inbox.answer = { lines: [], refused: false, view: own };
    const { id = '' } = root() ?? {};
    expect(await h.sim.execute(grace.entraId, id, { verb: 'mine' })).toMatchObject({ ok: true });
    expect(titles(root()?.cardsFor[grace.entraId])).toEqual(['Approve', 'Details']);
    expect(root()?.cardsFor[ada.entraId]).toBeUndefined();
    expect([h.inbox.presses, h.journal.kept()]).toEqual([[], []]);
  });

  it('says so to whom nothing is left to press, and why where it is refused or late', async () => {
    await post();
    const { id = '' } = root() ?? {};
    const pressed = () => h.sim.execute(sam.entraId, id, { verb: 'mine' });
    h.inbox.answer = { lines: [], refused: false, view: { ...own, buttons: [] } };
    expect(await pressed()).toMatchObject({ notice: expect.stringMatching(/moment ago, write “approve”\.$/) });
    h.inbox.answer = { lines: [], refused: false, view: { ...own, buttons: [], tone: 'open' } };
    expect(await pressed()).toMatchObject({ notice: 'There is nothing for you to press on this card.' });
    h.inbox.answer = { lines: [['There is no request ‘k7m2p9q’.']], refused: true };
    expect(await pressed()).toMatchObject({ notice: 'There is no request ‘k7m2p9q’.' });
    h.inbox.answer = new Promise(() => {});
    expect(await pressed()).toMatchObject({ notice: 'That took too long. Please try again.' });
  });

  it('is sent to their own chat where the client knows no such button', async () => {
    await post();
    h.inbox.answer = { lines: [], refused: false, view: own };
    await h.sim.submit(grace.entraId, root()?.id ?? '', { verb: 'mine' });
    const card = await h.eventually(() => h.chatOf(grace.entraId).at(-1)?.cards[0]);
    expect(titles(card)).toEqual(['Approve', 'Details']);
    expect(refreshIn(card)).toBeUndefined();
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
