import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBoard } from '../../board/build.ts';
import { people } from '../../simulators/world.ts';
import type { BoardRow } from '../../src/core/board/row.ts';
import { entryOf } from '../../src/core/request/audited.ts';
import { builtBoard } from '../../src/http/page-files.ts';
import { approve, change, end, open, pending } from '../conformance/fixtures.ts';
import { freePort } from '../redis/free-port.ts';
import { linkIn, type PagesRig, pagesRig } from '../web/rig.ts';
import { houseMachines, houseRows } from './board-rows.ts';
import { brokenWords } from './broken-words.ts';
import { findChromium, skipBrowser } from './chromium.ts';

const { requester: ADA } = people;
const VIEWS = ['', '/machines', '/timeline', '/exposure', '/history', '/lease/aaaaaaa', '/lease/ddddddd'] as const;
const DOCS = fileURLToPath(new URL('../../docs', import.meta.url));
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** The smallest that WCAG (1.4.10) asks for. */
const SMALL = { width: 320, height: 640 };
/** Those that docs show; of a request all of them. */
const PICTURES = ['1440-light', '390-dark'];
const isPicture = (view: string, { width }: { readonly width: number }, scheme: string) =>
  view === '/lease/ddddddd'
    ? width !== SMALL.width
    : !view.startsWith('/lease/') && PICTURES.includes(`${width}-${scheme}`);

let rig: PagesRig;
let browser: Browser;
let origin = '';
let ticking: NodeJS.Timeout;

interface Look {
  readonly size?: { readonly width: number; readonly height: number };
  readonly scheme?: 'light' | 'dark';
  readonly isSignedIn?: boolean;
}

/** The board in a browser of its own, and all that the browser complains of. */
async function look({ size = WIDE, scheme = 'light', isSignedIn = false }: Look = {}) {
  const context = await browser.newContext({
    ...{ viewport: size, colorScheme: scheme, reducedMotion: 'reduce', timezoneId: 'UTC', locale: 'en-GB' },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401'))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  if (isSignedIn) {
    await page.goto(`${origin}/board`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: ADA.name }).click();
  } else {
    await page.goto(linkIn(await rig.says(ADA.slackId, 'board')));
    await page.getByRole('button', { name: 'Open the board' }).click();
  }
  await page.waitForURL(/\/board$/);
  await page.getByRole('heading', { name: 'Now' }).waitFor();
  return { page, complaints, close: () => context.close() };
}

async function settled(page: Page, view: string): Promise<void> {
  await page.goto(`${origin}/board${view}`);
  await page.waitForFunction(() => !document.body.textContent?.includes('Reading …'));
  await page.locator('main table, main svg, main canvas, main .tile, main .panel').first().waitFor();
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Ada’s rows are those of whoever signs in as Ada. */
function asAda(row: BoardRow): BoardRow {
  return row.requester.id === 'ada' ? { ...row, requester: { ...row.requester, id: ADA.entraId } } : row;
}

/** What scrolls sideways by itself. */
const sideways = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main section, main nav, main table, nav')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} of ${one.clientWidth}`),
  );

/** It takes so long by the clock of the rig. */
const PAST_MS = 286_000;
/** A request that is over, with all that its page shows: what happened, what was read back, and its entries in the audit. */
async function past(patch: Parameters<typeof pending>[2]): Promise<void> {
  const { at } = await rig.store.now();
  const asked = pending('ddddddd', at, { ...patch, forMs: 240_000, justification: 'restart the replication' });
  const given = { ...approve(asked, at + 46_000), version: 2 };
  const opened = { ...open(asked, at + 46_000), version: 3 };
  const steps = [
    [asked, 'asked', asked.requester.id, 46_000],
    [given, 'approved', 'grace', 0],
    [opened, 'opened', 'drawbridge', 240_000],
    [{ ...end(opened, at + PAST_MS), version: 4 }, 'closed', 'drawbridge', 0],
  ] as const;
  for (const [from, [next, event, by, ms]] of steps.entries()) {
    const audit = entryOf(undefined, { next, event, by });
    expect(await rig.store.save([{ next, from, ...(audit ? { audit } : {}) }])).toEqual(['saved']);
    rig.pass(ms);
  }
}

