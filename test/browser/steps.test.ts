import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people } from '../../simulators/world.ts';
import { freePort } from '../redis/free-port.ts';
import { linkIn, type PagesRig, pagesRig } from '../web/rig.ts';
import { findChromium, skipBrowser } from './chromium.ts';

const { requester: ADA } = people;

let rig: PagesRig;
let browser: Browser;
let origin = '';

/** The narrowest screen, and nothing that runs. */
async function open(colorScheme: 'light' | 'dark', complaints: string[] = []): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 320, height: 640 },
    colorScheme,
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return page;
}

const overflow = (page: Page) =>
  page
    .locator('main')
    .evaluate(
      (main) => main.ownerDocument.documentElement.scrollWidth - main.ownerDocument.documentElement.clientWidth,
    );

describe.skipIf(skipBrowser)('the pages, in a real browser without scripts', () => {
  beforeAll(async () => {
    const port = await freePort();
    // The provider is at 127.0.0.1: another site, as in life.
    origin = `http://localhost:${port}`;
    rig = await pagesRig({ origin, port });
    const { executablePath, args, env } = await findChromium();
    browser = await chromium.launch({ executablePath, args, ...(env ? { env } : {}) });
  });
  afterAll(async () => {
    await browser?.close();
    await rig?.stop();
  });

  it.each(['light', 'dark'] as const)('link an account with the keyboard alone, at 320 pixels, %s', async (scheme) => {
    const complaints: string[] = [];
    const page = await open(scheme, complaints);
    const link = linkIn(await rig.says(ADA.slackId, 'link'));
    expect(link.startsWith(origin)).toBe(true);
    await page.goto(link);
    expect(await page.locator('h1').textContent()).toBe('Link your Slack account');
    expect(await overflow(page)).toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: ADA.name }).click();
    await page.waitForURL(/\/done$/);
    expect(await overflow(page)).toBe(0);
    const code = (await page.locator('.code').textContent()) ?? '';
    expect(await rig.says(ADA.slackId, code.replace('/jit ', ''))).toContain('is linked to Ada Okafor');
    await rig.says(ADA.slackId, 'unlink');
    const colour = await page
      .locator('main')
      .evaluate((main) => main.ownerDocument.defaultView?.getComputedStyle(main).backgroundColor);
    expect(colour).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(23, 26, 32)');
    // Its own style is let in by the policy of the page, and nothing is asked for besides.
    expect(complaints.filter((line) => !line.includes('favicon'))).toEqual([]);
    await page.context().close();
  });

  it('are framed by nobody, and take no form of another site', async () => {
    const link = linkIn(await rig.says(ADA.slackId, 'link'));
    const page = await open('light');
    await page.goto(link);
    const seal = (await page.locator('input[name=form]').getAttribute('value')) ?? '';
    await page.route(`${rig.oidc.issuer}/evil`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${link}"></iframe><form method="post" action="${link}"><input name="form" value="${seal}"><button>Win a prize</button></form>`,
      }),
    );
    await page.goto(`${rig.oidc.issuer}/evil`);
    const framed = await page.frames()[1]?.locator('h1').count();
    expect(framed ?? 0).toBe(0);
    await page.getByRole('button', { name: 'Win a prize' }).click();
    await page.getByText('This form was not sent from its own page').waitFor();
    await page.goto(link);
    expect(await page.locator('h1').textContent()).toBe('Link your Slack account');
    await page.context().close();
  });
});
