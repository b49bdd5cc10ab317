import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientSecretCredential } from '@azure/identity';
import {
  ActivityTypes,
  CardFactory,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConversationParameters,
  type InvokeResponse,
  MessageFactory,
  type TurnContext,
} from 'botbuilder';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { ManualClock } from '../../simulators/shared/clock.ts';
import { type ActivityState, startTeamsSimulator, type TeamsSimulator } from '../../simulators/teams/index.ts';
import { channels, people } from '../../simulators/world.ts';

type Credentials = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;

/** The bot's credentials from Microsoft's own identity library, which trusts the simulator's authority. */
export function credentialsFor(sim: TeamsSimulator, secret = sim.appPassword): Credentials {
  const login = new ClientSecretCredential(sim.tenantId, sim.appId, secret, {
    authorityHost: sim.authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: sim.caPem },
    retryOptions: { maxRetries: 0 },
  });
  return {
    isValidAppId: async (appId) => appId === sim.appId,
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => ({
      signRequest: async (request) => {
        const token = await login.getToken(`${sim.toChannelScope}/.default`);
        request.headers.set('authorization', `Bearer ${token.token}`);
        return request;
      },
    }),
  };
}

interface Bot {
  readonly adapter: CloudAdapter;
  /** Every activity that passed botbuilder's validation. */
  readonly heard: TurnContext['activity'][];
  /** What the next turns do. */
  onTurn: (context: TurnContext) => Promise<unknown>;
  /** Answers the invoke of a turn. */
  respond(context: TurnContext, body: unknown, status?: number): Promise<unknown>;
  /** Runs `work` in the person's chat, which is created for it. */
  inChat(members: { id: string }[], work: (context: TurnContext) => Promise<unknown>): Promise<void>;
  /** Posts in the channel as a new thread and gives the thread's id. */
  postInChannel(activity: object): Promise<string>;
  stop(): Promise<void>;
}

