import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { startPage } from '../../simulators/page/server.ts';
import { findChromium, skipBrowser } from './chromium.ts';

/** With SCREENSHOTS=1 the pictures in docs/ are taken anew. */
const SCREENSHOTS = process.env.SCREENSHOTS === '1';
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const WAIT = { timeout: 90_000 };

let demo: Demo;
let served: Awaited<ReturnType<typeof startPage>>;
let browser: Browser;
const complaints: string[] = [];

async function open(width: number, height: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(served.url);
  await page.getByTestId('slack-composer').waitFor(WAIT);
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  mkdirSync(DOCS, { recursive: true });
  await page.screenshot({ path: join(DOCS, name) });
}

// Side by side, as most of it is waiting for leases to end; but for pictures, which are to show one of them.
describe.skipIf(skipBrowser)('the page, in a real browser', { concurrent: !SCREENSHOTS }, () => {
  beforeAll(async () => {
    demo = await startDemo({
      folder: mkdtempSync(join(tmpdir(), 'drawbridge-page-')),
      shortest: '3s',
      azureMinimum: 0,
      isCompany: true,
      appendfsync: 'everysec',
    });
    const stage = new Stage(demo.services, () => {});
    for (const machine of ['web-1', 'jump-1', 'api-1', 'legacy-1', 'batch-1'])
      await stage.slack('security', `/jit protect ${machine} usual leaving`);
    stage.stop();
    served = await startPage({ ...demo.services, restartProgram: demo.killAndRestart });
    const found = await findChromium();
    browser = await chromium.launch({
      executablePath: found.executablePath,
      args: found.args,
      ...(found.env ? { env: found.env } : {}),
    });
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    await demo?.stop();
  });

  it.for([
    { cloud: 'azure', machine: 'web-1' },
    { cloud: 'aws', machine: 'api-1' },
  ])(
    'asks in Slack, approves in Teams, and sees the rule come and go ($cloud)',
    async ({ cloud, machine }, { expect }) => {
      const page = await open(1440, 900);
      const ours = page.locator(`[data-testid="rule-${cloud}"][data-ours="true"][data-machine="${machine}"]`);
      await expect.poll(() => ours.count()).toBe(0);

      await page
        .getByTestId('slack-composer')
        .fill(`/jit request ${machine} ssh for 25s because deploy of release 4711`);
      await page.getByTestId('slack-composer').press('Enter');
      const card = page.locator('.ac-adaptiveCard', { hasText: machine }).last();
      await card.getByRole('button', { name: 'Approve', exact: true }).click(WAIT);

      await ours.first().waitFor(WAIT);
      expect(await page.getByTestId('open-rules').innerText()).toContain(machine);
      // The card says so too, with the button for whoever does not get in.
      await page.locator('#slack').getByRole('button', { name: 'Why can’t I get in?' }).last().waitFor(WAIT);
      await picture(page, cloud === 'azure' ? 'demo.png' : 'demo-aws.png');

      await expect.poll(() => ours.count(), { timeout: 120_000 }).toBe(0);
      // Not in the guide, which says so from the beginning.
      await page.locator('#slack').getByText(`access to ${machine} has ended`).last().waitFor(WAIT);
      await picture(page, `demo-${cloud}-closed.png`);
      await page.close();
      expect(complaints).toEqual([]);
    },
  );

  it('sends the whole line where Enter comes while it is still being typed, and keeps the story when it is loaded again', async ({
    expect,
  }) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(served.url);
    await page.getByRole('button', { name: 'More to try' }).click(WAIT);
    await page.getByRole('button', { name: 'Before you ask' }).click();
    await page.getByTestId('slack-composer').press('Enter');
    await page.locator('#slack').getByText('jump-hosts').last().waitFor(WAIT);
    await page.getByTestId('slack-person').selectOption('sam');
    await page.reload();
    await page.getByTestId('slack-composer').waitFor(WAIT);
    expect(await page.getByTestId('slack-person').inputValue()).toBe('sam');
    await page.close();
  });

  it('shows two stages, each with a person of its own', async ({ expect }) => {
    const page = await open(1440, 900);
    const [slack, teams] = [page.locator('#slack'), page.locator('#teams')];
    const composer = page.getByTestId('slack-composer');
    await composer.fill('/jit request jump-1 ssh for 20s because a look at the queue');
    await composer.press('Enter');
    await slack.getByText('stage 1 of 2').last().waitFor(WAIT);
    const card = teams.locator('.ac-adaptiveCard', { hasText: 'jump-1' }).last();
    await card.getByRole('button', { name: 'Approve', exact: true }).click(WAIT);
    // The second stage is for security: Sam, in his own chat.
    await page.getByTestId('teams-person').selectOption('sam');
    await teams
      .locator('.ac-adaptiveCard', { hasText: 'jump-1' })
      .last()
      .getByRole('button', { name: 'Approve', exact: true })
      .click(WAIT);
    await slack.getByText('jump-1 is open').last().waitFor(WAIT);
    await page.close();
    expect(complaints).toEqual([]);
  });

  it('offers less in the box of a card in Teams, which is accepted in Slack', async ({ expect }) => {
    const page = await open(1440, 900);
    const [slack, teams] = [page.locator('#slack'), page.locator('#teams')];
    await page.getByTestId('slack-composer').fill('/jit request batch-1 ssh for 40s because the nightly batch');
    await page.getByTestId('slack-composer').press('Enter');
    const card = teams.locator('.ac-adaptiveCard', { hasText: 'batch-1' }).first();
    const less = card.getByRole('button', { name: 'Approve for less', exact: true });
    const soon = { timeout: 2000 };
    // Teams fetches the card anew for whoever is to decide, and what was unfolded before is folded again.
    await vi.waitFor(async () => {
      if (!(await less.isVisible())) await card.getByRole('button', { name: 'Deny or ask…' }).click(soon);
      await card.locator('textarea').last().fill('22 for 20s', soon);
      await less.click(soon);
    }, WAIT);
    // In Ada's own chat: others may not press it.
    await slack.getByRole('button', { name: /^Drawbridge/ }).click();
    await slack.getByRole('button', { name: 'Accept offer' }).last().click(WAIT);
    // Its card is posted once it is open, where that takes less than a second.
    await slack.getByText('Access to batch-1: open').last().waitFor(WAIT);
    await page.close();
    expect(complaints).toEqual([]);
  });

  it('lets an engineer break the glass, and says so everywhere', async ({ expect }) => {
    const page = await open(1440, 900);
    const composer = page.getByTestId('slack-composer');
    await composer.fill('/jit break-glass legacy-1 ssh for 20s because everything is down');
    await composer.press('Enter');
    await page.locator('#slack').getByRole('button', { name: 'I know that everybody is told' }).last().click(WAIT);
    await page.locator('#slack').getByText('legacy-1 is open').last().waitFor(WAIT);
    await page.locator('#teams').getByText('Break-glass access to legacy-1: open').waitFor(WAIT);
    await picture(page, 'demo-break-glass.png');
    await page.close();
    expect(complaints).toEqual([]);
  });

  it('says on one narrow screen why a machine is open although a rule seems to close it', async ({ expect }) => {
    const page = await open(320, 700);
    await page.getByRole('button', { name: 'Slack', exact: true }).first().click();
    await page.getByTestId('slack-composer').fill('/jit why build-1 22 from 203.0.113.7');
    await page.getByTestId('slack-composer').press('Enter');
    const answer = page.locator('#slack').getByText('does not deny it, as it is for the destination').last();
    await answer.waitFor(WAIT);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await picture(page, 'demo-why.png');
    await page.close();
    expect(complaints).toEqual([]);
  });

  it('fits a phone, and the dark', async ({ expect }) => {
    const page = await open(390, 844, 'dark');
    for (const [name, pane] of Object.entries({ Teams: '.teams', Clouds: '.clouds', Slack: '.slack' })) {
      await page
        .getByRole('button', { name, exact: name !== 'Clouds' })
        .first()
        .click();
      expect(await page.locator('main > *:visible').count(), name).toBe(1);
      expect(await page.locator(pane).isVisible(), name).toBe(true);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, name).toBeLessThanOrEqual(0);
    }
    await picture(page, 'demo-phone.png');
    await page.close();
    const dark = await open(1440, 900, 'dark');
    await picture(dark, 'demo-dark.png');
    await dark.close();
    expect(complaints).toEqual([]);
  });

  // Alone: Slack has one modal in front of a person, and nobody types behind it, in no page of theirs.
  it('has a form that follows the machine, and a page for each person', { concurrent: false }, async ({ expect }) => {
    const page = await open(1440, 900);
    const slack = page.locator('#slack');
    await page.getByTestId('slack-composer').fill('/jit request');
    await page.getByTestId('slack-composer').press('Enter');
    const machine = slack.getByLabel('Machine');
    await machine.selectOption(await machine.getByText('jump-1').getAttribute('value', WAIT), WAIT);
    await slack.getByText('Then group security.').waitFor(WAIT);
    await slack.getByLabel('Justification').fill('a look');
    await machine.selectOption(await machine.getByText('db-1').getAttribute('value'));
    await slack.getByRole('button', { name: 'Ask a protector' }).click(WAIT);
    await slack.getByText('to protect db-1').waitFor(WAIT);
    expect(await slack.getByLabel('Justification').inputValue()).toBe('a look');
    await slack.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'More to try' }).click();
    await page.getByRole('button', { name: 'A page for each person' }).click();
    await slack.getByRole('button', { name: 'Recommendations' }).first().waitFor(WAIT);
    await picture(page, 'demo-home.png');
    await page.close();
    expect(complaints).toEqual([]);
  });
});
