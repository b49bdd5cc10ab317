import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenFlaw } from '../../simulators/oidc/model.ts';
import { type Shown, type TestBrowser, textOf } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';
import { entriesOf } from '../app/audited.ts';
import { linkIn, ORIGIN, type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA, outsider: OTTO } = people;
const PRESS = 'This is me';
let rig: PagesRig;
beforeEach(async () => {
  rig = await pagesRig();
});
afterEach(() => rig.stop());

const begin = async (slackId = ADA.slackId) => linkIn(await rig.says(slackId, 'link'));

/** From the link to the page with the code, signed in as somebody. */
async function signIn(link: string, who: string = ADA.name, browser: TestBrowser = rig.browser()): Promise<Shown> {
  const shown = await browser.press(await browser.open(link), PRESS);
  return shown.html.includes('Pick an account') ? browser.press(shown, who) : shown;
}

const codeOn = (page: Shown) => /\d{3}-\d{3}/.exec(textOf(page))?.[0] ?? '';

describe('a link', () => {
  it('links whoever signed in, once the code was typed', async () => {
    const code = codeOn(await signIn(await begin()));
    expect(await rig.links.all()).toEqual([]);
    expect(await rig.says(ADA.slackId, `link ${code}`)).toContain('is linked to Ada Okafor');
    expect(await rig.links.all()).toMatchObject([{ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name }]);
    const why = `the Slack account ${ADA.slackId} and the account ${ADA.entraId} of Entra`;
    expect(entriesOf(rig.audit)).toMatchObject([
      { event: 'sign in', outcome: 'done', by: ADA.entraId },
      { event: 'link', outcome: 'begun', by: ADA.slackId, why },
      { event: 'link', outcome: 'done', by: ADA.slackId, why },
    ]);
  });

  it('is only looked at by GET: a scanner that opens it first uses nothing up', async () => {
    const link = await begin();
    await rig.browser().open(link);
    await rig.browser().open(link);
    expect(codeOn(await signIn(link))).not.toBe('');
  });

  it('works once, and its end is shown to its own browser alone', async () => {
    const link = await begin();
    const browser = rig.browser();
    const page = await signIn(link, ADA.name, browser);
    expect((await browser.open(link)).status).toBe(409);
    expect((await rig.browser().open(link)).status).toBe(409);
    expect(codeOn(await browser.open(page.url))).toBe(codeOn(page));
    const stolen = await rig.browser().open(page.url);
    expect([stolen.status, codeOn(stolen)]).toEqual([403, '']);
    expect(textOf(stolen)).toContain('This was begun in another browser.');
  });

  it('is void after ten minutes, after a newer one, and after the store went back', async () => {
    const old = await begin();
    const newer = await begin();
    expect((await rig.browser().open(old)).status).toBe(409);
    rig.pass(10 * 60_000);
    expect((await rig.browser().open(newer)).status).toBe(409);
    const code = codeOn(await signIn(await begin()));
    rig.pass(10 * 60_000);
    expect(await rig.says(ADA.slackId, `link ${code}`)).toContain('No link of yours waits');
    const again = await begin();
    const codeAgain = codeOn(await signIn(again));
    const opened = await begin(OTTO.slackId);
    rig.store.snapshot()();
    expect((await rig.browser().open(opened)).status).toBe(409);
    expect(await rig.says(ADA.slackId, `link ${codeAgain}`)).toContain('No link of yours waits');
    expect(await rig.links.all()).toEqual([]);
  });

  it('that was changed is none', async () => {
    const link = await begin();
    const [key = '', id = ''] = link.slice(`${ORIGIN}/step/`.length).split('.');
    const other = Buffer.from(`link ${OTTO.slackId}`).toString('base64url');
    const seal = link.slice(link.indexOf('.ds1.'));
    for (const forged of [
      `${other}.${id}${seal}`,
      `${key}.${'A'.repeat(43)}${seal}`,
      `${key}.${id}.ds1.w1.${'A'.repeat(43)}`,
    ])
      expect((await rig.browser().open(`${ORIGIN}/step/${forged}`)).status).toBe(409);
    for (const none of [`${key}.${id}`, 'x'])
      expect((await rig.browser().open(`${ORIGIN}/step/${none}`)).status).toBe(404);
    expect((await rig.browser().open(link)).status).toBe(200);
  });
});

