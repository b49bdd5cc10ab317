import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { notify } from '../../src/app/request/notify.ts';
import { nudge } from '../../src/app/request/nudge.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;

describe('a nudge', () => {
  it('reminds those who are asked in their own chats, once in 15 minutes', async () => {
    const { deps, clock, chat } = world();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    await notify(deps, id, never);
    const view = viewOf(await nudge(deps, ADA, id));
    expect(view.announce).toMatch(/^nudge-\d+$/);
    expect(plain(view.headline)).toMatch(/^Grace \(manager\): please decide\. Ada asks for access to api-1/);
    chat.shown.length = 0;
    await notify(deps, id, never);
    expect(chat.shown.map(({ place, previous }) => [place.id, previous.announced === view.announce])).toEqual([
      ['C1', false],
      ['U2', false],
      ['U1', false],
    ]);
    clock.advance(14 * MINUTE);
    await expect(nudge(deps, ADA, id)).rejects.toMatchObject({
      code: 'nudgedLately',
      say: 'You reminded them less than 15 min ago.',
      hint: 'You may again in 1 min.',
    });
    clock.advance(MINUTE);
    expect((await nudge(deps, ADA, id)).timeline.filter(({ event }) => event === 'nudged')).toHaveLength(2);
  });

  it('is the requester’s, of what waits', async () => {
    const { deps } = world();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    await expect(nudge(deps, GRACE, id)).rejects.toMatchObject({ code: 'notYours' });
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await expect(nudge(deps, ADA, id)).rejects.toMatchObject({ code: 'alreadyDecided' });
  });

  it('says whom it reached in a chat of their own, and whom not; whoever approved is not reminded', async () => {
    const people: readonly Person[] = [
      { ...ADA },
      GRACE,
      { id: 'kim', name: 'Kim', groups: ['security'] },
      { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] },
    ];
    const stages = [oneStage(['manager', 'group:security'], 3)];
    const { deps } = world({ people, policies: [{ ...POLICY, stages }] });
    const { id } = await submit(deps, ADA, ASK, SENDER);
    await notify(deps, id, never);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    const { lines } = await inbox(deps).command({ ...SENDER, key: 'k2' }, `nudge ${id}`);
    expect(lines.map(plain)).toEqual([
      'Reminded Sam (group security).',
      'Not reached in a chat of their own: Kim (group security, has no chat here).',
    ]);
  });
});
