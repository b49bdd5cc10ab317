import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { oidcSignIn } from '../../../adapters/oidc/index.ts';
import { type OidcSimulator, startOidcSimulator } from '../../../simulators/oidc/index.ts';
import type { TokenFlaw } from '../../../simulators/oidc/model.ts';
import { TestBrowser, textOf } from '../../../simulators/shared/browser.ts';
import { people, TENANT_ID } from '../../../simulators/world.ts';

const ASK = { state: 'a-state', nonce: 'a-nonce', verifier: 'v'.repeat(43) };
const FRESH = { ...ASK, isFresh: true as const };
const ADA = people.requester;
let oidc: OidcSimulator;

beforeAll(async () => {
  oidc = await startOidcSimulator();
  oidc.register('http://127.0.0.1:9/sign-in');
});
afterAll(() => oidc.stop());
afterEach(() => {
  Object.assign(oidc.behaviour, { flaw: undefined, skewMs: 0, contexts: [], down: undefined, authTimeAlways: false });
});

const signIn = (more: { readonly context?: string; readonly tenantId?: string } = {}) => {
  const { clientId, clientSecret, redirectUri: redirect } = oidc.client;
  return oidcSignIn({ issuer: oidc.issuer, clientId, clientSecret, redirect, tenantId: TENANT_ID, ...more });
};

/** Signs in at the provider, and gives what the browser brings back. */
async function cameBack(
  address: string,
  who: string = ADA.name,
  browser = new TestBrowser(),
): Promise<URLSearchParams> {
  // Where it sends people back to, nobody listens.
  const shown = await browser.open(address).catch(() => undefined);
  if (shown) await browser.press(shown, who).catch(() => undefined);
  return new URL(browser.visited.at(-1) ?? '').searchParams;
}

async function whole(ask: typeof ASK | typeof FRESH = ASK, more: Parameters<typeof signIn>[0] = {}) {
  const own = signIn(more);
  return own.person(await cameBack(await own.address(ask)), ask);
}

describe('signing in', () => {
  it('says who it was, by the object id', async () => {
    expect(await whole()).toEqual({ entra: ADA.entraId, name: ADA.name });
    expect(await whole(FRESH)).toEqual({ entra: ADA.entraId, name: ADA.name });
  });

  it.each<[TokenFlaw, string]>([
    ['wrongKey', 'what came back is not what was asked for'],
    ['unsigned', 'what came back is not what was asked for'],
    ['wrongIssuer', 'what came back is not what was asked for'],
    ['wrongAudience', 'what came back is not what was asked for'],
    ['wrongNonce', 'what came back is not what was asked for'],
    ['noNonce', 'what came back is not what was asked for'],
    ['expired', 'what came back is not what was asked for'],
    ['noIdToken', 'what came back is not what was asked for'],
    ['otherTenant', 'that account belongs to another tenant'],
    ['noObjectId', 'the provider does not say who it is (claims oid and tid)'],
  ])('with a token that is %s counts for nothing', async (flaw, why) => {
    oidc.behaviour.flaw = flaw;
    await expect(whole()).rejects.toMatchObject({ code: 'signInRefused', say: `The sign-in does not count: ${why}.` });
  });

  it('with another state, or a code that was used, counts for nothing', async () => {
    const own = signIn();
    const back = await cameBack(await own.address(ASK));
    await expect(own.person(back, { ...ASK, state: 'another' })).rejects.toMatchObject({ code: 'signInRefused' });
    await own.person(back, ASK);
    await expect(own.person(back, ASK)).rejects.toMatchObject({ code: 'signInRefused' });
  });

  it('with a code that was begun with another verifier counts for nothing', async () => {
    const own = signIn();
    const back = await cameBack(await own.address(ASK));
    await expect(own.person(back, { ...ASK, verifier: 'w'.repeat(43) })).rejects.toMatchObject({
      code: 'signInRefused',
    });
  });

  it('that was cancelled says so', async () => {
    const own = signIn();
    const back = await cameBack(await own.address(ASK), 'Cancel');
    await expect(own.person(back, ASK)).rejects.toMatchObject({ say: 'The sign-in does not count: it was cancelled.' });
  });

  it('knows a key that was changed a moment ago', async () => {
    const own = signIn();
    const address = await own.address(ASK);
    await oidc.rotate();
    expect(await own.person(await cameBack(address), ASK)).toMatchObject({ entra: ADA.entraId });
  });

  it.each([
    [50_000, undefined],
    [-50_000, undefined],
    [120_000, 'signInRefused'],
  ])('bears clocks that differ by a minute: %i ms', async (skewMs, code) => {
    oidc.behaviour.skewMs = skewMs;
    if (code) await expect(whole(FRESH)).rejects.toMatchObject({ code });
    else expect(await whole(FRESH)).toMatchObject({ entra: ADA.entraId });
  });

  it('cannot be told while the provider is away', async () => {
    oidc.behaviour.down = 503;
    await expect(signIn().address(ASK)).rejects.toMatchObject({ code: 'signInAway', kind: 'unjudged' });
    oidc.behaviour.down = undefined;
    const own = signIn();
    const back = await cameBack(await own.address(ASK));
    oidc.behaviour.down = 503;
    await expect(own.person(back, ASK)).rejects.toMatchObject({ code: 'signInAway' });
  });

  it('asks which account is meant, so that the one of another window is not taken unseen', async () => {
    const browser = new TestBrowser();
    const own = signIn();
    await cameBack(await own.address(ASK), ADA.name, browser);
    expect(textOf(await browser.open(await own.address(ASK)))).toContain('Pick an account');
  });
});

describe('the doctor', () => {
  it('says whether the provider can be asked, and is the one that is configured', async () => {
    const look = (one: ReturnType<typeof signIn>) => one.examine([], AbortSignal.timeout(10_000));
    expect(await look(signIn())).toEqual([{ of: 'Sign-in', what: 'provider', verdict: 'fine' }]);
    oidc.behaviour.down = 503;
    expect(await look(signIn())).toMatchObject([
      { verdict: 'fault', means: expect.stringContaining('cannot be reached') },
    ]);
  });
});

describe('a fresh sign-in', () => {
  it.each<[TokenFlaw, string]>([
    ['noAuthTime', 'the provider does not say when it was (claim auth_time)'],
    ['oldAuthTime', 'it was too long ago'],
  ])('with a token that has %s counts for nothing', async (flaw, why) => {
    oidc.behaviour.flaw = flaw;
    await expect(whole(FRESH)).rejects.toMatchObject({ say: `The sign-in does not count: ${why}.` });
  });

  it('is not a session: taking max_age and prompt out of the address leaves no auth_time', async () => {
    const browser = new TestBrowser();
    const own = signIn();
    await cameBack(await own.address(ASK), ADA.name, browser);
    const address = new URL(await own.address(FRESH));
    address.searchParams.delete('max_age');
    address.searchParams.delete('prompt');
    const back = await cameBack(address.href, 'nobody is asked', browser);
    await expect(own.person(back, FRESH)).rejects.toMatchObject({
      say: 'The sign-in does not count: the provider does not say when it was (claim auth_time).',
    });
  });

  it('has satisfied the authentication context, where one is wanted', async () => {
    await expect(whole(FRESH, { context: 'c1' })).rejects.toMatchObject({
      say: 'The sign-in does not count: it did not satisfy the context c1.',
    });
    oidc.behaviour.contexts = ['c1'];
    expect(await whole(FRESH, { context: 'c1' })).toMatchObject({ entra: ADA.entraId });
  });
});
