import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Shown, type TestBrowser, textOf } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';
import { fromConfirmed } from '../../src/app/inbox/addressing.ts';
import { confirmedAddress } from '../../src/app/people/address.ts';
import { plain } from '../../src/core/language/text.ts';
import { linkIn, ORIGIN, type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA, outsider: OTTO } = people;
const [V4, V6] = ['https://v4.drawbridge.example.com', 'https://v6.drawbridge.example.com'];
const [HERE, SIX] = ['203.0.113.7', '2001:db8::7'];
const USE = 'Use this address';
let rig: PagesRig;
beforeEach(async () => {
  rig = await pagesRig({ trustedProxies: ['127.0.0.1'], over: { ipv4: V4, ipv6: V6 } });
});
afterEach(() => rig.stop());

const begin = async (slackId = ADA.slackId) => linkIn(await rig.says(slackId, 'address'));
/** Opens the link and presses the button, from this address. */
async function use(link: string, from: string = HERE, browser: TestBrowser = rig.browser(from)): Promise<Shown> {
  return browser.press(await browser.open(link), USE);
}
const confirm = (address: string = HERE, slackId = ADA.slackId) => rig.says(slackId, `address ${address}`);
async function confirmed(entraId = ADA.entraId) {
  const person = await rig.deps.directory.person('teams', entraId);
  return person && confirmedAddress(rig.deps, person);
}
const buttons = () =>
  rig.told.flatMap(({ id, report }) =>
    report.sections.flatMap(({ rows }) => rows.map(({ button }) => [id, button?.command])),
  );

/** Ada and Otto are known in Slack, as by a link of their own. */
beforeEach(async () => {
  for (const { slackId: slack, entraId: entra, name } of [ADA, OTTO])
    await rig.links.keep({ slack, entra, name, at: 1 });
});

describe('the page that sees an address', () => {
  it('shows it, and it counts once it was confirmed in chat', async () => {
    const link = await begin();
    const browser = rig.browser(HERE);
    const page = await browser.open(link);
    expect(textOf(page)).toContain(`Your address (IPv4) / ${HERE}`);
    expect(await confirmed()).toBeUndefined();
    const after = await browser.press(page, USE);
    expect([after.status, textOf(after)]).toEqual([200, expect.stringContaining('Go back to Slack')]);
    expect(buttons()).toEqual([[ADA.slackId, `address ${HERE}`]]);
    expect(await confirmed()).toBeUndefined();
    expect(await confirm()).toContain(`What you request in the next half hour is from ${HERE}`);
    expect(await confirmed()).toBe(`${HERE}/32`);
    rig.pass(30 * 60_000);
    expect(await confirmed()).toBeUndefined();
  });

  it('says whose network it is by databases, on the page and where it is confirmed', async () => {
    Object.assign(rig.deps, {
      published: { of: async () => ({ network: 'Example Telecom', asn: 64_500, country: 'DE' }) },
    });
    const browser = rig.browser(HERE);
    const page = await browser.open(await begin());
    expect(textOf(page)).toContain('/ Operator / Example Telecom (AS64500), DE by the databases of addresses');
    await browser.press(page, USE);
    const [line] = rig.told.flatMap(({ report }) =>
      report.sections.flatMap(({ rows }) => rows.map(({ line: said }) => plain(said))),
    );
    expect(line).toContain('Example Telecom (AS64500), DE');
  });

  it('says the network, and what is private or carrier-grade', async () => {
    (rig.deps.rules.sources as Map<string, readonly string[]>).set('vpn', ['100.64.0.0/10']);
    const shown = async (from: string) => textOf(await rig.browser(from).open(await begin()));
    expect(await shown('100.64.0.9')).toContain(
      '/ Network / vpn / What it is / a carrier-grade address (100.64.0.0/10)',
    );
    expect(await shown('10.1.2.3')).toContain('What it is / a private address');
    expect(await shown(SIX)).toContain(`Your address (IPv6) / ${SIX}`);
    expect(await shown(HERE)).not.toContain('What it is');
  });

  it('sees both families where it has a name for each, and each is asked about', async () => {
    const link = await begin();
    const page = await rig.browser(SIX).open(link);
    const [, other = ''] = /<a href="([^"]+)">Show my IPv4 address as well<\/a>/.exec(page.html) ?? [];
    expect(other).toBe(link.replace(ORIGIN, V4));
    await use(link, SIX);
    expect((await use(other, HERE)).html).not.toContain('as well');
    expect(buttons().slice(1)).toEqual([
      [ADA.slackId, `address ${SIX}`],
      [ADA.slackId, `address ${HERE}`],
    ]);
    expect(await confirm(SIX)).toContain(`from ${SIX}`);
    expect(await confirmed()).toBe(`${SIX}/128`);
  });
});