describe.skipIf(skipBrowser)('the board, in a real browser', () => {
  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const page = builtBoard(await buildBoard());
    if (!page) throw new Error('the page was not built');
    rig = await pagesRig({ origin, port, page, shown: houseRows(Date.now() + PAST_MS).map(asAda) });
    await rig.links.keep({ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name, at: 1 });
    const ada = (await rig.deps.directory.person('teams', ADA.entraId))?.id ?? '';
    Object.assign(rig.deps.rules, { security: [`person:${ada}`], protectors: [`person:${ada}`] });
    const assess = async () => ({ machines: houseMachines(), unread: [] });
    Object.assign(rig.deps, { clouds: new Map([['aws', { cloud: 'aws', assess }]]) });
    Object.assign(rig.deps.store, { approvals: async () => [] });
    const { at } = await rig.store.now();
    const { machine } = houseMachines().find((one) => one.machine.name === 'db-replica') ?? {};
    if (!machine) throw new Error('there is no db-replica');
    const where = { machine: machine.id, machineName: machine.name, location: machine.location };
    const asked = pending('aaaaaaa', at, { ...where, requester: { id: ada, name: ADA.name } });
    await rig.store.save([change(asked, 0)]);
    await rig.store.save([change({ ...approve(asked, at), version: 2 }, 1)]);
    await rig.store.save([change({ ...open(asked, at), version: 3 }, 2)]);
    await past({ ...where, requester: { id: ada, name: ADA.name } });
    // The clock of the rig stands still: what is read anew is asked for by it.
    ticking = setInterval(() => rig.pass(500), 500);
    const { executablePath, args, env } = await findChromium();
    browser = await chromium.launch({ executablePath, args, ...(env ? { env } : {}) });
  });
  afterAll(async () => {
    clearInterval(ticking);
    await browser?.close();
    await rig?.stop();
  });

  it.each([
    ['1440 pixels, light', WIDE, 'light'],
    ['1440 pixels, dark', WIDE, 'dark'],
    ['390 pixels, light', PHONE, 'light'],
    ['390 pixels, dark', PHONE, 'dark'],
    ['320 pixels, light', SMALL, 'light'],
    ['320 pixels, dark', SMALL, 'dark'],
  ] as const)(
    'axe finds nothing in any view, nothing overflows, and no policy is hurt: %s',
    async (_, size, scheme) => {
      const { page, complaints, close } = await look({ size, scheme });
      for (const view of VIEWS) {
        await settled(page, view);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        const found = violations.map(
          ({ id, nodes }) => `${view} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
        );
        expect(found).toEqual([]);
        expect(await overflow(page), view).toBe(0);
        if (size !== WIDE) expect(await sideways(page), view).toEqual([]);
        expect(await brokenWords(page), view).toEqual([]);
        if (process.env.PICTURES_TO)
          await page.screenshot({
            path: `${process.env.PICTURES_TO}/board-${view.slice(1).replace('/', '-')}-${size.width}-${scheme}.png`,
            fullPage: view !== '/history',
          });
        if (process.env.UPDATE_PICTURES && isPicture(view, size, scheme)) {
          const name = view === '' ? 'now' : view.split('/')[1];
          await page.screenshot({
            path: `${DOCS}/board-${name}-${size.width}-${scheme}.png`,
            // Of a history of 50 requests the first few show enough.
            fullPage: (size === PHONE && view !== '/history') || name === 'lease',
          });
        }
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );

  it('shows a new request within a second or two, without being asked', async () => {
    const { page, close } = await look();
    const { at } = await rig.store.now();
    await rig.store.save([change(pending('bbbbbbb', at, { machineName: 'brand-new-1' }), 0)]);
    await page.getByRole('link', { name: 'brand-new-1' }).waitFor();
    await close();
  });

  it('asks every five seconds where it is told nothing: too many pages, or a proxy in between', async () => {
    const { page, close } = await look();
    await page.route('**/board/events', (route) => route.fulfill({ status: 503, body: 'Too many pages' }));
    await page.reload();
    await page.getByText('Every 5 s').waitFor();
    const { at } = await rig.store.now();
    await rig.store.save([change(pending('ccccccc', at, { machineName: 'asked-for-1' }), 0)]);
    await page.getByRole('link', { name: 'asked-for-1' }).waitFor();
    await close();
  });

  it('closes access with the keyboard alone, after asking why', async () => {
    const { page, complaints, close } = await look({ isSignedIn: true });
    const row = page.getByRole('row', { name: /db-replica/ });
    await row.getByRole('button', { name: 'Close now' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect((await rig.store.load('aaaaaaa')).request?.status).toBe('active');
    await page.keyboard.press('Enter');
    await dialog.getByLabel('Why').fill('done early');
    await dialog.getByRole('button', { name: 'Close now' }).focus();
    await page.keyboard.press('Enter');
    await row.getByText('closing').waitFor();
    expect((await rig.store.load('aaaaaaa')).request).toMatchObject({
      status: 'closing',
      ending: { say: 'done early' },
    });
    expect(complaints).toEqual([]);
    await close();
  });

  it('has filters in the address, and Back goes back', async () => {
    const { page, close } = await look();
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('searchbox').fill('win-jump');
    await page.waitForURL(/q=win-jump/);
    await expect
      .poll(() => page.locator('tbody tr a.strong').allTextContents())
      .toEqual(expect.arrayContaining(['win-jump']));
    await expect.poll(async () => new Set(await page.locator('tbody tr a.strong').allTextContents()).size).toBe(1);
    await page.getByRole('link', { name: 'Timeline' }).click();
    expect(page.url()).toContain('q=win-jump');
    await page.goBack();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await close();
  });

  it('scrolls and zooms the timeline with the keyboard, and says the same as a table', async () => {
    const { page, close } = await look();
    await settled(page, '/timeline');
    await page.getByRole('application').focus();
    await page.keyboard.press('+');
    await page.waitForURL(/from=\d+/);
    const from = () => Number(new URL(page.url()).searchParams.get('from'));
    const before = from();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(from).toBeLessThan(before);
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.getByRole('columnheader', { name: 'Open for' }).waitFor();
    await close();
  });

  it.each([
    ['1440 pixels, light', WIDE, 'light'],
    ['1440 pixels, dark', WIDE, 'dark'],
    ['390 pixels, light', PHONE, 'light'],
    ['390 pixels, dark', PHONE, 'dark'],
  ] as const)('where a policy demands a fresh sign-in, the dialog leads there: %s', async (_, size, scheme) => {
    const { at } = await rig.store.now();
    const id = `s${size.width}${scheme}`.slice(0, 7);
    const more = { requester: { id: 'otto', name: 'Otto' }, machineName: `strict-${id}`, policies: ['strict'] };
    const asked = pending(id, at, more);
    await rig.store.save([change(asked, 0)]);
    await rig.store.save([change({ ...approve(asked, at), version: 2 }, 1)]);
    await rig.store.save([change({ ...open(asked, at), version: 3 }, 2)]);
    Object.assign(rig.deps.rules, { policies: [{ name: 'strict', stepUp: 'signIn' }] });
    const { page, complaints, close } = await look({ size, scheme, isSignedIn: true });
    await page
      .getByRole('row', { name: new RegExp(more.machineName) })
      .getByRole('button', { name: 'Close now' })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Close now' }).click();
    await dialog.getByRole('alert').waitFor();
    // Said where it is mended, and not again behind it.
    expect(await page.locator('td output').allTextContents()).not.toContainEqual(expect.stringContaining('sign-in'));
    const { violations } = await new AxeBuilder({ page }).include('dialog[open]').analyze();
    expect(violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html.slice(0, 120)}`)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    if (process.env.PICTURES_TO)
      await page.screenshot({ path: `${process.env.PICTURES_TO}/anew-${size.width}-${scheme}.png` });
    await dialog.getByRole('button', { name: 'Sign in anew' }).click();
    await page.getByRole('button', { name: ADA.name }).click();
    await page.getByRole('heading', { name: 'Now' }).waitFor();
    expect(complaints.filter((one) => !one.includes('403'))).toEqual([]);
    await close();
  });
});
