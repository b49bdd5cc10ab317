import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBoard } from '../../board/build.ts';
import { people } from '../../simulators/world.ts';
import { builtBoard } from '../../src/http/page-files.ts';
import { freePort } from '../redis/free-port.ts';
import { linkIn, type PagesRig, pagesRig } from '../web/rig.ts';
import { findChromium, skipBrowser } from './chromium.ts';
import { hostileMachines, hostileRows, NAMES, QUERIES } from './hostile-rows.ts';

const { requester: ADA } = people;
const VIEWS = ['', '/machines', '/timeline', '/exposure', '/history'] as const;
const WIDTHS = [320, 390, 1440] as const;
/** What nobody sees, or what turns the text around it. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060\u2066\u2067\ud800-\udfff]/u;

let rig: PagesRig;
let browser: Browser;
let origin = '';
let ticking: NodeJS.Timeout;

async function look(width = 1440) {
  const context = await browser.newContext({
    ...{ viewport: { width, height: 900 }, reducedMotion: 'reduce', timezoneId: 'Pacific/Apia', locale: 'en-GB' },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`.slice(0, 400));
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`.slice(0, 400)));
  page.on('dialog', () => complaints.push('a dialog of the browser'));
  await page.goto(linkIn(await rig.says(ADA.slackId, 'board')));
  await page.getByRole('button', { name: 'Open the board' }).click();
  await page.waitForURL(/\/board$/);
  return { page, complaints, close: () => context.close() };
}

async function settled(page: Page, path: string): Promise<void> {
  await page.goto(`${origin}/board${path}`);
  await page.waitForFunction(
    () => document.querySelector('.reads') !== null && !document.body.textContent?.includes('Reading …'),
  );
}

/** What is wrong with a page, whatever is on it. */
async function wrongIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const text = document.body.innerText;
    return [
      ...(scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} of ${clientWidth}`] : []),
      ...('ran' in window ? ['a script ran'] : []),
      ...(document.querySelector('main img, main script') ? ['a name became markup'] : []),
      ...(/\bNaN\b|Invalid Date|undefined|\[object/.test(text)
        ? [`says: ${/.{0,40}(?:\bNaN\b|Invalid Date|undefined|\[object).{0,20}/.exec(text)}`]
        : []),
      ...(document.querySelectorAll('nav[aria-label="Views"] a').length === 5 ? [] : ['has no menu']),
      ...((document.querySelector('main')?.innerText.length ?? 0) < 40 ? ['is blank'] : []),
      ...[...document.querySelectorAll('main a:not(svg a)')]
        .filter((one) => one.textContent?.trim() === '')
        .slice(0, 1)
        .map((one) => `a link without words: ${one.outerHTML.slice(0, 90)}`),
      ...[...document.querySelectorAll('main h1')].flatMap((one) =>
        one.textContent?.includes('could not be shown') ? ['could not be shown'] : [],
      ),
    ];
  });
}

describe.skipIf(skipBrowser)('the board with hostile and odd values, in a real browser', () => {
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const page = builtBoard(await buildBoard());
    if (!page) throw new Error('the page was not built');
    rig = await pagesRig({ origin, port, page, shown: hostileRows(Date.now()) });
    await rig.links.keep({ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name, at: 1 });
    const ada = (await rig.deps.directory.person('teams', ADA.entraId))?.id ?? '';
    Object.assign(rig.deps.rules, { security: [`person:${ada}`], protectors: [`person:${ada}`] });
    const assess = async () => ({ machines: hostileMachines(), unread: [...NAMES] });
    Object.assign(rig.deps, { clouds: new Map([['aws', { cloud: 'aws', assess }]]) });
    Object.assign(rig.deps.store, { approvals: async () => [] });
    ticking = setInterval(() => rig.pass(500), 500);
    const { executablePath, args, env } = await findChromium();
    browser = await chromium.launch({ executablePath, args, ...(env ? { env } : {}) });
  });
  afterAll(async () => {
    clearInterval(ticking);
    await browser?.close();
    await rig?.stop();
  });

  it.each(WIDTHS)('shows every view whole, and nothing runs: %i pixels', async (width) => {
    const { page, complaints, close } = await look(width);
    const wrong: string[] = [];
    for (const view of VIEWS) {
      await settled(page, view);
      wrong.push(...(await wrongIn(page)).map((one) => `${view}: ${one}`));
      if (process.env.PICTURES_TO)
        await page.screenshot({ path: `${process.env.PICTURES_TO}/hostile-${view.slice(1)}-${width}.png` });
    }
    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each(['', '/machines', '/timeline', '/exposure', '/history'])(
    'shows %s whatever its address asks for',
    async (view) => {
      const { page, complaints, close } = await look(390);
      const wrong: string[] = [];
      for (const query of QUERIES) {
        await settled(page, `${view}?${query}`);
        wrong.push(...(await wrongIn(page)).map((one) => `${query.slice(0, 60)}: ${one}`));
      }
      expect(wrong).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
    120_000,
  );

  it('shows names without what nobody sees, and tells those apart that look the same', async () => {
    const { page, close } = await look();
    await settled(page, '/machines');
    const names = await page.locator('main tbody tr a.strong').allTextContents();
    expect(names.length).toBe(NAMES.length);
    expect(names.filter((one) => UNSEEN.test(one))).toEqual([]);
    expect(names.filter((one) => one.trim() === '' || one.length > 400)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    // Both cleaned names of web-1 alike: each says which machine it is.
    expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^web-1 \(.+\)$/)]));
    await close();
  });

  it('draws few marks on the axis, however long a time the address asks for', async () => {
    const { page, close } = await look();
    for (const query of ['from=1000000000&to=999999999999999', 'to=8640000000000000', 'from=2026-10-01']) {
      await settled(page, `/timeline?${query}`);
      expect(await page.locator('.tick').count(), query).toBeLessThan(40);
    }
    await close();
  });

  it.each(['%E0%A4%A', '%ED%A0%80', '__proto__', 'x'.repeat(3_000), '%3Cscript%3E'])(
    'says that there is no such request, for the address of one called %s',
    async (id) => {
      const { page, close } = await look(320);
      const answer = await page.goto(`${origin}/board/lease/${id}`);
      // The server may refuse such an address itself: in words, too.
      if (answer?.status() === 200) await page.locator('main [role="alert"]').first().waitFor();
      else expect((await page.locator('body').innerText()).trim()).not.toBe('');
      await close();
    },
  );

  it('leads to the board where the name of a request is a way up', async () => {
    const { page, close } = await look(320);
    await page.goto(`${origin}/board/lease/%2e%2e`);
    await page.locator('main h1').first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/board');
    await close();
  });

  it('says in words what to do where an answer cannot be shown, keeps the menu, and goes on with another view', async () => {
    const { page, close } = await look(320);
    await page.route('**/board/api/now*', (route) => route.fulfill({ json: { now: 1, open: null } }));
    await page.goto(`${origin}/board`);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/Reload/);
    expect(await alert.innerText()).toMatch(/looks after Drawbridge/);
    await page.getByRole('link', { name: 'Machines' }).click();
    await page.locator('main table').waitFor();
    expect(await alert.count()).toBe(0);
    await close();
  });

  it('says so where an answer is none', async () => {
    const { page, complaints, close } = await look(320);
    await page.route('**/board/api/history*', (route) => route.fulfill({ status: 200, body: '<!doctype html>' }));
    await page.goto(`${origin}/board/history`);
    expect(await page.getByRole('alert').first().innerText()).toMatch(/Reload the page/);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says of what is over no more than is known, and counts one as one', async () => {
    const { page, close } = await look();
    const row = (id: string, more: object) => ({
      ...{ id, version: 1, status: 'ended', machine: 'gcp:p/z/m', machineName: id, location: '', people: [] },
      ...{ requester: { id: 'a', name: 'Ada' }, ports: ['22'], source: '203.0.113.7/32', policies: [], askedAt: 1 },
      ...more,
    });
    const rows = [
      row('unproven', { openedAt: 1, closedAt: 3_600_001, verdict: 'unknown', lateMs: 2_000 }),
      row('unopened', { closedAt: 3_600_001, verdict: 'closed' }),
      row('denied', { status: 'denied' }),
      row('proven', { openedAt: 1, closedAt: 3_600_001, verdict: 'closed' }),
    ];
    let shown = rows;
    await page.route('**/board/api/history*', (route) =>
      route.fulfill({ json: { now: 7_200_000, rows: shown, all: shown.length, isCut: false } }),
    );
    await settled(page, '/history');
    expect(await page.locator('td[data-label="Open"] .soft').allTextContents()).toEqual([
      'closing not proven',
      'not known to have opened',
      'never open',
      'for 1 h',
    ]);
    expect(await page.locator('td[data-label="Late"]').first().innerText()).toBe('–');
    expect(await page.locator('main').innerText()).toContain('4 requests are over.');
    expect(await page.locator('td .soft').first().innerText()).toBe('Google Cloud');
    shown = rows.slice(0, 1);
    await settled(page, '/history');
    expect(await page.locator('main').innerText()).toContain('1 request is over.');
    await close();
  });

  it('says that a list is cut, and where the rest is', async () => {
    const { page, close } = await look();
    await page.route('**/board/api/now*', async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({ json: { ...answer, counts: { ...answer.counts, waiting: 1_712 } } });
    });
    await settled(page, '?q=rocket');
    const said = page.getByText(/of 1,712\. Filter by machine, person, or cloud/);
    await said.waitFor();
    expect(await said.getByRole('link').getAttribute('href')).toBe('/board/leases.csv?q=rocket');
    await close();
  });

  it('has the clouds by their names, and every one of them as a filter', async () => {
    const { page, close } = await look();
    await settled(page, '/machines?cloud=gcp');
    expect(await page.getByLabel('Cloud').locator('option').allTextContents()).toEqual([
      ...['All clouds', 'Azure', 'AWS', 'Google Cloud'],
    ]);
    const clouds = (await page.locator('tbody .two .soft').allTextContents()).map((text) => text.split(' · ')[0]);
    expect(new Set(clouds)).toEqual(new Set(['Google Cloud']));
    await close();
  });

  it('names whom a filter means, and not by an ID', async () => {
    const { page, close } = await look();
    await settled(page, '/history?person=person-6');
    await expect.poll(() => page.locator('.chip').innerText()).toContain('rocket');
    await settled(page, '/history?person=nobody-known');
    await expect.poll(() => page.locator('.chip').innerText()).toContain('nobody-known');
    await close();
  });

  it('goes by the server’s clock, whatever the browser’s says', async () => {
    const { page, close } = await look();
    // A year behind.
    await page.addInitScript(() => {
      const real = Date.now;
      Date.now = () => real() - 365 * 86_400_000;
    });
    await settled(page, '/timeline');
    const year = String(new Date((await rig.store.now()).at).getUTCFullYear());
    await page.locator('.now-line').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: '7 days' }).click();
    await page.waitForURL(/from=\d+/);
    const from = Number(new URL(page.url()).searchParams.get('from'));
    expect(String(new Date(from + 7 * 86_400_000).getUTCFullYear())).toBe(year);
    expect(await page.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed')).toBe('true');
    await close();
  });

  it('leads whose session is over back to the page where they were', async () => {
    const { page, close } = await look();
    await settled(page, '/history?q=rocket');
    await page.context().clearCookies();
    const again = page.getByRole('link', { name: 'Sign in again' }).first();
    await page.getByRole('searchbox').fill('web');
    await again.waitFor();
    expect(await again.getAttribute('href')).toMatch(/^\/board\/history\?q=(?:rocket|web)$/);
    await close();
  });
});
