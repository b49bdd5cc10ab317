import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageCard } from '../../../adapters/teams/page-card.ts';
import { checkCard } from '../../../simulators/teams/card-check.ts';
import { people } from '../../../simulators/world.ts';
import type { HomeRow } from '../../../src/core/view/home-page.ts';
import type { ListPage } from '../../../src/core/view/list-page.ts';
import type { Verb } from '../../../src/core/view/view.ts';
import { often } from '../../setup/lane.ts';
import { teamsHarness, viewFor } from './harness.ts';

const { manager: grace } = people;
const h = teamsHarness({ callMs: 5_000, invokeMs: 2_500 });
const BUTTONS: readonly Verb[] = ['approve', 'less', 'ask', 'deny'];

function row(request: string, verbs = BUTTONS): HomeRow {
  return {
    line: [`Ada asks for web-1: ${request}`],
    quote: 'deploy',
    buttons: [
      ...verbs.map((verb) => {
        const confirm = verb === 'revoke' ? { confirm: 'Close it now?' } : {};
        return { request, version: 3, title: 't', button: { verb, label: verb, style: 'plain' as const, ...confirm } };
      }),
      { command: { label: 'Details', command: `show ${request}` } },
    ],
  };
}

function page(patch: Partial<ListPage> = {}): ListPage {
  const sections = [{ heading: 'Waits for you', rows: [row('aaaaaaa'), row('bbbbbbb', ['revoke'])] }];
  return { which: 'pending', title: 'Waits for your decision (9)', page: 2, pages: 3, at: 0, sections, ...patch };
}

const newest = () => h.chatOf(grace.entraId).at(-1);
const own = () => newest()?.cardsFor[grace.entraId];
const press = (verb: string, title?: string) =>
  h.sim.execute(grace.entraId, newest()?.id ?? '', { verb, ...(title ? { title } : {}) });

async function listed() {
  h.inbox.answer = { lines: [['a list']], refused: false, openPage: 'pending' };
  h.inbox.pageShown = () => ({ page: page() });
  await h.sim.say(grace.entraId, 'personal', 'pending');
  await h.eventually(() => newest()?.cards[0]);
}

describe('a page in Teams', () => {
  it('is a card with what can be done at once, and with what needs words behind one button', async () => {
    await listed();
    const card = newest()?.cards[0];
    expect(checkCard(card)).toEqual([]);
    const titles = [...JSON.stringify(card).matchAll(/"Action.Execute","title":"([^"]+)"/g)].map(([, title]) => title);
    expect(titles.join()).toBe('approve,less or deny…,Details,revoke…,Details,Previous,Next,Refresh,Home');
  });

  it('is leafed through in place, and nothing is kept of that', async () => {
    await listed();
    h.inbox.pageShown = (at) => ({ page: page({ page: at }) });
    await press('page', 'Next');
    expect(h.inbox.pages.at(-1)).toMatchObject([{ user: grace.entraId }, 'pending', 3]);
    expect(JSON.stringify(own())).toContain('Page 3 of 3');
    expect(h.journal.kept()).toEqual([]);
    expect(h.inbox.presses).toEqual([]);
  });

  it('is shown again with what became of a button, and no card is taken for that of the request', async () => {
    await listed();
    h.inbox.answer = { lines: [['Your approval is recorded.']], refused: false, view: viewFor() };
    await press('approve');
    expect(h.inbox.presses).toEqual([
      [expect.objectContaining({ user: grace.entraId }), { verb: 'approve', request: 'aaaaaaa', version: 3 }],
    ]);
    expect(JSON.stringify(own())).toContain('Your approval is recorded.');
    h.inbox.answer = { lines: [['You may not.']], refused: true };
    expect(await press('approve')).toMatchObject({ notice: 'You may not.' });
  });

  it('makes room for a request with all its buttons, and comes back', async () => {
    await listed();
    h.inbox.answer = { lines: [], refused: false, view: viewFor() };
    await press('card', 'revoke…');
    expect(h.inbox.views.at(-1)).toMatchObject([{ user: grace.entraId }, 'bbbbbbb']);
    const card = own();
    expect(checkCard(card)).toEqual([]);
    expect(JSON.stringify(card)).toContain('"title":"Back"');
    h.inbox.answer = { lines: [['Denied.']], refused: false, view: viewFor() };
    await h.sim.execute(grace.entraId, newest()?.id ?? '', { verb: 'deny', inputs: { reason: 'no' } });
    expect(h.inbox.presses.at(-1)?.[1]).toMatchObject({ verb: 'deny', reason: 'no' });
    expect(h.inbox.presses.at(-1)?.[1].card).toBeUndefined();
    expect(JSON.stringify(own())).toContain('Denied.');
    await press('card', 'revoke…');
    await press('page', 'Back');
    expect(JSON.stringify(own())).toContain('Page 2 of 3');
  });

  it('is answered in words where there is none, where it takes long, and to a client that sends messages', async () => {
    await listed();
    h.inbox.pageShown = () => ({ refusal: 'Nobody knows you.' });
    expect(await press('page', 'Next')).toMatchObject({ notice: 'Nobody knows you.' });
    h.inbox.pageShown = () => ({ page: page({ page: 1 }) });
    await h.sim.submit(grace.entraId, newest()?.id ?? '', { verb: 'page', title: 'Previous' });
    await h.eventually(() => (JSON.stringify(newest()?.cards[0] ?? '').includes('Page 1 of 3') ? true : undefined));
    h.inbox.page = () => new Promise(() => {});
    expect(await press('page', 'Next')).toMatchObject({ notice: 'That took too long. Please try again.' });
  });

  it('is a valid card below 28 KB, whatever it holds, and counts what it has no room for', () => {
    const text = fc.string({ unit: 'binary', maxLength: 700 });
    const rows = fc.array(fc.record({ line: text, quote: text, label: text }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.record({ heading: text, rows }), { maxLength: 8 }), text, (sections, said) => {
        const card = pageCard(
          page({
            sections: sections.map((section) => ({
              heading: section.heading,
              rows: section.rows.map(({ line, quote, label }) => ({
                ...row('aaaaaaa', ['extend', 'why', 'revoke', 'approve', 'deny']),
                line: [line, { at: 0 }],
                quote: `x${quote}`,
                buttons: [...row('a').buttons, { form: label, machine: 'azure:x' as never }],
              })),
            })),
          }),
          [[said]],
        );
        expect(checkCard(card)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(28_000);
      }),
      { numRuns: often(100, 1_000) },
    );
    const many = page({ sections: [{ heading: 'Yours', rows: Array.from({ length: 40 }, (_, i) => row(`r${i}`)) }] });
    const shown = JSON.stringify(pageCard(many));
    const more = Number(/… and (\d+) more/.exec(shown)?.[1]);
    expect(more).toBeGreaterThan(0);
    expect([...shown.matchAll(/web-1: r\d+/g)].length).toBeGreaterThanOrEqual(40 - more);
  });
});
