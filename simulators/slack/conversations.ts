import { SlackError } from './errors.ts';
import { TEAM } from './identity.ts';
import { type Method, requireScope, type Service, scopeFor, shown, visibleChannel } from './method.ts';
import type { Json } from './shape.ts';
import type { SlackChannel, SlackMessage } from './types.ts';

const READ = ['channels:read', 'groups:read', 'im:read'];
const HISTORY = ['channels:history', 'groups:history', 'im:history'];
const MOST = 999;

function info(channel: SlackChannel): Json {
  return {
    id: channel.id,
    created: 1_700_000_000,
    is_archived: channel.is_archived,
    is_im: channel.kind === 'im',
    is_org_shared: false,
    context_team_id: TEAM.id,
    ...(channel.kind === 'im'
      ? { user: channel.user }
      : {
          name: channel.name,
          name_normalized: channel.name,
          is_channel: channel.kind === 'public',
          is_group: channel.kind === 'private',
          is_mpim: false,
          is_private: channel.kind === 'private',
          is_general: false,
          is_shared: channel.is_ext_shared,
          is_ext_shared: channel.is_ext_shared,
          is_pending_ext_shared: false,
          is_member: channel.is_member,
          shared_team_ids: [TEAM.id],
        }),
  };
}

/** Kinds of `conversations.list` (docs.slack.dev/reference/methods/conversations.list). */
const LISTED: ReadonlySet<string> = new Set(['public_channel', 'private_channel', 'mpim', 'im']);
const SCOPE = { public: 'channels', private: 'groups', im: 'im' } as const;

const listCursor = (id: string): string => Buffer.from(`team:${id}`).toString('base64');

/** A conversation whose messages the app may read. */
function readable(service: Service, id: unknown): SlackChannel {
  const channel = visibleChannel(service, id);
  requireScope(service, scopeFor(channel, 'history'));
  if (!channel.is_member) throw new SlackError('not_in_channel');
  return channel;
}

const paging = {
  cursor: 'string',
  include_all_metadata: 'boolean',
  inclusive: 'boolean',
  latest: 'string',
  limit: 'number',
  oldest: 'string',
} as const;

/** Fixed-width, so that message ids compare as texts. */
const key = (ts: string): string => ts.padStart(20, '0');

const cursorAt = (message: SlackMessage): string => Buffer.from(`next_ts:${message.ts}`).toString('base64');

/** The messages between `oldest` and `latest`, and of these one page. */
function page(messages: readonly SlackMessage[], args: Json): Json {
  for (const name of ['oldest', 'latest'] as const)
    if (args[name] !== undefined && !/^\d+(\.\d+)?$/.test(String(args[name])))
      throw new SlackError(`invalid_ts_${name}`);
  const isWithin = ({ ts }: SlackMessage): boolean => {
    const [oldest, latest] = [args.oldest ?? '0', args.latest ?? '9999999999'].map((t) => key(Number(t).toFixed(6)));
    if (args.inclusive === true && (key(ts) === oldest || key(ts) === latest)) return true;
    return key(ts) > (oldest ?? '') && key(ts) < (latest ?? '');
  };
  const found = messages.filter(isWithin);
  const start = args.cursor ? found.findIndex((m) => cursorAt(m) === args.cursor) : 0;
  if (start < 0) throw new SlackError('invalid_cursor');
  const limit = Math.min(Number(args.limit ?? 100), MOST);
  const next = found[start + limit];
  return {
    messages: found.slice(start, start + limit).map((m) => shown(m, args.include_all_metadata === true)),
    has_more: next !== undefined,
    ...(next ? { response_metadata: { next_cursor: cursorAt(next) } } : {}),
  };
}

/** The `conversations.*` methods. */
export const conversations: { readonly [name: string]: Method } = {
  'conversations.info': {
    scopes: READ,
    json: false,
    args: { required: { channel: 'string' }, optional: { include_locale: 'boolean', include_num_members: 'boolean' } },
    run(args, service) {
      const channel = visibleChannel(service, args.channel);
      requireScope(service, scopeFor(channel, 'read'));
      const count = args.include_num_members === true ? { num_members: channel.members.length } : {};
      return { channel: { ...info(channel), ...count } };
    },
  },
  'conversations.list': {
    scopes: READ,
    json: false,
    args: {
      optional: {
        cursor: 'string',
        exclude_archived: 'boolean',
        limit: 'number',
        team_id: 'string',
        types: 'string',
      },
    },
    run(args, service) {
      const kinds = String(args.types ?? 'public_channel').split(',');
      if (kinds.some((kind) => !LISTED.has(kind))) throw new SlackError('invalid_types');
      const found = service.workspace
        .channels()
        .filter(({ kind }) => kinds.includes(`${kind}_channel`) && service.scopes.has(`${SCOPE[kind]}:read`))
        // A private channel is shown to whoever is in it.
        .filter(({ kind, is_member }) => kind === 'public' || is_member)
        .filter(({ is_archived }) => !(args.exclude_archived === true && is_archived));
      const start = args.cursor ? found.findIndex(({ id }) => listCursor(id) === args.cursor) : 0;
      if (start < 0) throw new SlackError('invalid_cursor');
      const limit = Math.min(Number(args.limit ?? 100), MOST);
      const next = found[start + limit];
      return {
        channels: found.slice(start, start + limit).map(info),
        response_metadata: { next_cursor: next ? listCursor(next.id) : '' },
      };
    },
  },
  'conversations.history': {
    scopes: HISTORY,
    json: true,
    args: { required: { channel: 'string' }, optional: paging },
    canBeStale: true,
    run(args, service, asOfMs) {
      const channel = readable(service, args.channel);
      const isTop = (m: SlackMessage) => !m.visibleTo && (m.threadTs === undefined || m.threadTs === m.ts);
      return page(service.workspace.messages(channel.id, asOfMs).filter(isTop).reverse(), args);
    },
  },
  'conversations.replies': {
    scopes: HISTORY,
    json: false,
    args: { required: { channel: 'string', ts: 'string' }, optional: paging },
    canBeStale: true,
    run(args, service, asOfMs) {
      const channel = readable(service, args.channel);
      const all = service.workspace.messages(channel.id, asOfMs).filter((m) => !m.visibleTo);
      const first = all.find((m) => m.ts === args.ts);
      if (!first) throw new SlackError('thread_not_found');
      const parent = first.threadTs ?? first.ts;
      return page(
        all.filter((m) => m.ts === parent || m.threadTs === parent),
        args,
      );
    },
  },
  'conversations.open': {
    scopes: ['im:write'],
    json: true,
    args: { optional: { users: 'string', channel: 'string', return_im: 'boolean', prevent_creation: 'boolean' } },
    run(args, service) {
      if (args.channel === undefined && args.users === undefined) throw new SlackError('users_list_not_supplied');
      const users = String(args.users ?? '').split(',');
      if (args.users !== undefined && users.length > 1) throw new SlackError('invalid_user_combination');
      const channel =
        args.channel === undefined ? service.workspace.direct(users[0] ?? '') : visibleChannel(service, args.channel);
      if (channel.kind !== 'im') throw new SlackError('method_not_supported_for_channel_type');
      return { channel: args.return_im === true ? info(channel) : { id: channel.id } };
    },
  },
};