describe('a link that is kept', () => {
  const linked = async () => {
    const code = codeOn(await signIn(await begin()));
    return rig.says(ADA.slackId, `link ${code}`);
  };

  it('is of the own account of whoever signed in with a further one, which then has one Slack account, too', async () => {
    rig.further.set(OTTO.entraId, ADA.entraId);
    const code = codeOn(await signIn(await begin(), OTTO.name));
    expect(await rig.says(ADA.slackId, `link ${code}`)).toContain('is linked to Ada Okafor');
    expect(await rig.links.all()).toMatchObject([{ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name }]);
    const page = await signIn(await begin(OTTO.slackId), ADA.name);
    expect([page.status, codeOn(page)]).toEqual([409, '']);
  });

  it('is ended by its owner, and the account is nobody’s again', async () => {
    await linked();
    expect(await rig.says(ADA.slackId, 'whoami')).toMatch(/From a link of their own at .*: Slack account\./);
    expect(await rig.says(ADA.slackId, 'unlink')).toContain('is no longer linked to Ada Okafor');
    expect(await rig.says(ADA.slackId, 'whoami')).toContain('is not linked');
    expect(entriesOf(rig.audit).at(-1)).toMatchObject({ event: 'unlink', outcome: 'done', as: 'requester' });
  });

  it('is ended by nobody else', async () => {
    await linked();
    await rig.links.keep({ slack: OTTO.slackId, entra: OTTO.entraId, name: OTTO.name, at: 1 });
    expect(await rig.says(OTTO.slackId, `unlink ${ADA.slackId}`)).toContain('Only people of `security`');
    expect(await rig.says(OTTO.slackId, `unlink <@${ADA.slackId}|ada>`)).toContain('Only people of `security`');
    expect(await rig.links.all()).toHaveLength(2);
  });

  it('is not made where the audit cannot be written', async () => {
    const code = codeOn(await signIn(await begin()));
    rig.audit.failure = new Error('full');
    expect(await rig.says(ADA.slackId, `link ${code}`)).toContain('audit');
    expect(await rig.links.all()).toEqual([]);
  });
});

describe('somebody who sends their own link to a colleague', () => {
  it('is named on the page, and gets nothing without the code', async () => {
    const link = await begin(OTTO.slackId);
    const browser = rig.browser();
    expect(textOf(await browser.open(link))).toContain('Otto Brandt');
    const code = codeOn(await signIn(link, ADA.name, browser));
    // The colleague types it in their own Slack: it is not theirs.
    expect(await rig.says(ADA.slackId, `link ${code}`)).toContain('No link of yours waits');
    expect(await rig.says(OTTO.slackId, 'link 000-000')).toContain('2 more');
    expect(await rig.says(OTTO.slackId, 'link 111111')).toContain('1 more');
    expect(await rig.says(OTTO.slackId, 'link 222-222')).toContain('This link is used');
    expect(await rig.says(OTTO.slackId, `link ${code}`)).toContain('No link of yours waits');
    expect(await rig.links.all()).toEqual([]);
  });

  it('gets no more than three guesses, however many come at once', async () => {
    const link = await begin(OTTO.slackId);
    const browser = rig.browser();
    await browser.open(link);
    const code = codeOn(await signIn(link, ADA.name, browser));
    const guesses = Array.from({ length: 30 }, (_, n) => `link 000-${String(100 + n)}`).filter(
      (one) => !one.includes(code),
    );
    const said = await Promise.all([...guesses, `link ${code}`].map((one) => rig.says(OTTO.slackId, one)));
    expect(said.filter((one) => /\d more/.test(one)).length).toBeLessThan(3);
    expect(await rig.links.all()).toEqual([]);
  });
});

