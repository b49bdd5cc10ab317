import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestBrowser } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';
import { approve, change, end, machine, open, pending } from '../conformance/fixtures.ts';
import { linkIn, ORIGIN, type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA, outsider: OTTO } = people;
const BOARD = `${ORIGIN}/board`;
/** Every field of somebody else's that says something, with a word that stands nowhere else. */
const OTHERS = {
  requester: { id: 'veiled-person', name: 'Veiled Name' },
  justification: 'veiled reason',
  source: '198.51.100.99/32',
  machineName: 'veiled-machine',
  policies: ['veiled-policy'],
} as const;
const TOLD = [/veiled/i, /198\.51\.100\.99/, /hiddena/, /hiddenb/, /hiddenc/];

/** Each address that answers, with filters that would find what is not theirs. */
const ROUTES = [
  '/api/now',
  '/api/history',
  '/api/timeline',
  '/api/exposure',
  '/api/names',
  '/api/machines',
  '/leases.csv',
  '/api/me',
];
const FILTERS = ['', '?q=veiled', '?person=veiled-person', '?machine=veiled-machine', '?policy=veiled-policy'];
const LEASES = ['hiddena', 'hiddenb', 'hiddenc'].map((id) => `/api/lease/${id}`);

let rig: PagesRig;
let ada: string;
beforeEach(async () => {
  rig = await pagesRig();
  for (const { slackId: slack, entraId: entra, name } of [ADA, OTTO])
    await rig.links.keep({ slack, entra, name, at: 1 });
  ada = (await rig.deps.directory.person('teams', ADA.entraId))?.id ?? '';
  const { at } = await rig.store.now();
  // One is open, one is over, one waits.
  const [a, b, c] = ['hiddena', 'hiddenb', 'hiddenc'].map((id, i) =>
    pending(id, at, { ...OTHERS, machine: machine(i + 2) }),
  ) as [ReturnType<typeof pending>, ReturnType<typeof pending>, ReturnType<typeof pending>];
  await rig.store.save([a, b, c].map((one) => change(one, 0)));
  for (const one of [a, b]) {
    await rig.store.save([change({ ...approve(one, at), version: 2 }, 1)]);
    await rig.store.save([change({ ...open(one, at), version: 3 }, 2)]);
  }
  await rig.store.save([change({ ...end(open(b, at), at + 1_000), version: 4 }, 3)]);
});
afterEach(() => rig.stop());

async function byLink(): Promise<TestBrowser> {
  const browser = rig.browser();
  await browser.press(await browser.open(linkIn(await rig.says(ADA.slackId, 'board'))), 'Open the board');
  return browser;
}

async function answers(
  browser: TestBrowser,
): Promise<ReadonlyMap<string, { readonly status: number; readonly text: string }>> {
  const all = [...ROUTES.flatMap((route) => FILTERS.map((filter) => `${route}${filter}`)), ...LEASES];
  const found = new Map<string, { readonly status: number; readonly text: string }>();
  for (const path of all) {
    const { status, html } = await browser.open(`${BOARD}${path}`);
    // The ID that somebody asked for may be said again.
    const asked = LEASES.includes(path) ? (path.split('/').at(-1) ?? '') : undefined;
    found.set(path, { status, text: asked === undefined ? html : html.replaceAll(asked, 'ASKED') });
  }
  return found;
}

const telling = (all: Awaited<ReturnType<typeof answers>>) =>
  [...all].filter(([, { text }]) => TOLD.some((word) => word.test(text))).map(([path]) => path);

describe('what is not theirs', () => {
  it('is looked for at every address that the board answers at', () => {
    const text = readFileSync(new URL('../../src/web/board-api.ts', import.meta.url), 'utf8');
    const [, table = ''] = /const ASKS[^{]*= \{\n(.*?)\n\};/s.exec(text) ?? [];
    const names = [...table.matchAll(/^ {2}'?([\w/:]+)'?:/gm)].map(([, name = '']) => `/api/${name}`);
    expect(names).toContain('/api/now');
    for (const name of names) expect([...ROUTES, '/api/lease/:id']).toContain(name);
  });

  it('is told in no field, at no address, with no filter, to somebody without rights', async () => {
    const browser = await byLink();
    const all = await answers(browser);
    expect(telling(all)).toEqual([]);
    // Nor whether there is such a request at all.
    const none = await browser.open(`${BOARD}/api/lease/zzzzzzz`);
    for (const path of LEASES)
      expect(all.get(path)).toEqual({ status: none.status, text: none.html.replaceAll('zzzzzzz', 'ASKED') });
  });

  it('is told to nobody without a session', async () => {
    const all = await answers(rig.browser());
    expect(telling(all)).toEqual([]);
    expect([...all].filter(([, { status }]) => status < 400).map(([path]) => path)).toEqual([]);
  });

  it('is told to whom `security` names: it was there to be told', async () => {
    Object.assign(rig.deps.rules, { security: [`person:${ada}`] });
    const told = telling(await answers(await byLink()));
    for (const path of ['/api/now', '/api/history', '/api/timeline', '/leases.csv', ...LEASES])
      expect(told).toContain(path);
  });
});
