import type { Values } from './element-state.ts';
import { BOT, TEAM } from './identity.ts';
import { shown } from './method.ts';
import type { Json } from './shape.ts';
import type { SlackChannel, SlackHome, SlackMessage, SlackUser, SlackView } from './types.ts';

/** Slack's deprecated verification token; it is still in every payload, and proves nothing. */
const VERIFICATION_TOKEN = 'simulated-verification-token';

/** What a slash command posts (docs.slack.dev/interactivity/implementing-slash-commands). */
export function commandFields(
  user: SlackUser,
  channel: SlackChannel,
  more: { command: string; text: string; response_url: string; trigger_id: string },
): { [name: string]: string } {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel.id,
    channel_name: channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name,
    user_id: user.id,
    user_name: user.name,
    api_app_id: BOT.appId,
    is_enterprise_install: 'false',
    ...more,
  };
}

/** What the Events API posts (docs.slack.dev/apis/events-api, "Callback field overview"). */
export function eventBody(event: Json, event_id: string, event_time: number): Json {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    context_enterprise_id: null,
    api_app_id: BOT.appId,
    event,
    type: 'event_callback',
    event_id,
    event_time,
    authorizations: [
      { enterprise_id: null, team_id: TEAM.id, user_id: BOT.userId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
}

/** What every interaction payload has (docs.slack.dev/reference/interaction-payloads). */
const common = (type: string, user: SlackUser): Json => ({
  type,
  user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
  team: { id: TEAM.id, domain: TEAM.domain },
  enterprise: null,
  is_enterprise_install: false,
  api_app_id: BOT.appId,
  token: VERIFICATION_TOKEN,
});

const withValues = (view: SlackView | SlackHome, values: Values): Json => ({ ...view, state: { values } });

/** One entry of `actions`: what was used, and what it holds now. */
export function action(block: Json, element: Json, state: Json | undefined, actionTs: string): Json {
  const { type, action_id, text, value, style, placeholder, url } = element;
  const given = Object.entries({ text, value, style, placeholder, url }).filter(([, v]) => v !== undefined);
  return { type, action_id, block_id: block.block_id, ...Object.fromEntries(given), ...state, action_ts: actionTs };
}

export function messageAction(
  user: SlackUser,
  channel: SlackChannel,
  message: SlackMessage,
  more: { actions: readonly Json[]; values: Values; response_url: string; trigger_id: string },
): Json {
  const { values, ...rest } = more;
  const isEphemeral = message.visibleTo !== undefined;
  return {
    ...common('block_actions', user),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    },
    channel: { id: channel.id, name: channel.name },
    // An ephemeral message is nowhere stored, so that its payload does not have it.
    ...(isEphemeral ? {} : { message: { ...shown(message, false), team: TEAM.id } }),
    state: { values },
    ...rest,
  };
}

export const viewAction = (
  user: SlackUser,
  view: SlackView | SlackHome,
  more: { actions: readonly Json[]; values: Values; trigger_id: string },
): Json => ({
  ...common('block_actions', user),
  container: { type: 'view', view_id: view.id },
  view: withValues(view, more.values),
  actions: more.actions,
  trigger_id: more.trigger_id,
});

/** https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export const globalShortcut = (user: SlackUser, more: Json): Json => ({ ...common('shortcut', user), ...more });

export const messageShortcut = (user: SlackUser, channel: SlackChannel, message: SlackMessage, more: Json): Json => ({
  ...common('message_action', user),
  channel: { id: channel.id, name: channel.name },
  message_ts: message.ts,
  message: { ...shown(message, false), team: TEAM.id },
  ...more,
});

export const submission = (user: SlackUser, view: SlackView, values: Values, triggerId: string): Json => ({
  ...common('view_submission', user),
  trigger_id: triggerId,
  view: withValues(view, values),
  response_urls: [],
});

export const closing = (user: SlackUser, view: SlackView, values: Values, isCleared: boolean): Json => ({
  ...common('view_closed', user),
  view: withValues(view, values),
  is_cleared: isCleared,
});

export const suggestion = (
  user: SlackUser,
  view: SlackView,
  more: { block_id: string; action_id: string; value: string; values: Values },
): Json => {
  const { values, ...rest } = more;
  return {
    ...common('block_suggestion', user),
    container: { type: 'view', view_id: view.id },
    view: withValues(view, values),
    ...rest,
  };
};
