import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBrowser, textOf } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';
import { approve, change, end, machine, open, pending } from '../conformance/fixtures.ts';
import { linkIn, ORIGIN, type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA, outsider: OTTO } = people;
const BOARD = `${ORIGIN}/board`;
const OPEN = 'Open the board';
let rig: PagesRig;
let ada: string;
let otto: string;

beforeEach(async () => {
  rig = await pagesRig();
  for (const { slackId: slack, entraId: entra, name } of [ADA, OTTO])
    await rig.links.keep({ slack, entra, name, at: 1 });
  [ada = '', otto = ''] = await Promise.all([ADA, OTTO].map(idOf));
  await leases();
});
afterEach(() => rig.stop());

async function idOf({ entraId }: { readonly entraId: string }) {
  return (await rig.deps.directory.person('teams', entraId))?.id ?? '';
}

/** One of Ada's is open, one of Otto's is over, and one of Otto's waits. */
async function leases() {
  const { at } = await rig.store.now();
  const [a, b, c] = [
    pending('aaaaaaa', at, { requester: { id: ada, name: 'Ada Okafor' } }),
    pending('bbbbbbb', at, { requester: { id: otto, name: 'Otto' }, machineName: '=cmd|x', machine: machine(2) }),
    pending('ccccccc', at, { requester: { id: otto, name: 'Otto' }, policies: ['others'] }),
  ];
  await rig.store.save([a, b, c].map((one) => change(one, 0)));
  for (const [one, last] of [
    [a, undefined],
    [b, end(open(b, at), at + 1_000)],
  ] as const) {
    await rig.store.save([change({ ...approve(one, at), version: 2 }, 1)]);
    await rig.store.save([change({ ...open(one, at), version: 3 }, 2)]);
    if (last) await rig.store.save([change({ ...last, version: 4 }, 3)]);
  }
}

const read = async (browser: TestBrowser, path: string) => {
  const page = await browser.open(`${BOARD}${path}`);
  return { status: page.status, body: JSON.parse(page.html) };
};
const idsIn = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).toSorted();

/** Through a link from chat: it only reads. */
async function byLink(slackId = ADA.slackId): Promise<TestBrowser> {
  const browser = rig.browser();
  await browser.press(await browser.open(linkIn(await rig.says(slackId, 'board'))), OPEN);
  return browser;
}

/** Through the sign-in of the organization. */
async function signedIn(
  who: { readonly entraId: string; readonly name: string } = ADA,
  path = '',
): Promise<TestBrowser> {
  const browser = rig.browser();
  const provider = await browser.press(await browser.open(`${BOARD}${path}`), 'Sign in');
  await browser.press(provider, who.name);
  return browser;
}

/** As the page sends it: with its own origin, and the form of the session. */
async function act(browser: TestBrowser, what: string, fields: Readonly<Record<string, string>>, from = BOARD) {
  const { body: me } = await read(browser, '/api/me');
  const page = await browser.send(`${BOARD}/api/${what}`, new URLSearchParams({ form: me.form, ...fields }), from);
  return { status: page.status, body: JSON.parse(page.html) };
}

const may = (key: 'security' | 'readers', value: unknown) => Object.assign(rig.deps.rules, { [key]: value });
const reads = async () =>
  (await rig.audit.read(undefined, 100))
    .map(({ record }) => JSON.parse(record))
    .filter(({ event }) => event === 'read');

