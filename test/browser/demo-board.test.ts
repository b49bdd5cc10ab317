import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithBoard } from '../../simulators/demo/serve.ts';
import { startOidcSimulator } from '../../simulators/oidc/index.ts';
import { startPage } from '../../simulators/page/server.ts';
import { people } from '../../simulators/world.ts';
import { findChromium, skipBrowser } from './chromium.ts';

const MOST_TRIES = 15;
const AGAIN_MS = 2_000;

let browser: Browser;
let url = '';
const stops: (() => Promise<void>)[] = [];

describe.skipIf(skipBrowser)('the board of the demo, in a real browser', () => {
  beforeAll(async () => {
    const provider = await startOidcSimulator();
    stops.push(() => provider.stop());
    const folder = join(mkdtempSync(join(tmpdir(), 'demo-board-')), 'demo');
    const { demo, boardUrl } = await startWithBoard(provider, {
      folder,
      appendfsync: 'everysec',
      azureBackend: 'defender',
    });
    stops.push(() => demo.stop());
    const page = await startPage({ ...demo.services, boardUrl });
    stops.push(() => page.stop());
    url = page.url;
    const { executablePath, args, env } = await findChromium();
    browser = await chromium.launch({ executablePath, args, ...(env ? { env } : {}) });
    stops.push(() => browser.close());
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it('is behind one link, with a quarter in it for whoever sees everything', async () => {
    const context = await browser.newContext({
      ...{ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' },
      viewport: { width: 1440, height: 900 },
    });
    const demo = await context.newPage();
    await demo.goto(url);
    const [board] = await Promise.all([
      context.waitForEvent('page'),
      demo.getByRole('link', { name: 'The board' }).click(),
    ]);
    await signIn(board);
    await board.getByRole('heading', { name: 'Now' }).waitFor();
    await board.getByRole('link', { name: 'Exposure' }).click();
    await board.getByRole('button', { name: '90 days' }).click();
    const leases = board.locator('.tile', { hasText: 'Leases that were open' });
    await expect
      .poll(async () => Number((await leases.innerText()).match(/[\d,]{5}/)?.[0].replace(',', '')))
      // Which of the first day are within ninety days depends on the hour.
      .toBeGreaterThan(2_800);
    if (process.env.UPDATE_PICTURES) {
      await board.locator('.chart canvas').nth(3).waitFor();
      await board.screenshot({ path: fileURLToPath(new URL('../../docs/board.png', import.meta.url)) });
    }
    await board.getByRole('link', { name: 'History' }).click();
    await board.locator('tbody a').first().click();
    await board.getByRole('heading', { name: 'Proof' }).waitFor();
    await context.close();
  });
});

/** As it says: a program that has just started may not know for some seconds whether Redis went back in time. */
async function signIn(board: Page): Promise<void> {
  const first = board.url();
  const someone = board.getByRole('button', { name: people.security.name });
  const notYet = board.getByText('does not know yet');
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    await board.getByRole('button', { name: 'Sign in' }).click();
    await someone.or(notYet).first().waitFor();
    if (await someone.isVisible()) return someone.click();
    await board.waitForTimeout(AGAIN_MS);
    await board.goto(first);
  }
  throw new Error('nobody could sign in');
}
