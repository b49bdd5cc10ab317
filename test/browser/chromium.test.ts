import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { writeStub } from '../redis/stub.ts';
import { findChromium, skipBrowser } from './chromium.ts';

const START_LIMIT_MS = 60_000;

describe('finding a Chromium', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
    vi.stubEnv('CHROMIUM_PATH', '');
    vi.stubEnv('PATH', folder);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the one of CHROMIUM_PATH before the one of PATH', async () => {
    writeStub(folder, 'chromium', '#!/bin/sh\n');
    writeStub(folder, 'mine', '#!/bin/sh\n');
    vi.stubEnv('CHROMIUM_PATH', join(folder, 'mine'));
    expect(await findChromium()).toMatchObject({ executablePath: join(folder, 'mine'), from: 'CHROMIUM_PATH' });
  });

  it('says in one line that the one of CHROMIUM_PATH does not start', async () => {
    vi.stubEnv('CHROMIUM_PATH', join(folder, 'absent'));
    await expect(findChromium()).rejects.toThrow(/^CHROMIUM_PATH names .*absent, which does not start: .*\.$/);
  });

  it('takes the one of PATH', async () => {
    writeStub(folder, 'chromium', '#!/bin/sh\n');
    expect(await findChromium()).toMatchObject({ executablePath: join(folder, 'chromium'), from: 'PATH' });
  });

  it('says in one line what to do where none can run', async () => {
    vi.spyOn(process, 'arch', 'get').mockReturnValue('arm64');
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(findChromium()).rejects.toThrow(/^No Chromium starts here: install one .*SKIP_BROWSER=1.*$/);
  });
});

describe.skipIf(skipBrowser)('the Chromium that was found', () => {
  it(
    'shows a page of loopback, is clicked and photographed, and reaches nothing else',
    async () => {
      const server = createServer((_, reply) => {
        reply.setHeader('content-type', 'text/html; charset=utf-8');
        reply.end(`<h1>Drawbridge</h1><button onclick="this.textContent='Open'">Closed</button>`);
      }).listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      const { from: _, ...found } = await findChromium();
      const browser = await chromium.launch(found);
      onTestFinished(() => browser.close());
      const page = await browser.newPage({ viewport: { width: 400, height: 200 } });

      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const closed = await page.screenshot();
      await page.getByRole('button', { name: 'Closed' }).click();
      expect(await page.getByRole('button').textContent()).toBe('Open');
      expect(await page.screenshot()).not.toEqual(closed);
      // Text is really drawn: without any font the heading would have no width.
      expect(
        await page.evaluate(
          "(() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('h1')); return r.getBoundingClientRect().width; })()",
        ),
      ).toBeGreaterThan(100);
      await expect(page.goto('http://drawbridge.example/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
    },
    START_LIMIT_MS,
  );
});
