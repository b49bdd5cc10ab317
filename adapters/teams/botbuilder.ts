import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import type { Connector, TeamsMember, Transport } from './bot.ts';
import type { Login } from './credential.ts';
import type { Settings } from './settings.ts';
import { silently } from './silence.ts';

type Authentication = ConfigurationBotFrameworkAuthentication;
type Credentials = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;
type Identity = Parameters<Authentication['createConnectorFactory']>[0];
type Client = Awaited<ReturnType<ReturnType<Authentication['createConnectorFactory']>['create']>>;
type Conversations = Client['conversations'];
type ConversationParameters = Parameters<Conversations['createConversation']>[0];
type Activity = Parameters<Conversations['sendToConversation']>[1];

/** Never called: nobody signs in through the bot. botbuilder falls back to its own endpoints when any of them is missing. */
const USER_TOKENS = 'https://token.botframework.com';
const CALLER = 'urn:botframework:azure';

/** The Bot Framework through `botbuilder`, which is at the end of its life. NB. the only module that imports it. */
export function botbuilder(settings: Settings, login: Login, callMs: number): Transport {
  const authentication = authenticationOf(settings, login);
  // botbuilder's own class for this is not exported; the factory asks it for the app id and nothing else.
  const identity = { getClaimValue: () => settings.appId } as unknown as Identity;
  const factory = authentication.createConnectorFactory(identity);
  const clients = new Map<string, Promise<Client>>();
  return {
    async authenticate(activity, authorization) {
      const checked = activity as Parameters<Authentication['authenticateRequest']>[0];
      await silently(() => authentication.authenticateRequest(checked, authorization));
    },
    async connect(serviceUrl, abortSignal) {
      const made = clients.get(serviceUrl) ?? factory.create(serviceUrl).then((client) => tame(client, callMs));
      clients.set(serviceUrl, made);
      return connectorOf((await made).conversations, { abortSignal });
    },
  };
}

function connectorOf(conversations: Conversations, options: { readonly abortSignal: AbortSignal }): Connector {
  return {
    create: (parameters) => conversations.createConversation(parameters as ConversationParameters, options),
    send: (conversation, activity) => conversations.sendToConversation(conversation, activity as Activity, options),
    update: (conversation, id, activity) =>
      conversations.updateActivity(conversation, id, activity as Activity, options),
    // The SDK's types know a channel account; Teams adds the tenant and the role.
    member: async (conversation, user) =>
      (await conversations.getConversationMember(conversation, user, options)) as TeamsMember,
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