describe('the board, by a link from chat', () => {
  it('is opened by the button, once, and shows what is the person’s own', async () => {
    const link = linkIn(await rig.says(ADA.slackId, 'board'));
    const browser = rig.browser();
    const page = await browser.open(link);
    expect(textOf(page)).toContain('You are / Ada Okafor');
    // Looked at by a scanner, it stays good.
    await rig.browser().open(link);
    const after = await browser.press(page, OPEN);
    expect([after.status, after.html]).toEqual([200, expect.stringContaining('the board')]);
    const { body } = await read(browser, '/api/now');
    expect([idsIn(body.open), idsIn(body.waiting)]).toEqual([['aaaaaaa'], []]);
    expect((await rig.browser().press(page, OPEN)).status).toBe(403);
    expect((await browser.press(page, OPEN)).status).toBe(409);
  });

  it('only reads: closing and protecting are refused, and say what to do', async () => {
    const browser = await byLink();
    const { body: me } = await read(browser, '/api/me');
    expect(me).toMatchObject({ mayAct: false, reads: 'own', name: 'Ada Okafor' });
    const refused = await act(browser, 'close', { request: 'aaaaaaa' });
    expect([refused.status, refused.body.code]).toEqual([403, 'boardReads']);
    expect((await act(browser, 'protect', { machine: machine(1) })).body.code).toBe('boardReads');
    expect((await rig.store.load('aaaaaaa')).request?.status).toBe('active');
  });

  it('is over after half an hour, when it is left, and when the person is disabled', async () => {
    const browser = await byLink();
    rig.pass(30 * 60_000);
    expect((await read(browser, '/api/now')).body.code).toBe('boardOver');
    const other = await byLink();
    expect((await read(other, '/api/now')).status).toBe(200);
    const { body: me } = await read(other, '/api/me');
    await other.send(`${BOARD}/leave`, new URLSearchParams({ form: me.form }), BOARD);
    expect((await read(other, '/api/now')).status).toBe(401);
    const third = await byLink();
    rig.entra.set(ADA.entraId, { id: ADA.entraId, name: ADA.name, disabled: true, guest: false, groups: [] });
    rig.pass(3_600_000 / 2 - 60_000);
    expect((await read(third, '/api/now')).status).toBe(401);
    expect((await third.open(BOARD)).status).toBe(401);
  });

  it('is void for whom it was not sent to, and after the next one', async () => {
    const first = linkIn(await rig.says(ADA.slackId, 'board'));
    await rig.says(ADA.slackId, 'board');
    expect((await rig.browser().open(first)).status).toBe(409);
    expect(await rig.says('U0NOBODY', 'board')).not.toContain('/board/open');
  });
});

describe('the board, by signing in', () => {
  it('comes back to the address that was asked for, and to no other server', async () => {
    const browser = await signedIn(ADA, '/history?q=web-1');
    expect(browser.visited.at(-1)).toBe(`${BOARD}/history?q=web-1`);
    const { body } = await read(browser, '/api/me');
    expect(body).toMatchObject({ mayAct: true, name: 'Ada Okafor' });
    const other = rig.browser();
    const door = await other.open(BOARD);
    const form = /name="form" value="([^"]+)"/.exec(door.html)?.[1] ?? '';
    const fields = new URLSearchParams({ form, path: '//evil.example/board' });
    const provider = await other.send(`${BOARD}/sign-in`, fields, BOARD);
    await other.press(provider, ADA.name);
    expect(other.visited.at(-1)).toBe(BOARD);
  });

  it('closes what is theirs, with a form of the session and from this page alone', async () => {
    const browser = await signedIn();
    expect((await act(browser, 'close', { request: 'aaaaaaa', form: 'x' })).body.code).toBe('formForeign');
    expect((await act(browser, 'close', { request: 'aaaaaaa' }, 'https://evil.example/')).body.code).toBe(
      'formForeign',
    );
    const others = await act(browser, 'close', { request: 'ccccccc' });
    expect(others.body.code).toBe('notCloser');
    const done = await act(browser, 'close', { request: 'aaaaaaa', reason: 'done early' });
    expect([done.status, done.body.said]).toEqual([200, 'Access to web-1 is being closed.']);
    expect((await rig.store.load('aaaaaaa')).request).toMatchObject({ status: 'closing', ending: { why: 'revoked' } });
  });

  it('is refused to an account that Drawbridge does not know', async () => {
    rig.entra.delete(OTTO.entraId);
    const browser = rig.browser();
    const provider = await browser.press(await browser.open(BOARD), 'Sign in');
    expect((await browser.press(provider, OTTO.name)).status).toBe(403);
  });
});

describe('where there is no board, or no sign-in', () => {
  it('says so, and what to do', async () => {
    const browser = rig.browser();
    const door = await browser.open(BOARD);
    Object.assign(rig.deps, { browser: undefined, board: undefined });
    // What is pressed on an old page: boardNoSignIn.
    expect(textOf(await browser.press(door, 'Sign in'))).toContain(
      'Nobody can sign in to the board with an account here',
    );
    expect(await rig.says(ADA.slackId, 'board')).toContain('There is no board here. `/jit list` shows what is open');
  });
});

