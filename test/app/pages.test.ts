import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { ListPage, PageName } from '../../src/core/view/list-page.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['eng'] };

function made() {
  const house = world({ people: [ADA, GRACE, SAM, LIN] });
  const deps = { ...house.deps, rules: { ...house.deps.rules, security: ['group:security'] as const } };
  const box = inbox(deps);
  const asked = (i: number) =>
    submit(deps, ADA, { ...ASK, source: `203.0.113.${i}` as never }, { ...SENDER, user: 'U1', key: `k-${i}` });
  const page = async (who: Person, which: PageName, at = 1): Promise<ListPage> => {
    const answer = await box.page({ ...SENDER, user: who.slack ?? '', key: `p-${who.id}` }, which, at);
    if ('refusal' in answer) throw new Error(phrased(answer.refusal));
    return answer.page;
  };
  return { ...house, deps, box, asked, page };
}

const verbsOf = ({ sections }: ListPage) =>
  sections.flatMap(({ rows }) =>
    rows.map(({ buttons }) => buttons.flatMap((one) => ('button' in one ? [one.button.verb] : []))),
  );
const said = ({ sections }: ListPage) => sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)));

describe('a list as pages', () => {
  it('has each request with the buttons of its reader', async () => {
    const { asked, page, deps } = made();
    const { id } = await asked(7);
    expect(verbsOf(await page(ADA, 'list'))).toEqual([['nudge', 'withdraw']]);
    expect(verbsOf(await page(GRACE, 'pending'))).toEqual([['approve', 'less', 'ask', 'deny']]);
    expect(await page(ADA, 'pending')).toMatchObject({ title: 'Waits for your decision', pages: 1 });
    expect(said(await page(ADA, 'pending'))).toEqual(['Nothing waits for your decision.']);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    expect(verbsOf(await page(GRACE, 'list'))).toEqual([['revoke']]);
    expect(verbsOf(await page(SAM, 'all'))[0]).toEqual(['revoke']);
  });

  it('is six to a page, each request on one of them, and one that is not there any more is the last', async () => {
    const { asked, page } = made();
    for (let i = 1; i <= 7; i += 1) await asked(i);
    const [first, second, beyond] = [await page(ADA, 'mine'), await page(ADA, 'mine', 2), await page(ADA, 'mine', 99)];
    expect([first.title, first.pages, said(first).length, said(second).length]).toEqual(['Your requests (7)', 2, 6, 1]);
    expect(new Set([...said(first), ...said(second)]).size).toBe(7);
    expect(said(beyond)).toEqual(said(second));
  });

  it('of everything is for security alone, and nobody is told what is none of theirs', async () => {
    const { asked, page, box } = made();
    await asked(7);
    expect(said(await page(SAM, 'all'))).toHaveLength(2);
    const refused = await box.page({ ...SENDER, user: 'U1', key: 'p' }, 'all', 1);
    expect('refusal' in refused && phrased(refused.refusal)).toContain('security');
    expect(said(await page(LIN, 'list'))[0]).toBe('You have no open or pending requests.');
    expect(await box.page({ ...SENDER, user: 'U0', key: 'p' }, 'home', 1)).toHaveProperty('refusal');
  });

  it('comes with the command that asks for it, and with no other', async () => {
    const { box } = made();
    const typed = async (text: string) =>
      (await box.command({ ...SENDER, user: 'U3', key: `c-${text}` }, text)).openPage;
    expect([await typed('list'), await typed('mine'), await typed('pending'), await typed('list all')]).toEqual([
      'list',
      'mine',
      'pending',
      'all',
    ]);
    expect([await typed('hi'), await typed('help')]).toEqual(['home', undefined]);
  });
});
