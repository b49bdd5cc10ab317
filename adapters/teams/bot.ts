import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { type Login, loginOf } from './credential.ts';
import { failureOf } from './errors.ts';
import type { Settings } from './settings.ts';
import { silently } from './silence.ts';

/** A message of ours: plain JSON as the Bot Connector REST API has it. */
export interface Outgoing {
  readonly text?: string;
  readonly textFormat?: 'markdown';
  /** What the notification shows. */
  readonly summary?: string;
  readonly attachments?: readonly { readonly contentType: string; readonly content: object }[];
  readonly entities?: readonly object[];
}

/** A conversation at one connector. */
export interface Conversation {
  readonly serviceUrl: string;
  readonly conversation: string;
}

export interface TeamsMember {
  readonly tenantId?: string;
  readonly userRole?: string;
}

/** The Bot Framework as the rest of this room knows it. Calls reject with `ConnectorFailure` and are made once. */
export interface Bot {
  /** Rejects when the delivery is not signed by the Bot Framework for this bot, this channel and its service URL. */
  authenticate(activity: object, authorization: string, signal: AbortSignal): Promise<void>;
  /** The person's own chat with the bot, made when there is none. `member` is a Teams id or an Entra object id. */
  chat(serviceUrl: string, member: string, signal: AbortSignal): Promise<Conversation>;
  /** A new thread in a channel. */
  thread(
    serviceUrl: string,
    channel: string,
    message: Outgoing,
    signal: AbortSignal,
  ): Promise<Conversation & { activity: string }>;
  /** Gives the id of the message. */
  send(spot: Conversation, message: Outgoing, signal: AbortSignal): Promise<string>;
  update(spot: Conversation, activity: string, message: Outgoing, signal: AbortSignal): Promise<void>;
  member(spot: Conversation, user: string, signal: AbortSignal): Promise<TeamsMember>;
  /** Fetches a token for the connector, or rejects with why there is none. */
  login(signal: AbortSignal): Promise<void>;
}

type Authentication = ConfigurationBotFrameworkAuthentication;
type Credentials = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;
type Identity = Parameters<Authentication['createConnectorFactory']>[0];
type Client = Awaited<ReturnType<ReturnType<Authentication['createConnectorFactory']>['create']>>;
type Conversations = Client['conversations'];
type Activity = Parameters<Conversations['sendToConversation']>[1];

/** Never called: nobody signs in through the bot. botbuilder falls back to its own endpoints when any of them is missing. */
const USER_TOKENS = 'https://token.botframework.com';
const CALLER = 'urn:botframework:azure';

/**
 * The Bot Framework through `botbuilder`. NB. the only module that imports it: it is at the end of its life, and its
 * successor takes its place here.
 */
