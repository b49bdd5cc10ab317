import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { SlackError } from './errors.ts';
import { BOT, TEAM } from './identity.ts';
import type { Method } from './method.ts';

const others: { readonly [name: string]: Method } = {
  'auth.test': {
    scopes: [],
    json: true,
    args: {},
    run: () => ({
      url: `https://${TEAM.domain}.slack.com/`,
      team: TEAM.name,
      user: BOT.name,
      team_id: TEAM.id,
      user_id: BOT.userId,
      bot_id: BOT.id,
      is_enterprise_install: false,
    }),
  },
  'bots.info': {
    scopes: ['users:read'],
    json: false,
    args: { optional: { bot: 'string', team_id: 'string' } },
    run(args) {
      if (args.bot === undefined) return {};
      if (args.bot !== BOT.id) throw new SlackError('bot_not_found');
      return { bot: { id: BOT.id, deleted: false, name: BOT.name, app_id: BOT.appId, user_id: BOT.userId } };
    },
  },
  'apps.connections.open': {
    scopes: [],
    token: 'app',
    json: true,
    args: {},
    run: (_args, service) => ({ url: service.connectionUrl() }),
  },
  'users.info': {
    scopes: ['users:read'],
    json: false,
    args: { required: { user: 'string' }, optional: { include_locale: 'boolean' } },
    run(args, service) {
      const user = service.workspace.user(String(args.user));
      if (!user) throw new SlackError('user_not_found');
      const { locale: own = 'en-GB', ...shown } = user;
      const { email, ...profile } = user.profile;
      const mayReadEmail = service.scopes.has('users:read.email') && email !== undefined;
      const locale = args.include_locale ? { locale: own } : {};
      return { user: { ...shown, ...locale, profile: { ...profile, ...(mayReadEmail ? { email } : {}) } } };
    },
  },
  'users.lookupByEmail': {
    scopes: ['users:read.email'],
    json: false,
    args: { required: { email: 'string' } },
    run(args, { workspace }) {
      const user = workspace.userByEmail(String(args.email));
      if (!user || user.deleted) throw new SlackError('users_not_found');
      return { user };
    },
  },
  'usergroups.list': {
    scopes: ['usergroups:read'],
    json: false,
    args: { optional: { include_users: 'boolean', include_disabled: 'boolean', include_count: 'boolean' } },
    run(args, { workspace }) {
      const usergroups = workspace.userGroups().map(({ users, ...group }) => ({
        ...group,
        ...(args.include_users ? { users } : {}),
      }));
      return { usergroups };
    },
  },
  'views.open': {
    scopes: [],
    json: true,
    args: { required: { trigger_id: 'string', view: 'json' } },
    run(args, { workspace, triggers }) {
      return { view: triggers.exchange(String(args.trigger_id), (user) => workspace.modals.open(user, args.view)) };
    },
  },
  'views.push': {
    scopes: [],
    json: true,
    args: { required: { trigger_id: 'string', view: 'json' } },
    run(args, { workspace, triggers }) {
      return { view: triggers.exchange(String(args.trigger_id), (user) => workspace.modals.push(user, args.view)) };
    },
  },
  'views.publish': {
    scopes: [],
    json: true,
    args: { required: { user_id: 'string', view: 'json' }, optional: { hash: 'string' } },
    run(args, { workspace }) {
      const user = workspace.user(String(args.user_id));
      if (!user || user.deleted || user.is_bot) throw new SlackError('user_not_found');
      return { view: workspace.homes.publish(user.id, args.view, args.hash as string | undefined) };
    },
  },
  'views.update': {
    scopes: [],
    json: true,
    args: { required: { view: 'json' }, optional: { view_id: 'string', external_id: 'string', hash: 'string' } },
    run(args, { workspace }) {
      const named = typeof args.external_id === 'string' ? workspace.modals.findExternal(args.external_id) : undefined;
      const id = args.view_id ?? named?.view.id;
      if (id === undefined) throw new SlackError('not_found');
      return { view: workspace.modals.update(String(id), args.view, args.hash as string | undefined) };
    },
  },
};

/** Every method that the simulated Web API knows, by name. */
export const methods: { readonly [name: string]: Method } = { ...chat, ...conversations, ...others };
