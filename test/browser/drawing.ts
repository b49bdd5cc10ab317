import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildPage } from '../../simulators/page/build.ts';
import type { PageState } from '../../simulators/page/state.ts';
import { startSlackSimulator } from '../../simulators/slack/index.ts';
import { startTeamsSimulator } from '../../simulators/teams/index.ts';
import { channels, people } from '../../simulators/world.ts';
import { findChromium } from './chromium.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export type Look = 'light' | 'dark' | 'contrast';

interface Opening {
  readonly width: number;
  readonly height?: number;
  readonly look: Look;
  readonly state: PageState;
  /** What a visitor chose before. */
  readonly kept?: Readonly<Record<string, string>>;
  /** What is there once it is drawn. */
  readonly what: string;
}

export interface Drawing {
  /** With two empty chats. */
  readonly empty: PageState;
  open(opening: Opening): Promise<Page>;
  close(): Promise<void>;
}

/** The demo's page, which draws both chats, with a state of the test before it and nothing behind it. */
export async function startDrawing(): Promise<Drawing> {
  const [slack, teams] = await Promise.all([startSlackSimulator(), startTeamsSimulator()]);
  const empty: PageState = {
    nowMs: 0,
    people: Object.values(people),
    channels,
    slack: slack.state(),
    teams: teams.state(),
    clouds: { azure: [], aws: [] },
    calls: [],
    badDays: { azure: [], aws: [] },
    program: { status: 'running', canRestart: false },
  };
  await Promise.all([slack.stop(), teams.stop()]);
  const folder = await buildPage();
  const { executablePath, args, env } = await findChromium();
  const browser = await chromium.launch({ executablePath, args, ...(env ? { env } : {}) });
  return {
    empty,
    open: (opening) => opened(browser, folder, opening),
    close: () => browser.close(),
  };
}

async function opened(browser: Browser, folder: string, opening: Opening): Promise<Page> {
  const { width, height = 640, look, state, kept = {}, what } = opening;
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: look === 'light' ? 'light' : 'dark',
    contrast: look === 'contrast' ? 'more' : 'no-preference',
    reducedMotion: 'reduce',
  });
  await page.addInitScript((text) => {
    const source = { onmessage: undefined as ((event: { data: string }) => void) | undefined, close: () => {} };
    setInterval(() => source.onmessage?.({ data: text }), 50);
    Object.assign(globalThis, {
      EventSource: function EventSource() {
        return source;
      },
    });
  }, JSON.stringify(state));
  await page.addInitScript((chosen) => {
    for (const [name, value] of Object.entries(chosen)) sessionStorage.setItem(name, value);
  }, kept);
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === '/' ? '/index.html' : pathname;
    if (pathname.startsWith('/api/')) return route.fulfill({ json: { ok: true } });
    return route.fulfill({
      body: await readFile(join(folder, file)),
      contentType: TYPES[extname(file)] ?? 'text/plain',
    });
  });
  await page.goto('http://localhost:9/');
  await page.locator(what).first().waitFor({ timeout: 60_000 });
  return page;
}

/**
 * Buttons whose words do not fit in them, that reach beyond the part of the page that they are in, or that leave the text beside them a
 * column of a few letters.
 */
export const squeezedIn = (page: Page, pane: string): Promise<readonly string[]> =>
  page.locator(pane).evaluate((chat) => {
    const LEAST = 120;
    const bad = [...chat.querySelectorAll<HTMLElement>('button')]
      .filter((one) => one.clientWidth > 0)
      .flatMap((one) => {
        const [box, around] = [one.getBoundingClientRect(), chat.getBoundingClientRect()];
        const words = [one, ...one.querySelectorAll<HTMLElement>('*')];
        const isCut = words.some(
          ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
            clientWidth > 0 && (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1),
        );
        const isBeyond = box.right > Math.min(around.right, innerWidth) + 1 || box.left < around.left - 1;
        const beside = one.parentElement?.previousElementSibling;
        const text = beside?.classList.contains('grow') ? beside.getBoundingClientRect() : undefined;
        const isNarrow = text !== undefined && text.width < LEAST && text.bottom > box.top;
        const why = [isCut ? 'cut' : '', isBeyond ? 'beyond' : '', isNarrow ? 'beside a column' : ''].filter(Boolean);
        return why.length > 0 ? [`${one.textContent}: ${why.join(', ')}`] : [];
      });
    return [...new Set(bad)];
  });
