import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packFiles, packOf } from '../../src/core/evidence/pack.ts';
import { packPage } from '../../src/core/evidence/pack-page.ts';
import type { ChainedEntry } from '../../src/core/evidence/population.ts';
import { findChromium, skipBrowser } from './chromium.ts';
import { NAMES } from './hostile-rows.ts';

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 6, 1);
const VERDICT = {
  ...{ records: 9, first: 1, end: undefined, signed: 999, keys: new Set(['k'.repeat(300)]), receipts: 0, lost: 0 },
  ...{ erased: 0, sealed: 0, faults: [], remarks: [], unlisted: { faults: 0, remarks: 0 }, anchored: 0 },
};

/** An access of each name that was opened and never closed: each of them is listed as an exception. */
function hostilePage(): string {
  const events = NAMES.flatMap((name, i) =>
    ['asked', 'approved', 'opened'].map((event, step) => ({
      at: FROM + (i * 3 + step) * 60_000,
      row: {
        ...{ event, outcome: 'done', request: `r${i}`, requester: `p${i}`, requesterName: name, machineName: name },
        ...{ machine: `aws:1:eu:${name.slice(0, 40)}`, words: name, until: new Date(FROM + 2 * HOUR).toISOString() },
      },
    })),
  );
  const last = { at: FROM + 99 * HOUR, row: { event: 'start', outcome: 'done' } };
  const entries: readonly ChainedEntry[] = [...events, last].map(({ at, row }, i) => ({
    ...{ index: i + 1, at, row: { ...row, time: new Date(at).toISOString() } },
  }));
  const settings = { installation: NAMES[0], from: FROM, to: FROM + 24 * HOUR, verdict: VERDICT };
  const pack = packOf(entries, settings);
  return packPage(pack, packFiles(pack));
}

describe.skipIf(skipBrowser)('the page of a pack with hostile names, in a real browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    const { executablePath, args, env } = await findChromium();
    browser = await chromium.launch({ executablePath, args, ...(env ? { env } : {}) });
  });
  afterAll(() => browser?.close());

  it.each([320, 390, 1440].flatMap((width) => (['light', 'dark'] as const).map((scheme) => [width, scheme] as const)))(
    'is whole, and axe finds nothing: %i pixels, %s',
    async (width, scheme) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      // With a policy of its own, as it is opened from a folder.
      await page.route('http://localhost/pack.html', (route) =>
        route.fulfill({ contentType: 'text/html; charset=utf-8', body: hostilePage() }),
      );
      await page.goto('http://localhost/pack.html');
      if (process.env.PICTURES_TO)
        await page.screenshot({ path: `${process.env.PICTURES_TO}/pack-${width}-${scheme}.png`, fullPage: true });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`)).toEqual([]);
      const found = await page.evaluate(() => ({
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ran: 'ran' in window,
        markup: document.querySelectorAll('main img, main script').length,
        text: document.body.innerText,
      }));
      expect(found).toMatchObject({ over: 0, ran: false, markup: 0 });
      expect(found.text).toContain('<img src=x');
      expect(found.text).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]/u);
      expect(found.text).toContain('Accesses with an exception');
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