/** A bot on the real CloudAdapter, with full validation of what it is sent, whose endpoint the simulator is told. */
async function startBot(sim: TeamsSimulator, credentials = credentialsFor(sim)): Promise<Bot> {
  const adapter = new CloudAdapter(
    new ConfigurationBotFrameworkAuthentication(
      {
        MicrosoftAppId: sim.appId,
        ToChannelFromBotLoginUrl: sim.loginUrl,
        ToChannelFromBotOAuthScope: sim.toChannelScope,
        ToBotFromChannelTokenIssuer: sim.issuer,
        OAuthUrl: sim.oauthUrl,
        ToBotFromChannelOpenIdMetadataUrl: sim.openIdMetadataUrl,
        ToBotFromEmulatorOpenIdMetadataUrl: sim.emulatorOpenIdMetadataUrl,
        CallerId: 'urn:botframework:azure',
      },
      credentials,
    ),
  );
  const create = (parameters: Partial<ConversationParameters>, work: (context: TurnContext) => Promise<unknown>) =>
    adapter.createConversationAsync(
      sim.appId,
      'msteams',
      sim.serviceUrl,
      sim.toChannelScope,
      {
        bot: { id: `28:${sim.appId}`, name: 'Drawbridge' },
        tenantId: sim.tenantId,
        ...parameters,
      } as ConversationParameters,
      async (context) => void (await work(context)),
    );

  const bot: Bot = {
    adapter,
    heard: [],
    onTurn: async () => {},
    respond: (context, body, status = 200) =>
      context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status, body } satisfies InvokeResponse }),
    inChat: (members, work) =>
      create(
        {
          isGroup: false,
          members: members as ConversationParameters['members'],
          channelData: { tenant: { id: sim.tenantId } },
        },
        work,
      ),
    postInChannel: async (activity) => {
      let id = '';
      const channelData = { channel: { id: channels.teams.id }, tenant: { id: sim.tenantId } };
      await create(
        { isGroup: true, channelData, activity: activity as ConversationParameters['activity'] },
        async (context) => {
          id = context.activity.conversation.id;
        },
      );
      return id;
    },
    stop: () => stop(server),
  };

  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const reply = {
      socket: response.socket,
      status: (code: number) => {
        response.statusCode = code;
      },
      header: (name: string, value: unknown) => response.setHeader(name, `${value}`),
      send: (body: unknown) => response.write(typeof body === 'string' ? body : JSON.stringify(body)),
      end: () => response.end(),
    };
    const body = JSON.parse(Buffer.concat(parts).toString());
    await adapter.process({ body, headers: request.headers, method: request.method }, reply, async (context) => {
      bot.heard.push(context.activity);
      await bot.onTurn(context);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sim.setTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`);
  return bot;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What each test of the Teams simulator works with. */
export interface TeamsWorld {
  sim: TeamsSimulator;
  bot: Bot;
  readonly clock: ManualClock;
  /** Sends a card to the person's chat and gives the message's id. */
  sendCard(person: { teamsId: string }, content: object): Promise<string>;
  /** The messages of the person's chat. */
  chatOf(entraId: string): ActivityState[];
}

/** One simulator and one bot for the tests of a file; before each of them everybody is back as they were. */
export function teamsWorld(): TeamsWorld {
  const world = {
    clock: new ManualClock(Date.UTC(2030, 0, 7, 9)),
    chatOf: (entraId: string) => [
      ...(world.sim.state().personal.find((chat) => chat.entraId === entraId)?.activities ?? []),
    ],
    async sendCard(person: { teamsId: string }, content: object) {
      let id = '';
      await world.bot.inChat([{ id: person.teamsId }], async (context) => {
        id = (await context.sendActivity(attached(content)))?.id ?? '';
      });
      return id;
    },
  } as TeamsWorld;
  beforeAll(async () => {
    // botbuilder prints every token that it refuses.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    world.sim = await startTeamsSimulator({ clock: world.clock.now, waitMs: { message: 60_000, invoke: 5_000 } });
    world.bot = await startBot(world.sim);
  });
  beforeEach(() => {
    const { sim, bot } = world;
    sim.faults.clear();
    sim.setTeamInstalled(true);
    for (const { entraId } of Object.values(people)) {
      sim.setPerson(entraId, { installed: true, blocked: false, inTeam: true, userRole: 'user' });
      sim.removeChat(entraId);
    }
    bot.heard.length = 0;
    bot.onTurn = async () => {};
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await Promise.all([world.bot.stop(), world.sim.stop()]);
  });
  return world;
}

export const attached = (content: object) => MessageFactory.attachment(CardFactory.adaptiveCard(content));

/** A card as ours are: a refresh for one person, an input, two buttons of which one takes the input along. */
export const card = (text: string, refreshFor: string = people.manager.teamsId) => ({
  type: 'AdaptiveCard',
  version: '1.5',
  refresh: { action: { type: 'Action.Execute', verb: 'look', data: { id: 'r1' } }, userIds: [refreshFor] },
  body: [
    { type: 'TextBlock', text, wrap: true },
    { type: 'Input.Text', id: 'reason', label: 'Reason', isRequired: true, errorMessage: 'Say why', maxLength: 20 },
  ],
  actions: [
    { type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { id: 'r1' }, associatedInputs: 'none' },
    { type: 'Action.Execute', title: 'Deny', verb: 'deny', data: { id: 'r1' } },
  ],
});

/** The status and code with which the connector refused. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown as { statusCode?: number; code?: string },
  );
  return error ? `${error.statusCode} ${error.code}` : 'no refusal';
}

/** The Authorization header that credentials put on a request. */
export async function authorizationOf(credentials: Credentials): Promise<string> {
  const headers = new Map<string, string>();
  const signer = await credentials.createCredentials('', '', '', true);
  await signer.signRequest({ headers } as never);
  return headers.get('authorization') ?? '';
}