export function createBot(settings: Settings, callMs: number): Bot {
  const login = loginOf(settings);
  const authentication = authenticationOf(settings, login);
  return {
    async authenticate(activity, authorization, signal) {
      const checked = activity as Parameters<Authentication['authenticateRequest']>[0];
      await within(callMs, signal, () => silently(() => authentication.authenticateRequest(checked, authorization)));
    },
    ...conversationsOf(settings, connector(authentication, settings.appId, callMs)),
    async login(signal) {
      try {
        await within(callMs, signal, (limited) => login.token(limited));
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/** What is done in conversations, each in one call. */
function conversationsOf({ appId, tenantId }: Settings, call: Call): Omit<Bot, 'authenticate' | 'login'> {
  const bot = { id: `28:${appId}` };
  const create = async (serviceUrl: string, parameters: object, signal: AbortSignal) => {
    const whole = { bot, tenantId, ...parameters } as Parameters<Conversations['createConversation']>[0];
    return call(serviceUrl, signal, (conversations, options) => conversations.createConversation(whole, options));
  };
  return {
    async chat(serviceUrl, member, signal) {
      const channelData = { tenant: { id: tenantId } };
      const { id } = await create(serviceUrl, { isGroup: false, members: [{ id: member }], channelData }, signal);
      return { serviceUrl, conversation: id };
    },
    async thread(serviceUrl, channel, message, signal) {
      const channelData = { channel: { id: channel }, tenant: { id: tenantId } };
      const parameters = { isGroup: true, channelData, activity: activityOf(message) };
      const { id, activityId } = await create(serviceUrl, parameters, signal);
      return { serviceUrl, conversation: id, activity: activityId };
    },
    async send({ serviceUrl, conversation }, message, signal) {
      const { id } = await call(serviceUrl, signal, (conversations, options) =>
        conversations.sendToConversation(conversation, activityOf(message), options),
      );
      return id;
    },
    async update({ serviceUrl, conversation }, activity, message, signal) {
      await call(serviceUrl, signal, (conversations, options) =>
        conversations.updateActivity(conversation, activity, { ...activityOf(message), id: activity }, options),
      );
    },
    async member({ serviceUrl, conversation }, user, signal) {
      // The SDK's types know a channel account; Teams adds the tenant and the role.
      return (await call(serviceUrl, signal, (conversations, options) =>
        conversations.getConversationMember(conversation, user, options),
      )) as TeamsMember;
    },
  };
}

/** One call of the connector at a service URL, within its time. Rejects with a `ConnectorFailure`. */
type Call = <T>(
  serviceUrl: string,
  signal: AbortSignal,
  work: (conversations: Conversations, options: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

function connector(authentication: Authentication, appId: string, callMs: number): Call {
  // botbuilder's own class for this is not exported; the factory asks it for the app id and nothing else.
  const factory = authentication.createConnectorFactory({ getClaimValue: () => appId } as unknown as Identity);
  const clients = new Map<string, Promise<Client>>();
  const client = (serviceUrl: string): Promise<Client> => {
    const known = clients.get(serviceUrl) ?? factory.create(serviceUrl).then((made) => tame(made, callMs));
    clients.set(serviceUrl, known);
    return known;
  };
  return async (serviceUrl, signal, work) => {
    try {
      const { conversations } = await client(serviceUrl);
      return await within(callMs, signal, (abortSignal) => work(conversations, { abortSignal }));
    } catch (error) {
      throw failureOf(error);
    }
  };
}

function authenticationOf(settings: Settings, login: Login): Authentication {
  return new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: settings.appId,
      ToChannelFromBotLoginUrl: `${settings.loginUrl.replace(/\/$/, '')}/${settings.tenantId}`,
      ToChannelFromBotOAuthScope: settings.oauthScope,
      ToBotFromChannelTokenIssuer: settings.tokenIssuer,
      OAuthUrl: USER_TOKENS,
      ToBotFromChannelOpenIdMetadataUrl: settings.openIdMetadataUrl,
      // With the channel's own keys no token for the Emulator or a skill ever verifies: nobody uses either.
      ToBotFromEmulatorOpenIdMetadataUrl: settings.openIdMetadataUrl,
      CallerId: CALLER,
    },
    credentials(login, settings),
  );
}

/** botbuilder's own factory can trust no certificate authority of ours: `@azure/identity` fetches the token instead. */
function credentials(login: Login, settings: Settings): Credentials {
  const { appId, validateTokens } = settings;
  return {
    isValidAppId: async (id) => id === appId,
    isAuthenticationDisabled: async () => !validateTokens,
    createCredentials: async () => ({
      async signRequest(request) {
        request.headers.set('authorization', `Bearer ${await login.token()}`);
        return request;
      },
    }),
  };
}

/**
 * As it comes, the client waits for ever and sends a POST up to four times, which can post twice. `retryOptions` are
 * ignored by 4.23; the pipeline is the one place where this can be changed.
 */
function tame(client: Client, callMs: number): Client {
  const { pipeline } = (client as unknown as { client: { pipeline: Pipeline } }).client;
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  // A redirect would carry our token to somewhere that is not in the settings.
  pipeline.removePolicy({ name: 'redirectPolicy' });
  pipeline.addPolicy({
    name: 'timeLimit',
    sendRequest(request, next) {
      request.timeout = callMs;
      return next(request);
    },
  });
  return client;
}

interface Pipeline {
  removePolicy(policy: { readonly name: string }): unknown;
  addPolicy(policy: {
    readonly name: string;
    sendRequest(request: { timeout: number }, next: (request: { timeout: number }) => unknown): unknown;
  }): void;
}

function activityOf(message: Outgoing): Activity {
  return { type: 'message', ...message } as Activity;
}

/** Rejects after so long, or when the signal aborts, even where what is waited for heeds no signal. */
function within<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  return new Promise((resolve, reject) => {
    const stop = () => reject(limit.reason);
    if (limit.aborted) return stop();
    limit.addEventListener('abort', stop, { once: true });
    work(limit)
      .then(resolve, reject)
      .finally(() => limit.removeEventListener('abort', stop));
  });
}