describe('a form', () => {
  it('of another site, or without the cookie, begins nothing', async () => {
    const link = await begin();
    const victim = rig.browser();
    const page = await victim.open(link);
    const seal = /name="form" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const fields = new URLSearchParams({ form: seal });
    expect((await victim.send(link, fields, 'https://evil.example/')).status).toBe(403);
    expect((await rig.browser().send(link, fields, link)).status).toBe(403);
    const other = rig.browser();
    await other.open(link);
    expect((await other.send(link, fields, link)).status).toBe(403);
    expect((await victim.send(link, new URLSearchParams(), link)).status).toBe(403);
    expect((await victim.open(link)).status).toBe(200);
  });

  it('that is sent twice at once begins once', async () => {
    const link = await begin();
    const browser = rig.browser();
    const page = await browser.open(link);
    const both = await Promise.all([browser.press(page, PRESS), browser.press(page, PRESS)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('what comes back from the provider', () => {
  /** Signs in, and gives the address that the browser would come back to, without going there. */
  async function halfWay(link: string, browser: TestBrowser, who: string = ADA.name): Promise<string> {
    const shown = await browser.press(await browser.open(link), PRESS);
    const [, action = '', request = ''] =
      /action="([^"]+)"[^>]*>\s*<input type="hidden" name="request" value="(\w+)"/.exec(shown.html) ?? [];
    const account = rig.oidc.accounts.get(who === ADA.name ? ADA.entraId : OTTO.entraId)?.oid ?? '';
    const body = new URLSearchParams({ request, account });
    const answer = await fetch(action, { method: 'POST', body, redirect: 'manual' });
    return answer.headers.get('location') ?? '';
  }

  it('counts in the browser that began, and once', async () => {
    const browser = rig.browser();
    const back = await halfWay(await begin(), browser);
    expect((await rig.browser().open(back)).status).toBe(403);
    const both = await Promise.all([browser.open(back), browser.open(back)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await browser.open(back)).status).toBe(409);
  });

  it('counts for nothing with the state of somebody else, or a made-up one', async () => {
    const [mine, theirs] = [rig.browser(), rig.browser()];
    const own = new URL(await halfWay(await begin(OTTO.slackId), mine, OTTO.name));
    const other = new URL(await halfWay(await begin(), theirs));
    const mixed = new URL(own);
    mixed.searchParams.set('state', other.searchParams.get('state') ?? '');
    expect((await mine.open(mixed.href)).status).toBe(403);
    for (const state of ['', 'x', `${other.searchParams.get('state')?.split('.')[0]}.${'A'.repeat(43)}`]) {
      mixed.searchParams.set('state', state);
      expect((await theirs.open(mixed.href)).status).toBe(409);
    }
    // The code of one sign-in within the state of another: PKCE and the nonce are others.
    const code = new URL(other);
    code.searchParams.set('code', own.searchParams.get('code') ?? '');
    expect((await theirs.open(code.href)).status).toBe(403);
    expect(await rig.says(ADA.slackId, 'link 123-456')).toContain('No link of yours waits');
  });

  it.each<TokenFlaw>(['wrongKey', 'unsigned', 'wrongIssuer', 'wrongAudience', 'wrongNonce', 'expired', 'otherTenant'])(
    'counts for nothing with a token that is %s',
    async (flaw) => {
      rig.oidc.behaviour.flaw = flaw;
      const page = await signIn(await begin());
      expect([page.status, textOf(page)]).toEqual([403, expect.stringContaining('The sign-in does not count')]);
      expect(await rig.says(ADA.slackId, 'link 123-456')).toContain('No link of yours waits');
    },
  );

  it('leads nowhere else, whatever is asked for', async () => {
    const browser = rig.browser();
    const page = await signIn(await begin(), ADA.name, browser);
    expect(browser.visited.map((url) => new URL(url).origin)).toEqual([
      ...[ORIGIN, ORIGIN, new URL(rig.oidc.issuer).origin, new URL(rig.oidc.issuer).origin, ORIGIN, ORIGIN],
    ]);
    expect(page.url).toMatch(/\/done$/);
    const away = 'https%3A%2F%2Fevil.example';
    for (const path of [`/step//evil.example/done`, `/sign-in?next=${away}&redirect_uri=${away}`, `/?url=${away}`]) {
      const answer = await rig.browser().open(`${ORIGIN}${path}`);
      expect(answer.url).toBe(`${ORIGIN}${path}`);
      expect(answer.html).not.toContain('evil.example"');
    }
  });

  it('is shown on a page that nobody frames', async () => {
    const page = await signIn(await begin());
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });

  it('keeps the link good where the provider is away', async () => {
    const link = await begin();
    rig.oidc.behaviour.down = 503;
    const browser = rig.browser();
    const page = await browser.press(await browser.open(link), PRESS);
    expect([page.status, textOf(page)]).toEqual([503, expect.stringContaining('cannot be reached')]);
    delete rig.oidc.behaviour.down;
    expect(codeOn(await signIn(link, ADA.name, browser))).not.toBe('');
  });
});

describe('whoever signed in', () => {
  it.each([
    [{ disabled: true }, 'the account is disabled'],
    [{ guest: true }, 'it is a guest of the tenant'],
  ])('is not linked as %j', async (more, why) => {
    const account = rig.entra.get(ADA.entraId);
    if (account) rig.entra.set(ADA.entraId, { ...account, ...more });
    const page = await signIn(await begin());
    expect([page.status, textOf(page)]).toEqual([403, expect.stringContaining(`Ada Okafor cannot be linked: ${why}`)]);
  });

  it('is not linked when nobody knows the account', async () => {
    rig.entra.delete(ADA.entraId);
    const page = await signIn(await begin());
    expect(textOf(page)).toContain('Drawbridge does not know this account');
  });

  it('is judged again when the code is typed', async () => {
    const code = codeOn(await signIn(await begin()));
    const account = rig.entra.get(ADA.entraId);
    if (account) rig.entra.set(ADA.entraId, { ...account, disabled: true });
    expect(await rig.says(ADA.slackId, `link ${code}`)).toContain('the account is disabled');
    expect(await rig.links.all()).toEqual([]);
  });

  it('has one Slack account, whoever is faster', async () => {
    const [first, second] = [codeOn(await signIn(await begin())), codeOn(await signIn(await begin(OTTO.slackId)))];
    const told = await Promise.all([rig.says(ADA.slackId, `link ${first}`), rig.says(OTTO.slackId, `link ${second}`)]);
    expect(told.filter((line) => line.includes('is linked to'))).toHaveLength(1);
    expect(await rig.links.all()).toHaveLength(1);
    expect(told.filter((line) => line.includes('has another Slack account already'))).toHaveLength(1);
  });
});
