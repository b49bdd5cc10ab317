import type { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Language, Tongue } from '../../src/core/language/text.ts';
import type { Weight } from '../../src/core/language/weight.ts';
import { whoSilent } from '../../src/core/view/who-silent.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import type { Bot } from './bot.ts';
import { ConnectorFailure, waitOf } from './errors.ts';
import { ownChat } from './own-chat.ts';
import type { Settings } from './settings.ts';
import type { TeamsDelivery } from './verify.ts';

/** How long it is believed that somebody is a member by what only shows something; all else asks anew. */
const KEPT_MS = 10 * MINUTE_MS;
/** Not every 404: a conversation that is not found says nothing about the person. */
const NO_MEMBER = 'MemberNotFoundInConversation';
const MOST_KEPT = 5_000;

/** An error where Teams did not say, so that the answer is no, but not for good: it asks to wait as long as Teams does. */
type Membership = 'member' | 'outsider' | JitError;

/** Asks Teams who somebody is: members of our own tenant only, no guests, no anonymous people. `now` is a monotonic clock, in ms. */
export class People {
  readonly #bot: Bot;
  readonly #settings: Settings;
  readonly #now: () => number;
  /** Until when, by Entra object id. */
  readonly #members = new Map<string, number>();
  readonly #languages = new Map<string, Language>();

  constructor(bot: Bot, settings: Settings, now: () => number) {
    this.#bot = bot;
    this.#settings = settings;
    this.#now = now;
  }

  /** What somebody's Teams was in when they last did something. */
  tongueOf(user: string): Tongue | undefined {
    const language = this.#languages.get(user);
    return language && TONGUES[language];
  }

  /**
   * Where Teams does not say it, nobody is let in, but to close, whoever was a member when it last did.
   * @param weight of what is to be done
   */
  async membership(delivery: TeamsDelivery, weight: Weight, signal: AbortSignal): Promise<Membership> {
    const known = this.#members.get(delivery.sender.user);
    if (weight === 'shows' && known !== undefined && known > this.#now()) return 'member';
    const now = await this.#asked(delivery, signal);
    return typeof now !== 'string' && weight === 'closes' && known !== undefined ? 'member' : now;
  }

  async #asked(delivery: TeamsDelivery, signal: AbortSignal): Promise<Membership> {
    const { sender, spot, roster, teamsId, language, isElsewhere } = delivery;
    if (this.#languages.size >= MOST_KEPT) this.#languages.clear();
    this.#languages.set(sender.user, language);
    try {
      // Of a chat that the bot is not in, it is told nothing.
      const where = isElsewhere
        ? await ownChat({ bot: this.#bot, settings: this.#settings }, sender.user, signal)
        : { ...spot, conversation: roster };
      const { tenantId, userRole } = await this.#bot.member(where, teamsId, signal);
      // Where Teams says neither, the token and the tenant of the conversation stand alone (TeamsChannelAccount).
      const foreign = tenantId !== undefined && tenantId.toLowerCase() !== this.#settings.tenantId.toLowerCase();
      if (foreign || /guest|anonymous/i.test(userRole ?? '')) return this.#outsider(sender.user);
    } catch (error) {
      const isOut = error instanceof ConnectorFailure && error.code === NO_MEMBER;
      return isOut ? this.#outsider(sender.user) : nobodySaid(error);
    }
    if (this.#members.size >= MOST_KEPT) this.#members.clear();
    this.#members.set(sender.user, this.#now() + KEPT_MS);
    return 'member';
  }

  #outsider(user: string): 'outsider' {
    this.#members.delete(user);
    return 'outsider';
  }
}

/** Teams did not say who it is: why, and what to do. */
export function nobodySaid(cause?: unknown): JitError {
  return whoSilent('Teams', { cause, waitMs: waitOf(cause) || undefined });
}
