import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Place } from '../../src/core/people/place.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['eng'] };
const TWO = { ...POLICY, stages: [oneStage(['manager', 'group:security'], 2)] };
const CHANNEL: Place = { chat: 'slack', kind: 'channel', id: 'C1' };
const ELSEWHERE: Place = { chat: 'slack', kind: 'channel', id: 'C9' };

async function made() {
  const house = world({ people: [ADA, GRACE, SAM, LIN], policies: [TWO] });
  const { id } = await submit(house.deps, ADA, ASK, { ...SENDER, user: 'U1', key: 'k-ada' });
  const box = inbox(house.deps);
  const look = (who: Person, place = CHANNEL, request = id) =>
    box.view({ ...SENDER, user: who.slack ?? '', place, key: `look-${who.id}` }, request);
  const verbs = async (who: Person, place = CHANNEL) =>
    (await look(who, place)).view?.buttons.map(({ verb }) => verb) ?? 'none';
  return { ...house, id, look, verbs };
}

describe('a request, looked at where its card is', () => {
  it('shows each reader of the channel what they may press, and bystanders nothing to press', async () => {
    const { verbs, deps, id } = await made();
    const deciding = ['approve', 'less', 'ask', 'deny'];
    expect([await verbs(ADA), await verbs(GRACE), await verbs(SAM)]).toEqual([
      ['nudge', 'withdraw'],
      deciding,
      deciding,
    ]);
    expect(await verbs(LIN)).toEqual([]);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    expect([await verbs(GRACE), await verbs(SAM)]).toEqual([['ask', 'deny'], deciding]);
  });

  it('says who has buttons of their own, for the chat that can ask for them', async () => {
    const { look } = await made();
    expect((await look(LIN)).view?.readers).toEqual(['ada', 'grace', 'sam']);
  });

  it('is of the newest version, the same twice, and writes nothing', async () => {
    const { look, deps, id, audit } = await made();
    const written = audit.all.length;
    const before = await deps.store.load(id);
    const first = await look(GRACE);
    expect(await look(GRACE)).toEqual(first);
    expect(await deps.store.load(id)).toEqual(before);
    expect(audit.all).toHaveLength(written);
    await decide(deps, SAM, { request: id, verdict: 'deny', reason: 'no' });
    const { view } = await look(GRACE);
    expect(view?.version).toBeGreaterThan(first.view?.version ?? 0);
    expect(view?.tone).toBe('refused');
  });

  it('is there for whom it concerns wherever they look, and for nobody else', async () => {
    const { look, id } = await made();
    expect((await look(SAM, ELSEWHERE)).view?.request).toBe(id);
    const stranger = await look(LIN, ELSEWHERE);
    expect([stranger.refused, stranger.view]).toEqual([true, undefined]);
    const none = await look(LIN, ELSEWHERE, 'zzzzzzz');
    expect(plain(stranger.lines[0] ?? []).replace(id, '…')).toBe(plain(none.lines[0] ?? []).replace('zzzzzzz', '…'));
    const nobody = await look({ ...LIN, slack: 'U0' });
    expect([nobody.refused, nobody.view]).toEqual([true, undefined]);
  });
});
