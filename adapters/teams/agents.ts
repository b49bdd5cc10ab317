import {
  ConnectorClient,
  HttpClient,
  type HttpClientOptions,
  type HttpRequestConfig,
  type HttpResponse,
} from '@microsoft/agents-hosting';
import type { Connector, TeamsMember, Transport } from './bot.ts';
import type { Login } from './credential.ts';
import { failureOf } from './errors.ts';
import type { Settings } from './settings.ts';
import { tokenCheck } from './token.ts';

type ConversationParameters = Parameters<ConnectorClient['createConversation']>[0];
type Activity = Parameters<ConnectorClient['sendToConversation']>[1];

/**
 * The Bot Framework through the Microsoft 365 Agents SDK, botbuilder's successor. NB. the only module that imports it.
 * Its own token check is not used: its keys are at a fixed address, and it looks neither at the service URL nor at what
 * a key is endorsed for ([decision 0023](../../docs/decisions/0023-two-sdks-for-teams.md)).
 */
export function agents(settings: Settings, login: Login, callMs: number): Transport {
  return {
    authenticate: tokenCheck(settings, callMs),
    async connect(serviceUrl, signal) {
      const headers = { authorization: `Bearer ${await login.token(signal)}`, accept: 'application/json' };
      return connectorOf(new Client(new Calls({ baseURL: serviceUrl, headers }, signal)));
    },
  };
}

function connectorOf(client: ConnectorClient): Connector {
  // The SDK puts ids into paths as they are.
  const id = encodeURIComponent;
  return {
    create: (parameters) => client.createConversation(parameters as ConversationParameters),
    send: (conversation, activity) => client.sendToConversation(id(conversation), activity as Activity),
    update: (conversation, message, activity) =>
      client.updateActivity(id(conversation), id(message), activity as Activity),
    // The SDK's types know a channel account; Teams adds the tenant and the role.
    member: async (conversation, user) =>
      (await client.getConversationMember(id(user), id(conversation))) as TeamsMember,
  };
}

class Client extends ConnectorClient {
  constructor(calls: HttpClient) {
    super(calls);
  }
}

/**
 * One call, once: the SDK's own can be given neither a signal nor a word about redirects, one of which would carry our token
 * to somewhere that is not in the settings. Rejects with a `ConnectorFailure`, which has nothing of what was sent.
 */
class Calls extends HttpClient {
  readonly #signal: AbortSignal;

  constructor(options: HttpClientOptions, signal: AbortSignal) {
    super(options);
    this.#signal = signal;
  }

  override async request<T>(config: HttpRequestConfig): Promise<HttpResponse<T>> {
    const { method, url, headers, data } = config;
    const response = await fetch(`${this.baseURL.replace(/\/$/, '')}/${url.replace(/^\//, '')}`, {
      method: method.toUpperCase(),
      headers: { ...this.defaultHeaders, ...headers },
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
      redirect: 'error',
      signal: this.#signal,
    });
    const text = await response.text();
    if (!response.ok) throw failureOf({ statusCode: response.status, code: codeOf(text), response });
    const { status, statusText } = response;
    return { data: (text === '' ? {} : JSON.parse(text)) as T, status, statusText, headers: response.headers, config };
  }
}

/** The service's own word for what is wrong: `{ error: { code } }`. */
function codeOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown } };
    return typeof error?.code === 'string' ? error.code : undefined;
  } catch {
    return undefined;
  }
}
