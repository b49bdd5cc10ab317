import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createCertificate } from '../shared/certificate.ts';
import type { Clock } from '../shared/clock.ts';
import { Faults } from '../shared/faults.ts';
import { BOT_APP_ID, TENANT_ID } from '../world.ts';
import { type Actions, createActions } from './actions.ts';
import type { Trust } from './assertion.ts';
import { operations, refusal } from './connector.ts';
import { createDeliver, type Deliver, ISSUER } from './delivery.ts';
import { createDialogs, type Dialogs } from './dialogs.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { CATALOG_ID, GRAPH, serveGraph } from './graph.ts';
import { answer, close, guarded, LateEffects, listen, readBody, send } from './http.ts';
import { createIdentity } from './identity.ts';
import { type Keys, processKeys } from './keys.ts';
import { CONNECTOR_AUDIENCE, createLogin } from './login.ts';
import type { TeamsState } from './state.ts';
import { type Person, type PersonPatch, Tenant } from './tenant.ts';

export type { ActivityState, TeamsState } from './state.ts';

export interface TeamsSimulatorOptions {
  /** Stamps messages and lets late effects land. Tokens and certificates are on real time, as their readers are. */
  readonly clock?: Clock;
  /** Of the connector, on 127.0.0.1; 0 (the default) lets the system choose. */
  readonly port?: number;
  /** Of the login; 0 (the default) lets the system choose. */
  readonly loginPort?: number;
  /** The bot's messaging endpoint, the whole URL. */
  readonly target?: string;
  /** How long Teams waits for the bot, in real milliseconds: 15 s for messages and 5 s for invokes unless told. */
  readonly waitMs?: { readonly message: number; readonly invoke: number };
}