describe('who reads what on the board', () => {
  it('is their own; `security` everything; readers by policy, row by row', async () => {
    const browser = await byLink();
    expect(idsIn((await read(browser, '/api/history')).body.rows)).toEqual([]);
    may('readers', [{ who: [`person:${ada}`], policies: ['others'] }]);
    expect(idsIn((await read(browser, '/api/now')).body.waiting)).toEqual(['ccccccc']);
    expect(idsIn((await read(browser, '/api/history')).body.rows)).toEqual([]);
    may('security', [`person:${ada}`]);
    expect(idsIn((await read(browser, '/api/history')).body.rows)).toEqual(['bbbbbbb']);
    expect((await read(browser, '/api/me')).body.reads).toBe('everything');
  });

  it('hides one request as if there were none', async () => {
    const browser = await byLink();
    expect((await read(browser, '/api/lease/bbbbbbb')).body.code).toBe('unknownRequest');
    expect((await read(browser, '/api/lease/zzzzzzz')).body.code).toBe('unknownRequest');
    const { body } = await read(browser, '/api/lease/aaaaaaa');
    expect(body.facts).toContainEqual(['Machine', 'web-1']);
    expect(body.moments.map(({ event }: { event: string }) => event)).toContain('approved');
  });

  it('is in the audit: one entry for each filter of a session, and none for what is one’s own', async () => {
    const browser = await byLink();
    await read(browser, '/api/now');
    expect(await reads()).toEqual([]);
    may('security', [`person:${ada}`]);
    for (const _ of [1, 2, 3]) await read(browser, '/api/history');
    expect(await reads()).toHaveLength(1);
    await read(browser, '/api/history?q=cmd');
    await read(browser, '/api/lease/bbbbbbb');
    const entries = await reads();
    expect(entries).toHaveLength(3);
    expect(entries[1]).toMatchObject({ by: ada, as: 'reader', outcome: 'done' });
    expect(entries[1].why).toContain('text cmd');
    expect(entries[2]).toMatchObject({ request: 'bbbbbbb' });
  });

  it('is shown nothing of others while the audit cannot be written', async () => {
    const browser = await byLink();
    may('security', [`person:${ada}`]);
    const { record } = rig.audit;
    Object.assign(rig.deps.audit, {
      record: async () => {
        throw new Error('full');
      },
    });
    expect((await read(browser, '/api/history')).body.code).toBe('auditSilent');
    Object.assign(rig.deps.audit, { record });
    expect((await read(browser, '/api/history')).status).toBe(200);
    expect(await reads()).toHaveLength(1);
  });
});

describe('what the board hands out', () => {
  it('is a file for spreadsheets in which nothing is a formula', async () => {
    may('security', [`person:${ada}`]);
    const browser = await byLink();
    const page = await browser.open(`${BOARD}/leases.csv`);
    expect(page.headers.get('content-disposition')).toContain('attachment');
    const lines = page.html.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(page.html).toContain(`"'=cmd|x"`);
    expect(page.html).not.toMatch(/(?:^|,)"[=+@-]/m);
  });

  it('has a strict policy, is framed by nobody, and its files are kept for ever', async () => {
    const browser = await byLink();
    const page = await browser.open(`${BOARD}/lease/aaaaaaa`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    const file = await browser.open(`${BOARD}/assets/a.js`);
    expect(file.headers.get('cache-control')).toContain('immutable');
    expect((await browser.open(`${BOARD}/assets/..%2fb.js`)).status).toBe(404);
    await browser.open(`${BOARD}/?q=web-1`);
    expect(browser.visited.at(-1)).toBe(`${BOARD}?q=web-1`);
  });

  it('is kept up to date: a word at once, and one after a change', async () => {
    const browser = await byLink();
    const cookie = [...browser.cookies(BOARD)].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${rig.url}/board/events`, { headers: { cookie } });
    const reader = answer.body?.getReader();
    const next = async (word: string) => {
      let text = '';
      while (!text.includes(word)) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
        if (done) throw new Error(`it ended before ${word}: ${text}`);
        text += Buffer.from(value ?? []).toString();
      }
      return text;
    };
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    await next('event: changed');
    rig.pass(1_000);
    const { at } = await rig.store.now();
    await rig.store.save([change(pending('ddddddd', at), 0)]);
    // The clock of the rig stands still: what is new enough is so for ever.
    const pass = setInterval(() => rig.pass(1_000), 50);
    await next('event: changed');
    clearInterval(pass);
    await reader?.cancel();
    expect((await fetch(`${rig.url}/board/events`)).status).toBe(401);
  });

  it('says so while Redis is away', async () => {
    const browser = await byLink();
    rig.pass(1_000);
    const { JitError } = await import('../../src/core/errors/errors.ts');
    const away = async () => {
      throw new JitError('storeAway');
    };
    Object.assign(rig.deps, {
      store: new Proxy(rig.store, { get: (own, key) => (key === 'now' ? away : Reflect.get(own, key)) }),
    });
    const { status, body } = await read(browser, '/api/now');
    expect([status, body.code]).toEqual([503, 'storeAway']);
  });
});