describe('an attack on the page that sees an address', () => {
  it('by a link that was sent on: whoever opens it gives nobody anything', async () => {
    const link = await begin();
    await use(link, '198.51.100.66');
    expect(buttons()).toEqual([[ADA.slackId, 'address 198.51.100.66']]);
    expect(await confirm('198.51.100.66', OTTO.slackId)).toContain('No page saw you come from 198.51.100.66');
    expect([await confirmed(), await confirmed(OTTO.entraId)]).toEqual([undefined, undefined]);
    // She was asked about an address that is not hers, and begins anew.
    await use(await begin());
    expect(await confirm('198.51.100.66')).toContain('No page saw you come from 198.51.100.66');
    await confirm();
    expect(await confirmed()).toBe(`${HERE}/32`);
  });

  it('by typing an address that no page saw', async () => {
    expect(await confirm('198.51.100.66')).toContain('No page saw you come from 198.51.100.66');
    await use(await begin());
    for (const typed of ['198.51.100.66', '203.0.113.0/24', 'any', 'x'])
      expect(await confirm(typed)).toContain('No page saw you come from');
    expect(await confirmed()).toBeUndefined();
  });

  it('by a replay: a family counts once, and so does a confirmation', async () => {
    const link = await begin();
    const browser = rig.browser(HERE);
    const page = await browser.open(link);
    await browser.press(page, USE);
    expect((await browser.press(page, USE)).status).toBe(409);
    expect((await rig.browser('203.0.113.8').open(link)).status).toBe(409);
    await confirm();
    expect((await rig.browser(SIX).open(link)).status).toBe(409);
    expect(await confirm()).toContain('No page saw you come from');
  });

  it('by two buttons at once: one address of a family is kept', async () => {
    const link = await begin();
    const pages = await Promise.all(
      ['203.0.113.8', '203.0.113.9'].map(async (from) => {
        const browser = rig.browser(from);
        return { browser, page: await browser.open(link) };
      }),
    );
    const answers = await Promise.all(pages.map(({ browser, page }) => browser.press(page, USE)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(rig.told).toHaveLength(1);
  });

  it('by a scanner that opens every link: it uses nothing up', async () => {
    const link = await begin();
    await rig.browser('198.51.100.66').open(link);
    await use(link);
    expect(buttons()).toEqual([[ADA.slackId, `address ${HERE}`]]);
  });

  it('by a forged X-Forwarded-For: what no trusted proxy says counts for nothing', async () => {
    const shown = await rig.browser(`198.51.100.66, ${HERE}`).open(await begin());
    expect(textOf(shown)).toContain(`/ ${HERE} /`);
    expect(textOf(await rig.browser(`${HERE}:50000`).open(await begin()))).toContain(`/ ${HERE} /`);
    await rig.stop();
    rig = await pagesRig();
    await rig.links.keep({ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name, at: 1 });
    const link = await begin();
    const untrusted = await rig.browser('198.51.100.66').open(link);
    expect([untrusted.status, textOf(untrusted)]).toEqual([
      503,
      expect.stringContaining('Your address cannot be told: a proxy is in between'),
    ]);
    expect((await rig.browser().open(link)).status).toBe(503);
    // What is no link is no question of addresses.
    const none = await rig.browser().open(`${ORIGIN}/address/x`);
    expect([none.status, textOf(none)]).toEqual([404, expect.stringContaining('There is no such page.')]);
  });

  it('by a frame, a form of another site, or none of this browser', async () => {
    const link = await begin();
    const browser = rig.browser(HERE);
    const page = await browser.open(link);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const fields = new URLSearchParams({ form: /name="form" value="([^"]+)"/.exec(page.html)?.[1] ?? '' });
    expect((await browser.send(link, fields, 'https://evil.example/')).status).toBe(403);
    expect((await rig.browser(HERE).send(link, fields, link)).status).toBe(403);
    expect((await browser.send(link.replace(ORIGIN, V6), fields, link.replace(ORIGIN, V6))).status).toBe(403);
    expect(rig.told).toEqual([]);
  });

  it('by a link that is too old, was replaced, was changed, or is of another page', async () => {
    const old = await begin();
    const link = await begin();
    expect((await rig.browser(HERE).open(old)).status).toBe(409);
    expect((await rig.browser(HERE).open(`${link.slice(0, -2)}AA`)).status).toBe(409);
    expect((await rig.browser(HERE).open(link.replace('/address/', '/step/'))).status).toBe(409);
    await use(link);
    rig.pass(10 * 60_000);
    expect((await rig.browser(SIX).open(link)).status).toBe(409);
    expect(await confirm()).toContain('No page saw you come from');
  });

  it('by a request for somebody else: what was confirmed is one’s own', async () => {
    await use(await begin());
    await confirm();
    const person = await rig.deps.directory.person('teams', ADA.entraId);
    const ask = { machine: 'web-1', ports: [], justification: 'x' };
    expect(person && (await fromConfirmed(rig.deps, person, { ...ask, whom: '@sam' }))).not.toHaveProperty('source');
    expect(person && (await fromConfirmed(rig.deps, person, ask))).toMatchObject({ source: `${HERE}/32` });
  });

  it('by what was under way before the store went back', async () => {
    const restore = rig.store.snapshot();
    await use(await begin());
    restore();
    expect(await confirm()).toContain('No page saw you come from');
  });
});