/** A Teams tenant with its bot service on loopback: the connector, the login, the keys, the people. */
export interface TeamsSimulator extends Actions, Dialogs {
  /** Where the bot calls the connector; also in every activity. */
  readonly serviceUrl: string;
  /** The bot's login: MSAL's authority (`<authorityHost>/<tenant>`), over TLS. Trust `caPem`. */
  readonly loginUrl: string;
  readonly authorityHost: string;
  readonly caPem: string;
  readonly openIdMetadataUrl: string;
  /** Names no key: nobody uses the Emulator here. */
  readonly emulatorOpenIdMetadataUrl: string;
  /** Microsoft Graph, and what the organization's catalog calls the app. */
  readonly graph: { readonly url: string; readonly app: string };
  /** The user token service. Nothing is there. */
  readonly oauthUrl: string;
  readonly issuer: string;
  readonly toChannelScope: string;
  readonly appId: string;
  readonly appPassword: string;
  /** From now on this one, and not that of before. */
  rotate(appPassword: string): void;
  readonly tenantId: string;
  /** What the login takes from the bot in place of its secret; it trusts `federatedIdentity` from the start. */
  readonly trust: Trust;
  /** Managed identities of the machine that the bot runs on: its own (`appId`), and one that the app trusts. */
  readonly federatedIdentity: string;
  /** Where that machine asks for their tokens: the Instance Metadata Service, and App Service's endpoint with its header. */
  readonly identity: { readonly imds: string; readonly appService: string; readonly header: string };
  /** By operation: a connector operation (`updateActivity`), `token` for the login, `deliver` for what goes to the bot. */
  readonly faults: Faults;
  /** Activities as Teams would send them, to forge others from. They take people from `person`. */
  readonly drafts: Drafts;
  /** Sends any activity with any token. */
  readonly deliver: Deliver;
  readonly person: Tenant['need'];
  setTarget(url: string): void;
  setPerson(entraId: string, patch: PersonPatch): void;
  /** Whether the bot has the right to add its app for people through Graph. */
  setMayInstall(may: boolean): void;
  /** Whether the app is in the team that has the channel. */
  setTeamInstalled(installed: boolean): void;
  /** "Remove chat history" in a person's chat with the bot. */
  removeChat(entraId: string): void;
  state(): TeamsState;
  /** Calls `listener` after every change; gives back the way to stop that. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

const METADATA = '/v1/.well-known/openidconfiguration';
const KEYS = '/v1/.well-known/keys';
const EMULATOR = '/emulator';
const SERVICE = '/emea';

/** A managed identity beside the bot's own, and how the app trusts it. */
const FEDERATED = '5b1d0c7e-6a42-4c0f-9d3e-2f8a7b6c5d4e';
const ENTRA = `https://login.microsoftonline.com/${TENANT_ID}/v2.0`;
const EXCHANGE = { issuer: ENTRA, subject: `of-${FEDERATED}`, audience: 'api://AzureADTokenExchange' };
const IDENTITY_HEADER = 'simulated-identity-header';

interface Connector {
  readonly keys: Keys;
  readonly tenant: Tenant;
  readonly faults: Faults;
  readonly late: LateEffects;
}

async function isBot(request: IncomingMessage, keys: Keys): Promise<boolean> {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer') return false;
  const claims = await keys.verifyLogin(token, CONNECTOR_AUDIENCE).catch(() => undefined);
  return claims?.appid === BOT_APP_ID && claims.tid === TENANT_ID;
}

/** The connector's REST API. A call is judged in the service's order: token, operation, JSON, then what it asks. */
async function serve({ keys, tenant, faults, late }: Connector, request: IncomingMessage, response: ServerResponse) {
  late.settle();
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const published = (prefix: string, list: readonly unknown[]) => {
    const page = {
      issuer: ISSUER,
      jwks_uri: `${url.origin}${prefix}${KEYS}`,
      id_token_signing_alg_values_supported: ['RS256'],
    };
    return new Map<string, unknown>([
      [prefix + METADATA, page],
      [prefix + KEYS, { keys: list }],
    ]);
  };
  const page = published('', keys.published).get(url.pathname) ?? published(EMULATOR, []).get(url.pathname);
  if (request.method === 'GET' && page) return send(response, { status: 200, body: page });

  const bytes = await readBody(request);
  if (!(await isBot(request, keys)))
    return send(response, { status: 401, body: { message: 'Authorization has been denied for this request.' } });
  const path = url.pathname.startsWith(SERVICE) ? url.pathname.slice(SERVICE.length) : '';
  const operation = operations.find((one) => one.method === request.method && one.path.test(path));
  if (!operation) return send(response, refusal(404, 'BadSyntax', `No operation ${request.method} ${url.pathname}`));
  const ids = (operation.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  let body: unknown;
  try {
    body = bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
  } catch {
    return send(response, refusal(400, 'BadSyntax', 'The body is not JSON'));
  }
  const call = { ids, query: url.searchParams, body, bytes: bytes.length };
  return answer(response, faults.take(operation.name), late, refusal, () => operation.run(call, tenant));
}

/** Starts a Teams tenant whose bot is `BOT_APP_ID` of the simulated world. */
export async function startTeamsSimulator(options: TeamsSimulatorOptions = {}): Promise<TeamsSimulator> {
  const { clock = Date.now, port = 0, loginPort = 0, waitMs = { message: 15_000, invoke: 5_000 } } = options;
  const [keys, certificate] = await Promise.all([processKeys(), createCertificate()]);
  const faults = new Faults();
  const late = new LateEffects(clock);
  const tenant = new Tenant(clock);
  let appPassword = 'simulated-bot-secret';
  let target = options.target;

  let mayInstall = true;
  const graph = {
    ...{ keys, tenant, faults, late, mayInstall: () => mayInstall },
    added: (person: Person) => void deliver(drafts.installation(person, 'add')),
  };
  const connector = createServer(
    guarded((request, response) =>
      request.url?.startsWith(`${GRAPH}/`)
        ? serveGraph(graph, request, response)
        : serve({ keys, tenant, faults, late }, request, response),
    ),
  );
  const bot = { tenantId: TENANT_ID, appId: BOT_APP_ID };
  const trust: Trust = { certificates: [], federations: [{ ...EXCHANGE, key: keys.loginKey }] };
  const login = createLogin({ certificate, keys, faults, late, trust, ...bot, appPassword: () => appPassword });
  const machine = createIdentity({
    identities: new Map([BOT_APP_ID, FEDERATED].map((id) => [id, { iss: ENTRA, sub: `of-${id}`, tid: TENANT_ID }])),
    header: IDENTITY_HEADER,
    sign: (claims) => keys.sign('login', { ...claims }),
  });
  const origin = `http://127.0.0.1:${await listen(connector, port)}`;
  const authorityHost = `https://127.0.0.1:${await listen(login, loginPort)}`;
  const serviceUrl = `${origin}${SERVICE}/`;
  const identities = `http://127.0.0.1:${await listen(machine, 0)}`;

  const deliver = createDeliver({ keys, faults, late, target: () => target, waitMs });
  const drafts = createDrafts(tenant, serviceUrl);
  return {
    ...bot,
    get appPassword() {
      return appPassword;
    },
    rotate(secret) {
      appPassword = secret;
    },
    ...createActions(tenant, drafts, deliver),
    ...createDialogs(tenant, drafts, deliver),
    trust,
    federatedIdentity: FEDERATED,
    identity: { imds: identities, appService: `${identities}/msi/token`, header: IDENTITY_HEADER },
    serviceUrl,
    authorityHost,
    loginUrl: `${authorityHost}/${TENANT_ID}`,
    caPem: certificate.ca,
    openIdMetadataUrl: origin + METADATA,
    emulatorOpenIdMetadataUrl: origin + EMULATOR + METADATA,
    graph: { url: origin + GRAPH, app: CATALOG_ID },
    oauthUrl: `${origin}/token-service`,
    issuer: ISSUER,
    toChannelScope: CONNECTOR_AUDIENCE,
    faults,
    drafts,
    deliver,
    person: (entraId) => tenant.need(entraId),
    setTarget: (url) => {
      target = url;
    },
    setPerson: (entraId, patch) => tenant.setPerson(entraId, patch),
    setMayInstall: (may) => {
      mayInstall = may;
    },
    setTeamInstalled: (installed) => {
      tenant.teamInstalled = installed;
      tenant.changed();
    },
    removeChat: (entraId) => tenant.removeChat(tenant.need(entraId)),
    state: () => {
      late.settle();
      return tenant.state();
    },
    onChange: (listener) => tenant.onChange(listener),
    stop: async () => {
      await Promise.all([close(connector), close(login), close(machine)]);
    },
  };
}
