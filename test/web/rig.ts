import { MergedDirectory } from '../../adapters/directory/merged.ts';
import { oidcSignIn } from '../../adapters/oidc/index.ts';
import { startOidcSimulator } from '../../simulators/oidc/index.ts';
import { TestBrowser } from '../../simulators/shared/browser.ts';
import { people, TENANT_ID } from '../../simulators/world.ts';
import type { Deps } from '../../src/app/deps.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import type { Config } from '../../src/config/schema.ts';
import type { BoardRow } from '../../src/core/board/row.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import type { Report } from '../../src/core/view/report.ts';
import { startServer } from '../../src/http/server.ts';
import { pagesOf } from '../../src/pages.ts';
import type { Account, Accounts } from '../../src/ports/accounts.ts';
import type { BuiltPage } from '../../src/ports/board.ts';
import type { BrowserRoom, PageRoom } from '../../src/ports/browser-room.ts';
import { SIGN_IN_PATH } from '../../src/web/steps.ts';
import { memoryAccountLinks } from '../memory/account-links.ts';
import { memoryAudit } from '../memory/audit.ts';
import { shownBy } from '../memory/board-rows.ts';
import { memoryCeremonies } from '../memory/ceremonies.ts';
import { memoryQueue } from '../memory/queue.ts';
import { memoryStore } from '../memory/store.ts';

export const ORIGIN = 'https://drawbridge.example.com';
const { requester: ADA, outsider: OTTO } = people;
const KEYS = [{ id: 'w1', secret: 'a key of the pages' }] as const;

interface RigOptions {
  readonly origin?: string;
  readonly port?: number;
  readonly trustedProxies?: readonly string[];
  readonly over?: NonNullable<PageRoom['over']>;
  /** The page of the board, where it was built. */
  readonly page?: BuiltPage;
  /** What the board shows besides. */
  readonly shown?: readonly BoardRow[];
}

/** In its place. */
const PAGE: BuiltPage = {
  index: '<!doctype html><title>the board</title>',
  files: new Map([['a.js', { type: 'text/javascript', body: Buffer.from('1'), packed: Buffer.from('2') }]]),
};

/** Pages with everything behind them: the provider is simulated, Slack and Entra are lists. */
export async function pagesRig({
  origin = ORIGIN,
  port = 0,
  trustedProxies = [],
  over = {},
  page = PAGE,
  shown = [],
}: RigOptions = {}) {
  const oidc = await startOidcSimulator();
  oidc.register(`${origin}${SIGN_IN_PATH}`);
  let at = Date.now();
  const now = () => at;
  const account = (id: string, name: string): Account => ({ id, name, disabled: false, guest: false, groups: [] });
  const entra = new Map([ADA, OTTO].map(({ entraId, name }) => [entraId, account(entraId, name)]));
  const slack = new Map([ADA, OTTO].map(({ slackId, name }) => [slackId, account(slackId, name)]));
  const listed: Accounts = { from: 'entra', account: async (id) => entra.get(id), members: async () => [] };
  const audit = memoryAudit(now);
  const { store, rows } = shownBy(memoryStore({ now, audit }), shown, audit);
  const links = memoryAccountLinks();
  const ceremonies = memoryCeremonies();
  const further = new Map<string, string>();
  const settings = {
    people: [],
    groups: new Map(),
    map: new Map<string, string>(),
    mailDomains: [],
    keptMs: 1_000,
    further,
  };
  const directory = new MergedDirectory({ ...settings, chats: ['slack', 'teams'], now, kept: links, entra: listed });
  const { clientId, clientSecret } = oidc.client;
  const pages: PageRoom = { url: origin, over, seals: sealer('test', 'link', KEYS), ceremonies };
  const browser: BrowserRoom = {
    ...pages,
    signIn: oidcSignIn({
      ...{ issuer: oidc.issuer, clientId, clientSecret, tenantId: TENANT_ID },
      redirect: `${origin}${SIGN_IN_PATH}`,
    }),
    linking: { links, account: async (id) => slack.get(id) },
  };
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  /** What people were told in their own chats: whom, and what. */
  const told: { readonly id: string; readonly report: Report }[] = [];
  const tell = async (report: Report, { id }: Place) => void told.push({ id, report });
  const deps = {
    ...{ store, audit, directory, browser, pages, log: quiet, monotonic: now, board: rows, queue: memoryQueue() },
    clouds: new Map(),
    chats: new Map([['slack', { chat: 'slack', tell }]]),
    rules: { policies: [], protectors: [], security: [], shortestMs: 1, sources: new Map() },
    random: (n: number) => crypto.getRandomValues(new Uint8Array(n)),
  } as unknown as Deps;
  process.env.PAGES_KEY = KEYS[0].secret;
  const keys = [{ id: KEYS[0].id, secret: 'env:PAGES_KEY' }];
  const server = await startServer({
    ...{ host: '127.0.0.1', port, trustedProxies, ready: async () => [], log: quiet },
    routes: pagesOf(
      {
        web: { url: origin, ...over, keys },
        installation: 'test',
        board: { session: 28_800_000 },
      } as unknown as Config,
      deps,
      page,
    ),
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
    further,
    told,
    /** What somebody is told in Slack. */
    async says(slackId: string, text: string): Promise<string> {
      delivered += 1;
      const place = { chat: 'slack', kind: 'private', id: slackId } as const;
      const sender = { chat: 'slack', user: slackId, place, key: `k${delivered}` } as const;
      return (await box.command(sender, text)).lines.map(plain).join('\n');
    },
    /** `from`: where it comes from, as a proxy says it. */
    browser: (from?: string) =>
      new TestBrowser(
        (url) => url.replace(/^https:\/\/[^/]+/, server.url),
        from === undefined ? {} : { 'x-forwarded-for': from },
      ),
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
  return /https?:\/\/\S+\/(?:step|address|board\/open)\/[\w.-]+/.exec(text)?.[0] ?? '';
}
