import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Bot } from './bot.ts';
import { ConnectorFailure } from './errors.ts';
import type { Settings } from './settings.ts';
import type { TeamsDelivery } from './verify.ts';

/** How long it is believed that somebody is a member: guests do not become members, and members seldom guests. */
const KEPT_MS = 10 * MINUTE_MS;
/** Not every 404: a conversation that is not found says nothing about the person. */
const NO_MEMBER = 'MemberNotFoundInConversation';
const MOST_KEPT = 5_000;

/** `unknown`: Teams did not say, so the answer is no, but not for good. */
export type Membership = 'member' | 'outsider' | 'unknown';

/** Asks Teams who somebody is: members of our own tenant only, no guests, no anonymous people. `now` is a monotonic clock, in ms. */
export class People {
  readonly #bot: Bot;
  readonly #tenantId: string;
  readonly #now: () => number;
  /** Until when, by Entra object id. */
  readonly #members = new Map<string, number>();

  constructor(bot: Bot, { tenantId }: Settings, now: () => number) {
    this.#bot = bot;
    this.#tenantId = tenantId.toLowerCase();
    this.#now = now;
  }

  async membership({ sender, spot, roster, teamsId }: TeamsDelivery, signal: AbortSignal): Promise<Membership> {
    if ((this.#members.get(sender.user) ?? Number.NEGATIVE_INFINITY) > this.#now()) return 'member';
    try {
      const { tenantId, userRole } = await this.#bot.member({ ...spot, conversation: roster }, teamsId, signal);
      // Where Teams says neither, the token and the tenant of the conversation stand alone (TeamsChannelAccount).
      const foreign = tenantId !== undefined && tenantId.toLowerCase() !== this.#tenantId;
      if (foreign || /guest|anonymous/i.test(userRole ?? '')) return 'outsider';
    } catch (error) {
      return error instanceof ConnectorFailure && error.code === NO_MEMBER ? 'outsider' : 'unknown';
    }
    if (this.#members.size >= MOST_KEPT) this.#members.clear();
    this.#members.set(sender.user, this.#now() + KEPT_MS);
    return 'member';
  }
}
