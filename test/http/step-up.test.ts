import { afterEach, describe, expect, it } from 'vitest';
import { accessTokens, oidcSignIn, scopeOf } from '../../adapters/oidc/index.ts';
import { freePort } from '../../simulators/demo/free-port.ts';
import { startOidcSimulator } from '../../simulators/oidc/index.ts';
import { TestBrowser } from '../../simulators/shared/browser.ts';
import { people, TENANT_ID } from '../../simulators/world.ts';
import { callsOf } from '../../src/calls.ts';
import type { Config } from '../../src/config/schema.ts';
import { plain } from '../../src/core/language/text.ts';
import type { StepUp } from '../../src/core/policy/step-up.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import type { Report } from '../../src/core/view/report.ts';
import { startServer } from '../../src/http/server.ts';
import { pagesOf } from '../../src/pages.ts';
import { SIGN_IN_PATH } from '../../src/web/steps.ts';
import { PEOPLE, POLICY, world } from '../app/fixtures.ts';
import { memoryCeremonies } from '../memory/ceremonies.ts';

const { requester: ADA, manager: GRACE, outsider: OTTO } = people;
const ENTRA: Readonly<Record<string, string>> = { ada: ADA.entraId, grace: GRACE.entraId };
const KEYS = [{ id: 'w1', secret: 'a key of the pages' }] as const;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** API and pages on one server, people with tokens of the provider that they sign in at, and a policy that demands more of approvers. */
async function house(stepUp: StepUp) {
  const oidc = await startOidcSimulator();
  ends.push(() => oidc.stop());
  const port = await freePort();
  const url = `http://localhost:${port}`;
  oidc.register(`${url}${SIGN_IN_PATH}`);
  const made = world({
    people: PEOPLE.map((person) => ({ ...person, entra: ENTRA[person.id] ?? '' })),
    policies: [{ ...POLICY, stepUp }],
  });
  /** What Ada was told in chat. */
  const told: string[] = [];
  const chat = Object.assign(made.chat, {
    tell: async ({ sections }: Report) =>
      void told.push(sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))).join(' ')),
  });
  const ceremonies = memoryCeremonies();
  const { issuer, client, api, cli } = oidc;
  const provider = { issuer, tenantId: TENANT_ID, clientId: client.clientId, clientSecret: client.clientSecret };
  const pages = { url, over: {}, seals: sealer('test', 'link', KEYS), ceremonies };
  const browser = { ...pages, signIn: oidcSignIn({ ...provider, redirect: `${url}${SIGN_IN_PATH}` }) };
  const deps = { ...made.deps, chats: new Map([['slack', chat] as const]), ceremonies, pages, browser };
  process.env.PAGES_KEY = KEYS[0].secret;
  const web = { url, keys: [{ id: KEYS[0].id, secret: 'env:PAGES_KEY' }] };
  const clients = { audience: api.audience, clientId: cli.clientId };
  const room = {
    tokens: accessTokens({ ...clients, issuer, tenantId: TENANT_ID }),
    signIn: { issuer, clientId: cli.clientId, scope: scopeOf(api) },
  };
  const config = { web, installation: 'test' } as unknown as Config;
  const server = await startServer({
    ...{ host: 'localhost', port, ready: async () => [], log: deps.log },
    routes: [...pagesOf(config, deps), ...callsOf('test', deps, room)],
  });
  ends.push(() => server.close());
  const call = async (who: string, path: string, body?: object) => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${await oidc.accessToken(who)}`, 'content-type': 'application/json' },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: await response.json() };
  };
  const asked = await call(ADA.entraId, 'requests', { words: 'api-1 ssh because deploy' });
  const { id } = asked.body.request as { readonly id: string };
  const state = async () => (await call(ADA.entraId, `requests/${id}`)).body.request;
  const approve = (given: object = {}) => call(GRACE.entraId, `requests/${id}/approve`, given);
  return { ...made, id, url, told, approve, state, oidc };
}

describe('an approval over the API whose policy wants a fresh sign-in', () => {
  it('gives a page, is nothing yet, and is done once its approver signed in there', async () => {
    const { approve, state, url, audit } = await house('signIn');
    const first = await approve({ reason: 'go on' });
    expect(first).toMatchObject({ status: 403, body: { code: 'signInNeeded', kind: 'denied' } });
    const { link } = first.body.stepUp;
    expect(new URL(link).origin).toBe(url);
    expect(await state()).toMatchObject({ status: 'pending', reviews: [] });
    const browser = new TestBrowser();
    const page = await browser.open(link);
    // A look alone approves nothing.
    expect(await state()).toMatchObject({ status: 'pending' });
    await browser.press(await browser.press(page, 'Sign in'), GRACE.name);
    expect(await state()).toMatchObject({ status: 'activating', reviews: [{ id: 'grace', reason: 'go on' }] });
    expect(audit.all.map(({ record }) => JSON.parse(record))).toContainEqual(
      expect.objectContaining({ event: 'approved', by: 'grace', through: 'api' }),
    );
    expect((await new TestBrowser().open(link)).status).toBe(409);
  });

  it('is not done by the sign-in of somebody else', async () => {
    const { approve, state } = await house('signIn');
    const { link } = (await approve()).body.stepUp;
    const browser = new TestBrowser();
    const page = await browser.press(await browser.press(await browser.open(link), 'Sign in'), OTTO.name);
    expect(page.status).toBe(403);
    expect(await state()).toMatchObject({ status: 'pending', reviews: [] });
  });
});

describe('an approval over the API whose policy wants the number of the requester', () => {
  it('gives three, and is done with the one that the requester was told', async () => {
    const { approve, state, told } = await house('numberMatch');
    const first = await approve();
    expect(first).toMatchObject({ status: 403, body: { code: 'numberNeeded' } });
    const { numbers } = first.body.stepUp;
    expect(numbers).toHaveLength(3);
    expect(await state()).toMatchObject({ status: 'pending', reviews: [] });
    const number = /tell them: (\d\d)/.exec(told.at(-1) ?? '')?.[1];
    expect(numbers).toContain(number);
    expect(await approve({ number })).toMatchObject({ status: 200, body: { request: { status: 'activating' } } });
  });

  it('has one guess', async () => {
    const { approve, state, told } = await house('numberMatch');
    const { numbers } = (await approve()).body.stepUp;
    const right = /tell them: (\d\d)/.exec(told.at(-1) ?? '')?.[1];
    const wrong = numbers.find((one: string) => one !== right);
    expect(await approve({ number: wrong })).toMatchObject({ status: 403, body: { code: 'wrongNumber' } });
    expect((await approve({ number: right })).status).toBe(404);
    expect((await approve()).body.code).toBe('wrongNumber');
    expect(await state()).toMatchObject({ status: 'pending', reviews: [] });
  });
});
