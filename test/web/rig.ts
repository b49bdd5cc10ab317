import { MergedDirectory } from '../../adapters/directory/merged.ts';
import { oidcSignIn } from '../../adapters/oidc/index.ts';
import { startOidcSimulator } from '../../simulators/oidc/index.ts';
import { TestBrowser } from '../../simulators/shared/browser.ts';
import { people, TENANT_ID } from '../../simulators/world.ts';
import type { Deps } from '../../src/app/deps.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { stepsOf } from '../../src/app/people/steps.ts';
import { plain } from '../../src/core/language/text.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { startServer } from '../../src/http/server.ts';
import type { Account, Accounts } from '../../src/ports/accounts.ts';
import type { BrowserRoom } from '../../src/ports/browser-room.ts';
import { browserCookie } from '../../src/web/browser.ts';
import { forms } from '../../src/web/forms.ts';
import { webRoom } from '../../src/web/room.ts';
import { SIGN_IN_PATH, stepRoutes } from '../../src/web/steps.ts';
import { memoryAccountLinks } from '../memory/account-links.ts';
import { memoryAudit } from '../memory/audit.ts';
import { memoryCeremonies } from '../memory/ceremonies.ts';
import { memoryStore } from '../memory/store.ts';

export const ORIGIN = 'https://drawbridge.example.com';
const { requester: ADA, outsider: OTTO } = people;
const KEYS = [{ id: 'w1', secret: 'a key of the pages' }] as const;

/** Pages with everything behind them: the provider is simulated, Slack and Entra are lists. */
export async function pagesRig({ origin = ORIGIN, port = 0 } = {}) {
  const oidc = await startOidcSimulator();
  oidc.register(`${origin}${SIGN_IN_PATH}`);
  let at = Date.now();
  const now = () => at;
  const account = (id: string, name: string): Account => ({ id, name, disabled: false, guest: false, groups: [] });
  const entra = new Map([ADA, OTTO].map(({ entraId, name }) => [entraId, account(entraId, name)]));
  const slack = new Map([ADA, OTTO].map(({ slackId, name }) => [slackId, account(slackId, name)]));
  const listed: Accounts = { from: 'entra', account: async (id) => entra.get(id), members: async () => [] };
  const audit = memoryAudit(now);
  const store = memoryStore({ now, audit });
  const links = memoryAccountLinks();
  const ceremonies = memoryCeremonies();
  const settings = { people: [], groups: new Map(), map: new Map<string, string>(), mailDomains: [], keptMs: 1_000 };
  const directory = new MergedDirectory({ ...settings, chats: ['slack', 'teams'], now, kept: links, entra: listed });
  const { clientId, clientSecret } = oidc.client;
  const browser: BrowserRoom = {
    url: origin,
    seals: sealer('test', 'link', KEYS),
    ceremonies,
    signIn: oidcSignIn({
      ...{ issuer: oidc.issuer, clientId, clientSecret, tenantId: TENANT_ID },
      redirect: `${origin}${SIGN_IN_PATH}`,
    }),
    linking: { links, account: async (id) => slack.get(id) },
  };
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const deps = {
    ...{ store, audit, directory, browser, log: quiet, chats: new Map(), monotonic: now },
    rules: { policies: [], protectors: [], security: [], shortestMs: 1, sources: new Map() },
    random: (n: number) => crypto.getRandomValues(new Uint8Array(n)),
  } as unknown as Deps;
  const cookie = browserCookie(origin);
  const tools = { cookie, forms: forms(origin, cookie, sealer('test', 'form', KEYS)) };
  const server = await startServer({
    ...{ host: '127.0.0.1', port, ready: async () => [], log: quiet },
    routes: webRoom(stepRoutes(stepsOf(deps, browser), tools), quiet),
  });
  const box = inbox(deps);
  let delivered = 0;
  return {
    oidc,
    /** Where it is really served. */
    url: server.url,
    deps,
    store,
    audit,
    links,
    entra,
    /** What somebody is told in Slack. */
    async says(slackId: string, text: string): Promise<string> {
      delivered += 1;
      const place = { chat: 'slack', kind: 'private', id: slackId } as const;
      const sender = { chat: 'slack', user: slackId, place, key: `k${delivered}` } as const;
      return (await box.command(sender, text)).lines.map(plain).join('\n');
    },
    browser: () => new TestBrowser((url) => url.replace(origin, server.url)),
    pass(ms: number) {
      at += ms;
    },
    async stop() {
      await server.close();
      await oidc.stop();
    },
  };
}

export type PagesRig = Awaited<ReturnType<typeof pagesRig>>;

/** The address in what somebody was told. */
export function linkIn(text: string): string {
  return /https?:\/\/\S+\/step\/[\w.-]+/.exec(text)?.[0] ?? '';
}
