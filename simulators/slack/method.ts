import type { Arguments } from './arguments.ts';
import { SlackError } from './errors.ts';
import { BOT } from './identity.ts';
import type { Json } from './shape.ts';
import type { Triggers } from './triggers.ts';
import type { SlackChannel, SlackMessage } from './types.ts';
import type { Workspace } from './workspace.ts';

/** What a Web API method works on. */
export interface Service {
  readonly workspace: Workspace;
  readonly triggers: Triggers;
  readonly scopes: ReadonlySet<string>;
  /** A fresh address for one Socket Mode connection. */
  connectionUrl(): string;
}

/** One method of the Web API (docs.slack.dev/reference/methods). */
export interface Method {
  /** One of these must have been granted; none when the method needs none. */
  readonly scopes: readonly string[];
  /** The kind of token it takes; the bot's unless told. */
  readonly token?: 'app';
  /** It also takes its arguments as a JSON body. */
  readonly json: boolean;
  readonly args: Arguments;
  /** Reads messages, and so can answer with those of `asOfMs`. */
  readonly canBeStale?: boolean;
  /** The answer without its `ok`; a refusal is thrown as a SlackError. */
  run(args: Json, service: Service, asOfMs?: number): Json;
}

export function requireScope(service: Service, ...anyOf: readonly string[]): void {
  if (anyOf.some((scope) => service.scopes.has(scope))) return;
  throw new SlackError('missing_scope', { needed: anyOf.join(','), provided: [...service.scopes].join(',') });
}

/** Names a scope for the kind of a conversation: `channels:read`, `groups:read` or `im:read`. */
export const scopeFor = (channel: SlackChannel, right: 'read' | 'history'): string =>
  `${{ public: 'channels', private: 'groups', im: 'im' }[channel.kind]}:${right}`;

/** A conversation that the app can see. */
export function visibleChannel(service: Service, id: unknown): SlackChannel {
  const channel = service.workspace.channel(String(id));
  if (!channel || (channel.kind === 'private' && !channel.is_member)) throw new SlackError('channel_not_found');
  return channel;
}

/** A message as the Web API shows it. */
export function shown(message: SlackMessage, withMetadata: boolean): Json {
  const isBots = message.user === BOT.userId;
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    ...(isBots ? { bot_id: BOT.id, app_id: BOT.appId } : {}),
    text: message.text,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.editedTs ? { edited: { user: message.user, ts: message.editedTs } } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  };
}
