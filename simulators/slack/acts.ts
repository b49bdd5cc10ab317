import { findElement, type Given, stateWith, valuesOf } from './element-state.ts';
import { SlackError } from './errors.ts';
import { action, commandFields, messageAction } from './payloads.ts';
import { checkReply, postReply } from './reply.ts';
import { failed, type Seen, seen } from './seen.ts';
import type { Reaction } from './sender.ts';
import type { Tools } from './tools.ts';
import type { SlackChannel, SlackUser } from './types.ts';
import { ViewActs } from './view-acts.ts';

/** How a person uses something in a message that is more than a button. */
export interface Use {
  /** Which block, where several have the action id. */
  readonly blockId?: string;
  /** What is chosen or typed in the element itself. */
  readonly value?: Given;
  /** What the message's other elements hold, by action id. */
  readonly others?: { readonly [actionId: string]: Given };
}

/** What people do in channels and direct messages, and how Slack answers them. */
export class Acts {
  readonly views: ViewActs;
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
    this.views = new ViewActs(tools);
  }

  /** Types a line such as `/jit list` in a conversation. */
  async command(userId: string, channelId: string, line: string): Promise<Seen> {
    const { workspace, triggers, responseUrls, sender, commands } = this.#tools;
    const { user, channel } = this.#present(userId, channelId);
    const [, command = '', text = ''] = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(line.trim()) ?? [];
    if (command === '') throw new Error(`"${line}" is no slash command.`);
    if (!commands.includes(command)) return failed(workspace, userId, 0, `${command} is not a valid command.`);
    const reaction = await sender.command(
      commandFields(user, channel, {
        command,
        text: text.trim(),
        response_url: responseUrls.issue(channelId, userId),
        trigger_id: triggers.issue(userId),
      }),
    );
    const problem = this.#answerCommand(reaction, userId, channelId);
    if (problem === undefined) return seen(reaction);
    const status = reaction.kind === 'answer' ? reaction.status : 0;
    return failed(workspace, userId, status, `${command} failed with the error "${problem}"`);
  }

  /** Presses a button of a message, or chooses in its menus. */
  async press(userId: string, channelId: string, messageTs: string, actionId: string, use: Use = {}): Promise<Seen> {
    const { workspace, triggers, responseUrls, sender } = this.#tools;
    const { user, channel } = this.#present(userId, channelId);
    const message = workspace.message(channelId, messageTs);
    if (!message || (message.visibleTo ?? userId) !== userId)
      throw new Error(`${userId} sees no message ${messageTs}.`);
    const { block, element } = findElement(message.blocks, actionId, use.blockId);
    const state = use.value === undefined ? undefined : stateWith(element, use.value);
    const others = Object.entries(use.others ?? {}).map(([id, given]) => {
      const other = findElement(message.blocks, id);
      return { [String(other.block.block_id)]: { [id]: stateWith(other.element, given) } };
    });
    const held = state ? [{ [String(block.block_id)]: { [actionId]: state } }] : [];
    const reaction = await sender.interaction(
      messageAction(user, channel, message, {
        actions: [action(block, element, state, workspace.nextTs())],
        values: valuesOf(message.blocks, Object.assign({}, ...others, ...held)),
        response_url: responseUrls.issue(channelId, userId, messageTs),
        trigger_id: triggers.issue(userId),
      }),
    );
    const answered = seen(reaction);
    return answered.ok ? answered : failed(workspace, userId, answered.status, 'This app did not respond. Try again.');
  }

  #present(userId: string, channelId: string): { user: SlackUser; channel: SlackChannel } {
    const { workspace } = this.#tools;
    const [user, channel] = [workspace.user(userId), workspace.channel(channelId)];
    if (!user) throw new Error(`There is no user ${userId}.`);
    if (!channel?.members.includes(userId)) throw new Error(`${userId} is not in ${channelId}.`);
    return { user, channel };
  }

  /** Shows what the app answered to a command; gives Slack's name of what is wrong with it, if anything. */
  #answerCommand(reaction: Reaction, userId: string, channelId: string): string | undefined {
    if (reaction.kind === 'timeout') return 'operation_timeout';
    if (reaction.kind !== 'answer' || reaction.status !== 200) return 'dispatch_failed';
    if (reaction.body === '') return undefined;
    try {
      const isJson = reaction.contentType.startsWith('application/json');
      const reply = checkReply(isJson ? JSON.parse(reaction.body) : { text: reaction.body });
      postReply(this.#tools.workspace, channelId, userId, reply);
      return undefined;
    } catch (error) {
      if (error instanceof SlackError || error instanceof SyntaxError) return 'invalid_command_response';
      throw error;
    }
  }
}
