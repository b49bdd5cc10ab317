import type { Bot, Conversation } from './bot.ts';
import { isBarred, isFinal } from './errors.ts';
import type { Settings } from './settings.ts';

/** In so many channels somebody is looked for. */
const MOST_CHANNELS = 5;

/**
 * The person's own chat with the bot. Somebody for whom nobody installed the app is reached by the id that they have in
 * the roster of a team that has it (Teams, "Proactive messages"); where neither is so, the app is added for them if it may be.
 */
export async function ownChat(
  { bot, settings }: { readonly bot: Bot; readonly settings: Settings },
  user: string,
  signal: AbortSignal,
): Promise<Conversation> {
  const { serviceUrl, channels } = settings;
  try {
    return await bot.chat(serviceUrl, user, signal);
  } catch (error) {
    if (!isBarred(error)) throw error;
    for (const channel of channels.slice(0, MOST_CHANNELS)) {
      const id = await inRoster(bot, { serviceUrl, conversation: channel }, user, signal);
      if (id !== undefined) return bot.chat(serviceUrl, id, signal);
    }
    if (await bot.install(user, signal)) return bot.chat(serviceUrl, user, signal);
    throw error;
  }
}

/** Undefined where they are not in it, or the bot is not; a connector that does not say is asked again later, with the rest. */
async function inRoster(
  bot: Bot,
  channel: Conversation,
  user: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await bot.member(channel, user, signal)).id;
  } catch (error) {
    if (isFinal(error)) return undefined;
    throw error;
  }
}
