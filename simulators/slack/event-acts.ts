import { findElement } from './element-state.ts';
import { BOT, TEAM } from './identity.ts';
import { action, globalShortcut, messageShortcut, viewAction } from './payloads.ts';
import { failed, type Seen, seen } from './seen.ts';
import type { Reaction } from './sender.ts';
import type { Json } from './shape.ts';
import type { Tools } from './tools.ts';
import type { SlackChannel, SlackUser } from './types.ts';

/** Slack's word to a person whose press or shortcut no app answered. */
const SILENT = 'This app did not respond. Try again.';
const NOT_SENT: Seen = { ok: true, status: 0, body: '' };

/** What an app is told where it subscribed to it, and the scope that each needs (docs.slack.dev/reference/events). */
const SCOPES: { readonly [event: string]: string | undefined } = {
  app_home_opened: undefined,
  app_mention: 'app_mentions:read',
  'message.im': 'im:history',
};

/** What people do that an app hears of as events or through shortcuts, and what they press in its Home tab. */
export class EventActs {
  readonly #tools: Tools;
  #count = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Opens the app's Home tab. */
  openHome(userId: string): Promise<Seen> {
    const { workspace } = this.#tools;
    const view = workspace.homes.shown.get(userId);
    const event = { type: 'app_home_opened', user: userId, channel: workspace.direct(userId).id, tab: 'home' };
    return this.#tell('app_home_opened', { ...event, ...(view ? { view } : {}), event_ts: workspace.nextTs() });
  }

  /** Presses a button of the Home tab. */
  async pressHome(userId: string, actionId: string, blockId?: string): Promise<Seen> {
    const { workspace, triggers, sender } = this.#tools;
    const user = workspace.user(userId);
    const view = workspace.homes.shown.get(userId);
    if (!user || !view) throw new Error(`${userId} has no Home tab.`);
    const { block, element } = findElement(view.blocks, actionId, blockId);
    const actions = [action(block, element, undefined, workspace.nextTs())];
    const more = { actions, values: {}, trigger_id: triggers.issue(userId) };
    return this.#answered(userId, await sender.interaction(viewAction(user, view, more)));
  }

  /** Writes a message. The app hears of it in its own chat with the person, and where it is mentioned. */
  async say(userId: string, channelId: string, text: string, threadTs?: string): Promise<Seen> {
    const { workspace } = this.#tools;
    const { channel } = this.#present(userId, channelId);
    const posted = { channel: channelId, user: userId, text, blocks: [], ...(threadTs ? { threadTs } : {}) };
    const { ts } = workspace.post(posted);
    const about = {
      user: userId,
      text,
      ts,
      channel: channelId,
      ...(threadTs ? { thread_ts: threadTs } : {}),
      team: TEAM.id,
      event_ts: ts,
    };
    if (channel.kind === 'im') return this.#tell('message.im', { type: 'message', channel_type: 'im', ...about });
    if (!channel.is_member || !text.includes(`<@${BOT.userId}>`)) return NOT_SENT;
    return this.#tell('app_mention', { type: 'app_mention', ...about });
  }

  /** Runs a global shortcut of the app. */
  async shortcut(userId: string, callbackId: string): Promise<Seen> {
    const { workspace, triggers, sender } = this.#tools;
    const user = workspace.user(userId);
    if (!user) throw new Error(`There is no user ${userId}.`);
    const about = { callback_id: callbackId, trigger_id: triggers.issue(userId), action_ts: workspace.nextTs() };
    return this.#answered(userId, await sender.interaction(globalShortcut(user, about)));
  }

  /** Runs a shortcut of the app on a message. */
  async messageShortcut(userId: string, channelId: string, ts: string, callbackId: string): Promise<Seen> {
    const { workspace, triggers, responseUrls, sender } = this.#tools;
    const { user, channel } = this.#present(userId, channelId);
    const message = workspace.message(channelId, ts);
    if (!message) throw new Error(`There is no message ${ts}.`);
    const about = {
      callback_id: callbackId,
      trigger_id: triggers.issue(userId),
      action_ts: workspace.nextTs(),
      response_url: responseUrls.issue(channelId, userId),
    };
    return this.#answered(userId, await sender.interaction(messageShortcut(user, channel, message, about)));
  }

  /** Tells the app of an event, as Slack does: again at once where the first delivery was not taken. */
  event(event: Json): Promise<Seen> {
    this.#count += 1;
    return this.#tools.sender.event(event, `Ev${this.#count.toString().padStart(10, '0')}`).then(seen);
  }

  #tell(name: string, event: Json): Promise<Seen> {
    const { events, scopes } = this.#tools;
    const scope = SCOPES[name];
    if (!events.includes(name) || (scope !== undefined && !scopes.has(scope))) return Promise.resolve(NOT_SENT);
    return this.event(event);
  }

  #answered(userId: string, reaction: Reaction): Seen {
    const answered = seen(reaction);
    return answered.ok ? answered : failed(this.#tools.workspace, userId, answered.status, SILENT);
  }

  #present(userId: string, channelId: string): { user: SlackUser; channel: SlackChannel } {
    const { workspace } = this.#tools;
    const [user, channel] = [workspace.user(userId), workspace.channel(channelId)];
    if (!user) throw new Error(`There is no user ${userId}.`);
    if (!channel?.members.includes(userId)) throw new Error(`${userId} is not in ${channelId}.`);
    return { user, channel };
  }
}
