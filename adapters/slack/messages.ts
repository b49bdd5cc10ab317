import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Respond } from './answer.ts';
import type { Delivery } from './shape.ts';

/** What is read of an event. */
interface MessageEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly bot_id?: string | null;
  readonly edited?: unknown;
  readonly hidden?: boolean;
  readonly user?: string;
  readonly text?: string;
  readonly channel?: string;
  readonly channel_type?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
  /** Of `message_changed`: how it stands now, and how it stood. */
  readonly message?: MessageEvent;
  readonly previous_message?: MessageEvent;
}

interface EventBody {
  readonly event_id: string;
  readonly event: MessageEvent;
  readonly authorizations?: readonly { readonly user_id?: string | null }[] | null;
}

/** Something that a person wrote to the app: in its own chat with them, or where it was mentioned. */
export interface WrittenMessage {
  readonly user: string;
  /** What it says, without Slack's markup and the mention of the app. */
  readonly text: string;
  readonly channel: string;
  readonly threadTs?: string;
  /** The same for every try of Slack to deliver it. */
  readonly key: string;
}

/** No command is longer; what is cut off could be what narrows it, so a longer one is not read at all. */
export const LONGEST_MESSAGE = 3_000;

/** A person's message with a picture, one that a thread shows to its channel as well, and `/me …` (docs.slack.dev/reference/events/message). */
const SUBTYPES: ReadonlySet<string | undefined> = new Set([undefined, 'file_share', 'thread_broadcast', 'me_message']);

/**
 * The message of an event (docs.slack.dev/reference/events/message.im and …/app_mention); undefined for what is no new
 * message of a person: an edit, a join, a file without words, what a bot wrote, the app itself above all.
 */
export function writtenIn(delivery: Delivery): WrittenMessage | undefined {
  if (delivery.type !== 'event_callback') return undefined;
  const { event, event_id: key, authorizations } = delivery as unknown as EventBody;
  const { user, text, channel, thread_ts: threadTs } = event;
  const isOurs = event.type === 'app_mention' || (event.type === 'message' && event.channel_type === 'im');
  const isNew = SUBTYPES.has(event.subtype) && !event.bot_id && event.edited === undefined && event.hidden !== true;
  const isFileAlone = event.subtype === 'file_share' && text?.trim() === '';
  if (!isOurs || !isNew || isFileAlone || user === undefined || text === undefined || channel === undefined)
    return undefined;
  const said = spoken(text, authorizations?.[0]?.user_id ?? undefined);
  return { user, text: said, channel, key, ...(threadTs === undefined ? {} : { threadTs }) };
}

/**
 * A message that its author changed: in the app's own chat as `message_changed` (docs.slack.dev/reference/events/message/message_changed),
 * elsewhere as another `app_mention`. Undefined for what Slack itself changes, as when it shows a link, and for what apps wrote.
 */
export function editedIn(delivery: Delivery): WrittenMessage | undefined {
  if (delivery.type !== 'event_callback') return undefined;
  const { event, event_id: key } = delivery as unknown as EventBody;
  const isOwn = event.subtype === 'message_changed' && event.channel_type === 'im';
  const now = isOwn ? event.message : event.type === 'app_mention' ? event : undefined;
  const { user, text, thread_ts: threadTs } = now ?? {};
  const { channel, previous_message: before } = event;
  const isChanged = now?.edited !== undefined && !now.bot_id && text !== before?.text;
  if (!isChanged || user === undefined || text === undefined || channel === undefined) return undefined;
  return { user, text, channel, key, ...(threadTs === undefined ? {} : { threadTs }) };
}

/** What of such an event goes into the journal. */
export function keptMessage(delivery: Delivery): string | undefined {
  const written = writtenIn(delivery);
  if (!written || written.text.length > LONGEST_MESSAGE) return undefined;
  const { event, event_id, authorizations } = delivery as unknown as EventBody;
  const { type, user, text, channel, channel_type, thread_ts } = event;
  return JSON.stringify({
    type: 'event_callback',
    event_id,
    event: { type, user, text, channel, channel_type, thread_ts },
    authorizations: authorizations?.slice(0, 1).map(({ user_id }) => ({ user_id })),
  });
}

/**
 * Words as they were typed: links by what is shown of them, the mention of the app left out, the three characters that Slack
 * escapes as they are (docs.slack.dev/messaging/formatting-message-text). Mentions of others stay.
 */
export function spoken(text: string, bot: string | undefined): string {
  return text
    .replace(bot === undefined ? /^\s*<@[UW]\w+(?:\|[^>]*)?>/ : new RegExp(`<@${bot}(?:\\|[^>]*)?>`, 'g'), ' ')
    .replace(/<(?:https?:\/\/|mailto:|tel:)[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(?:mailto:|tel:)?([^@#!|>][^|>]*)>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim();
}

/** Answers where it was written, to whoever wrote it alone: in a channel only they see it, in the thread if it was one. */
export function respondTo(client: WebClient, { user, channel, threadTs }: WrittenMessage): Respond {
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  return ({ text, blocks }: { readonly text: string; readonly blocks?: KnownBlock[] }) => {
    const said = { channel, text, ...(blocks ? { blocks } : {}), ...thread };
    return channel.startsWith('D')
      ? client.chat.postMessage({ ...said, unfurl_links: false, unfurl_media: false })
      : client.chat.postEphemeral({ ...said, user });
  };
}
