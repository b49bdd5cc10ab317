import type { Arguments } from './arguments.ts';
import { readContent, readUpdate } from './content.ts';
import { SlackError } from './errors.ts';
import { BOT, TEAM } from './identity.ts';
import { type Method, type Service, shown, visibleChannel } from './method.ts';
import type { Json } from './shape.ts';
import type { SlackChannel, SlackMessage } from './types.ts';

/** Where the app may post: a conversation it is in, or a person, who is written to in private. */
function postable(service: Service, id: string): SlackChannel {
  const { workspace } = service;
  if (/^[UW]/.test(id)) {
    if (!workspace.user(id) || workspace.user(id)?.deleted) throw new SlackError('channel_not_found');
    return workspace.direct(id);
  }
  const channel = visibleChannel(service, id);
  if (channel.is_archived) throw new SlackError('is_archived');
  if (!channel.is_member && !service.scopes.has('chat:write.public')) throw new SlackError('not_in_channel');
  return channel;
}

/** The message that a thread hangs on, when a reply is asked for. */
function threadOf(service: Service, channel: SlackChannel, args: Json): { threadTs?: string } {
  if (args.thread_ts === undefined) return {};
  const parent = service.workspace.message(channel.id, String(args.thread_ts));
  if (!parent || parent.visibleTo) throw new SlackError('cannot_reply_to_message');
  return { threadTs: parent.threadTs ?? parent.ts };
}

/** A message of the app's own that everybody sees. */
function own(service: Service, args: Json, error: string): SlackMessage {
  const channel = visibleChannel(service, args.channel);
  const message = service.workspace.message(channel.id, String(args.ts));
  if (!message || message.visibleTo) throw new SlackError('message_not_found');
  if (message.user !== BOT.userId) throw new SlackError(error);
  return message;
}

const content: NonNullable<Arguments['optional']> = {
  text: 'string',
  blocks: 'json',
  metadata: 'json',
  thread_ts: 'string',
  link_names: 'boolean',
  parse: 'string',
};

/** The `chat.*` methods. Attachments and custom names and icons are not simulated. */
export const chat: { readonly [name: string]: Method } = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    json: true,
    args: {
      required: { channel: 'string' },
      optional: {
        ...content,
        mrkdwn: 'boolean',
        unfurl_links: 'boolean',
        unfurl_media: 'boolean',
        reply_broadcast: 'boolean',
      },
    },
    run(args, service) {
      const channel = postable(service, String(args.channel));
      const said = { ...readContent(args), ...threadOf(service, channel, args) };
      const message = service.workspace.post({ channel: channel.id, user: BOT.userId, ...said });
      return { channel: channel.id, ts: message.ts, message: shown(message, true) };
    },
  },
  'chat.update': {
    scopes: ['chat:write'],
    json: true,
    args: {
      required: { channel: 'string', ts: 'string' },
      optional: { text: 'string', blocks: 'json', metadata: 'json', link_names: 'boolean', parse: 'string' },
    },
    run(args, service) {
      // "The message cannot be edited within a frozen, archived or deleted channel" (docs.slack.dev/reference/methods/chat.update, "Errors").
      if (visibleChannel(service, args.channel).is_archived) throw new SlackError('is_inactive');
      const before = own(service, args, 'cant_update_message');
      const { metadata: _, ...rest } = before;
      const after = { ...rest, ...readUpdate(args, before), editedTs: service.workspace.nextTs() };
      service.workspace.replace(before.channel, before.ts, after);
      return { channel: after.channel, ts: after.ts, text: after.text, message: shown(after, true) };
    },
  },
  'chat.postEphemeral': {
    scopes: ['chat:write'],
    json: true,
    args: { required: { channel: 'string', user: 'string' }, optional: content },
    run(args, service) {
      const channel = visibleChannel(service, args.channel);
      const user = String(args.user);
      if (!channel.is_member) throw new SlackError('not_in_channel');
      if (!channel.members.includes(user)) throw new SlackError('user_not_in_channel');
      const said = { ...readContent(args), ...threadOf(service, channel, args) };
      const message = service.workspace.post({ channel: channel.id, user: BOT.userId, visibleTo: user, ...said });
      return { message_ts: message.ts };
    },
  },
  'chat.getPermalink': {
    scopes: [],
    json: false,
    args: { required: { channel: 'string', message_ts: 'string' } },
    run(args, service) {
      const channel = visibleChannel(service, args.channel);
      const message = service.workspace.message(channel.id, String(args.message_ts));
      if (!message || message.visibleTo) throw new SlackError('message_not_found');
      const permalink = `https://${TEAM.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`;
      return { channel: channel.id, permalink };
    },
  },
  'chat.delete': {
    scopes: ['chat:write'],
    json: true,
    args: { required: { channel: 'string', ts: 'string' } },
    run(args, service) {
      const message = own(service, args, 'cant_delete_message');
      service.workspace.replace(message.channel, message.ts, undefined);
      return { channel: message.channel, ts: message.ts };
    },
  },
};
