import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Bot, Conversation } from './bot.ts';
import { isFinal } from './errors.ts';

/** What Teams calls somebody for this bot does not change; who is not in a team may come into it. */
const KEPT_MS = 12 * HOUR_MS;
const ABSENT_MS = 10 * MINUTE_MS;
const MOST_KEPT = 5_000;
/** Asked of Teams for one card: it takes 14 such calls a second (Teams, "Rate limiting your bot"). */
const MOST_ASKED = 10;

interface Known {
  readonly until: number;
  /** Undefined for somebody who is not there. */
  readonly id: string | undefined;
}

/** What Teams calls people for this bot (`29:…`): from what they send, else from the rosters. `now` is a monotonic clock, in ms. */
export class Roster {
  readonly #bot: Bot;
  readonly #now: () => number;
  readonly #ids = new Map<string, Known>();

  constructor(bot: Bot, now: () => number) {
    this.#bot = bot;
    this.#now = now;
  }

  /** `user` is an Entra object id. */
  learn(user: string, id: string): void {
    this.#keep(user, { id, until: this.#now() + KEPT_MS });
  }

  /** Those of them who are known, or in the roster of the place; whom Teams does not tell in time are told at the next card. */
  async idsOf(users: readonly string[], place: Conversation, signal: AbortSignal): Promise<readonly string[]> {
    const unknown = users.filter((user) => !this.#fresh(user));
    await Promise.all(unknown.slice(0, MOST_ASKED).map((user) => this.#ask(user, place, signal)));
    return users.flatMap((user) => this.#fresh(user)?.id ?? []);
  }

  async #ask(user: string, place: Conversation, signal: AbortSignal): Promise<void> {
    try {
      const { id } = await this.#bot.member(place, user, signal);
      this.#keep(user, { id, until: this.#now() + (id === undefined ? ABSENT_MS : KEPT_MS) });
    } catch (error) {
      if (isFinal(error)) this.#keep(user, { id: undefined, until: this.#now() + ABSENT_MS });
    }
  }

  #fresh(user: string): Known | undefined {
    const known = this.#ids.get(user.toLowerCase());
    return known && known.until > this.#now() ? known : undefined;
  }

  #keep(user: string, known: Known): void {
    if (this.#ids.size >= MOST_KEPT) this.#ids.clear();
    this.#ids.set(user.toLowerCase(), known);
  }
}
