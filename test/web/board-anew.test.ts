import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestBrowser } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';
import { approve, change, open, pending } from '../conformance/fixtures.ts';
import { ORIGIN, type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA } = people;
const BOARD = `${ORIGIN}/board`;
const ANEW_MS = 10 * 60_000;
let rig: PagesRig;
let ada: string;

beforeEach(async () => {
  rig = await pagesRig();
  await rig.links.keep({ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name, at: 1 });
  ada = (await rig.deps.directory.person('teams', ADA.entraId))?.id ?? '';
  const { at } = await rig.store.now();
  for (const [id, requester, policies] of [
    ['aaaaaaa', { id: ada, name: 'Ada Okafor' }, ['strict']],
    ['bbbbbbb', { id: 'otto', name: 'Otto' }, ['strict']],
    ['ccccccc', { id: 'otto', name: 'Otto' }, ['loose']],
  ] as const) {
    const asked = pending(id, at, { requester, policies });
    await rig.store.save([change(asked, 0)]);
    await rig.store.save([change({ ...approve(asked, at), version: 2 }, 1)]);
    await rig.store.save([change({ ...open(asked, at), version: 3 }, 2)]);
  }
  const policies = [{ name: 'strict', stepUp: 'signIn' }, { name: 'loose' }];
  Object.assign(rig.deps.rules, { security: [`person:${ada}`], protectors: [`person:${ada}`], policies });
});
afterEach(() => rig.stop());

async function signedIn(): Promise<TestBrowser> {
  const browser = rig.browser();
  await browser.press(await browser.press(await browser.open(BOARD), 'Sign in'), ADA.name);
  return browser;
}

const meOf = async (browser: TestBrowser) =>
  JSON.parse((await browser.open(`${BOARD}/api/me`)).html) as { form: string };

async function act(browser: TestBrowser, what: string, fields: Readonly<Record<string, string>>) {
  const { form } = await meOf(browser);
  const page = await browser.send(`${BOARD}/api/${what}`, new URLSearchParams({ form, ...fields }), BOARD);
  return JSON.parse(page.html) as { readonly code?: string; readonly said?: string };
}

/** As the page sends it, from the dialog that was refused. */
async function anew(browser: TestBrowser, form?: string) {
  const fields = new URLSearchParams({ form: form ?? (await meOf(browser)).form, path: '/board/history' });
  return browser.send(`${BOARD}/sign-in-anew`, fields, BOARD);
}

it('closing for others needs a fresh sign-in where their policy demands one, and their own nothing', async () => {
  const browser = await signedIn();
  expect((await act(browser, 'close', { request: 'bbbbbbb' })).code).toBe('boardAnew');
  expect((await rig.store.load('bbbbbbb')).request?.status).toBe('active');
  expect((await act(browser, 'close', { request: 'ccccccc' })).said).toContain('is being closed');
  expect((await act(browser, 'close', { request: 'aaaaaaa' })).said).toContain('is being closed');
  // With a form of the session alone.
  expect((await anew(browser, 'x')).status).toBe(403);
  await browser.press(await anew(browser), ADA.name);
  expect(browser.visited.at(-1)).toBe(`${BOARD}/history`);
  expect((await act(browser, 'close', { request: 'bbbbbbb' })).said).toContain('is being closed');
});

it('protecting needs one where any policy demands one, for ten minutes', async () => {
  const browser = await signedIn();
  const machine = 'aws:123456789012:eu-west-1:i-00000000000000001';
  expect((await act(browser, 'protect', { machine })).code).toBe('boardAnew');
  await browser.press(await anew(browser), ADA.name);
  expect((await act(browser, 'protect', { machine })).code).not.toBe('boardAnew');
  rig.pass(ANEW_MS);
  expect((await act(browser, 'protect', { machine })).code).toBe('boardAnew');
  expect((await act(browser, 'close', { request: 'bbbbbbb' })).code).toBe('boardAnew');
});
