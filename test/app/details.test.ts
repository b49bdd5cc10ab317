import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Sender } from '../../src/ports/inbox.ts';
import { approved } from './approved.ts';
import { PEOPLE } from './fixtures.ts';

const sender = (user: string): Sender => ({
  chat: 'slack',
  user,
  place: { chat: 'slack', kind: 'private', id: user },
  key: user,
});

describe('Details, on every card', () => {
  it.each([
    ['whoever requested it', 'U1', true],
    ['whoever decides', 'U2', true],
    ['somebody else', 'U5', false],
  ])('tells what the card has no room for: %s', async (_, user, isAll) => {
    const { deps, id } = await approved({ people: [...PEOPLE, { id: 'zoe', name: 'Zoe', slack: 'U5', groups: [] }] });
    const { report, refused, view } = await inbox(deps).press(sender(user), {
      verb: 'details',
      request: id,
      version: 0,
    });
    const rows = report?.sections.flatMap((one) => one.rows.map(({ line }) => plain(line))) ?? [];
    expect([refused, view]).toEqual([false, undefined]);
    for (const words of ['Policy: production', `Request: ${id}`, 'account']) expect(rows.join('\n')).toContain(words);
    expect(report?.sections.some(({ heading }) => heading === 'What happened')).toBe(isAll);
  });

  it('says that there is no such request', async () => {
    const { deps } = await approved();
    const { refused, lines } = await inbox(deps).press(sender('U1'), {
      verb: 'details',
      request: 'zzzzzzz',
      version: 0,
    });
    expect([refused, lines.map(plain).join()]).toEqual([true, expect.stringContaining('zzzzzzz')]);
  });
});
