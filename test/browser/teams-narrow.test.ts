import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardOf } from '../../adapters/teams/card.ts';
import { formCard, portsCard, takenCard } from '../../adapters/teams/form.ts';
import { pageCard } from '../../adapters/teams/page-card.ts';
import { reportCard } from '../../adapters/teams/report.ts';
import type { PageState } from '../../simulators/page/state.ts';
import { people } from '../../simulators/world.ts';
import { homePage } from '../../src/core/view/home-page.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { showPage } from '../../src/core/view/show-page.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import type { Form } from '../../src/ports/inbox.ts';
import { inStatus } from '../core/samples.ts';
import { skipBrowser } from './chromium.ts';
import { type Drawing, type Look, squeezedIn, startDrawing } from './drawing.ts';

const { entraId } = people.manager;
const LONG = 'produktionsdatenbankserverfuerrechnungslaeufewesteuropazwei00017';
const PATCH = { machineName: LONG, location: 'rg-prod, westeurope', justification: `look at ${LONG}` } as const;
const FORM: Form = {
  machines: [{ value: 'm', label: LONG, note: 'Azure, rg-prod' }],
  typeAhead: false,
  ports: [22, 3389, 5985, 5986].map((port) => ({ value: `${port}`, label: `${port}` })),
  durations: ['15 min', '1 h'].map((value) => ({ value, label: value })),
  sources: ['office', LONG],
  about: { lines: [['Only from 203.0.113.0/24.']], isUnprotected: true },
  filled: { machine: 'm', ports: ['22'], duration: '1 h', source: '203.0.113.7', justification: 'x' },
};
const STATES = ['pending', 'scheduled', 'denied', 'activating', 'active', 'closing', 'ended'] as const;

/** What Teams shows somebody, a card each. */
function cards(language: 'en' | 'de'): readonly object[] {
  const tongue = TONGUES[language];
  const requests = STATES.map((status) => inStatus(status, PATCH));
  const [pending, ...others] = requests;
  const view = viewOf(pending ?? expect.fail());
  const notes = (['info', 'warning', 'alarm'] as const).map((tone) => ({ tone, text: [`Look at ${LONG}.`] }));
  const page = homePage({
    at: 0,
    mine: requests.slice(0, 3),
    waiting: requests.slice(0, 1),
    recent: requests.slice(6),
    machines: [{ id: 'aws:123456789012:eu-west-1:i-0123456789abcdef0', name: LONG }],
    isProtector: true,
    mayRequest: true,
  });
  return [
    cardOf({ ...view, notes }, undefined, { tongue }),
    ...(['alarm', 'glass', 'notice'] as const).map((tone) => cardOf({ ...view, tone }, undefined, { tongue })),
    ...others.map((request) => cardOf(viewOf(request), undefined, { tongue })),
    formCard(FORM, { id: 'f', tongue, faults: { machine: 'No.', source: 'No.' } }),
    portsCard({ machine: 'm', name: LONG, lines: '22', version: 'v' }, { id: 'f', tongue, fault: 'No.' }),
    takenCard([['Taken.']], 'Requested', tongue),
    pageCard({ ...page, which: 'home', title: 'Drawbridge', page: 1, pages: 2 }, [], tongue),
    reportCard(showPage(inStatus('active', PATCH), new Map()) as Parameters<typeof reportCard>[0], tongue),
  ];
}

let drawing: Drawing;

beforeAll(async () => {
  if (!skipBrowser) drawing = await startDrawing();
});

afterAll(() => drawing?.close());

function withCards(all: readonly object[]): PageState {
  const { teams, ...rest } = drawing.empty;
  const from = { id: teams.bot.id, name: 'Drawbridge', isBot: true };
  const common = { from, at: '2026-01-05T09:00:00Z', deleted: false, cardsFor: {} };
  const words = { ...common, id: 'm0', text: 'You have `2` requests. [Open](https://example.com/)', cards: [] };
  const activities = [words, ...all.map((card, i) => ({ ...common, id: `m${i + 1}`, text: '', cards: [card] }))];
  const personal = [{ id: 'a:1', entraId, activities }];
  return { ...rest, teams: { ...teams, personal } } as unknown as PageState;
}

const open = (look: Look, language: 'en' | 'de', width = 320): Promise<Page> =>
  drawing.open({ width, look, state: withCards(cards(language)), kept: { pane: 'teams' }, what: '.ac-adaptiveCard' });

/** Everything that is folded is unfolded. */
async function unfold(page: Page): Promise<void> {
  await page.locator('#teams .card').evaluateAll((all) => {
    for (const one of all)
      for (const hidden of one.querySelectorAll<HTMLElement>('[style*="display: none"]')) hidden.style.display = '';
  });
}

/** Texts that are too faint before what is behind them (WCAG 2.2, 1.4.3), each once. */
const faintIn = (page: Page) =>
  page.locator('#teams .chat-main').evaluate((chat) => {
    const LEAST = 4.5;
    const rgba = (text: string) => (text.match(/[\d.]+/g) ?? []).map(Number);
    const light = (color: readonly number[]) => {
      const [r = 0, g = 0, b = 0] = color.map((one) => {
        const part = one / 255;
        return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (one: Element | null): readonly number[] => {
      if (!one) return [255, 255, 255];
      const [r = 0, g = 0, b = 0, a = 1] = rgba(getComputedStyle(one).backgroundColor);
      if (a >= 1) return [r, g, b];
      const [br = 0, bg = 0, bb = 0] = behind(one.parentElement);
      return [r * a + br * (1 - a), g * a + bg * (1 - a), b * a + bb * (1 - a)];
    };
    const found = [...chat.querySelectorAll<HTMLElement>('*')]
      .filter((one) => one.getClientRects().length > 0)
      .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
      .flatMap((one) => {
        const [front, back] = [light(rgba(getComputedStyle(one).color).slice(0, 3)), light(behind(one))];
        const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        const is = `${one.textContent?.trim().slice(0, 40)} (${one.className})`;
        return ratio < LEAST ? [`${ratio.toFixed(2)} : 1 ${is}`] : [];
      });
    return [...new Set(found)];
  });

describe.skipIf(skipBrowser)('Teams at 320 px', () => {
  it.each(['en', 'de'] as const)('has all of what its buttons say in their places (%s)', async (language) => {
    const page = await open('light', language);
    await unfold(page);
    expect(await squeezedIn(page, '#teams')).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark', 'contrast'] as const)('has no text that is too faint: %s', async (look) => {
    const page = await open(look, 'en');
    await unfold(page);
    expect(await faintIn(page)).toEqual([]);
    const behind = await page
      .locator('#teams .card')
      .first()
      .evaluate((one) => getComputedStyle(one).backgroundColor);
    expect(behind === 'rgb(0, 0, 0)').toBe(look === 'contrast');
    await page.close();
  });

  it('tells in high contrast by an edge what it tells by a colour elsewhere', async () => {
    const page = await open('contrast', 'en');
    const edges = await page
      .locator('#teams .ac-container')
      .evaluateAll((all) =>
        all
          .filter((one) => getComputedStyle(one).backgroundColor === 'rgb(0, 0, 0)')
          .map((one) => getComputedStyle(one).borderTop),
      );
    expect(edges.length).toBeGreaterThan(0);
    expect(new Set(edges)).toEqual(new Set(['1px solid rgb(255, 255, 255)']));
    await page.close();
  });
});
