import { setTimeout as wait } from 'node:timers/promises';
import { channels, people } from '../../simulators/world.ts';
import type { House } from './house.ts';

export type Who = keyof typeof people;
type ChatName = 'slack' | 'teams';

/** What Redis holds of a request, as far as an outsider reads it. */
export interface Kept {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly lease?: { readonly until: number };
}

const LOOK_MS = 150;
/** On a machine that does other work, with the ten seconds after which what a dead process had accepted is gone on with. */
const STEP_MS = 180_000;
/** A person who was told nothing at all for so long asks what became of it. */
const SILENT_MS = 25_000;

/** People who use the chats as people do: what did not get through is done again, what got through is waited for. */
export class People {
  readonly #house: House;
  readonly #heard = new Map<Who, Map<string, string>>();

  constructor(house: House) {
    this.#house = house;
  }

  /** Waits until something is seen. */
  async until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const late = Date.now() + STEP_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (Date.now() > late) throw new Error(`${what} did not come within ${STEP_MS / 1_000} s`);
      await wait(LOOK_MS);
    }
  }

  /**
   * Writes to the bot until it is done. A chat that says that it could not be delivered is believed; what was taken is done, or
   * the person is told to do it again, or (`again`) it is a question that is asked once more when nothing is heard.
   */
  async write(chat: ChatName, who: Who, text: string, isDone: () => boolean | Promise<boolean>, again = false) {
    const { services } = this.#house;
    const say = () =>
      chat === 'slack'
        ? services.slack.command(people[who].slackId, channels.slack.id, `/jit ${text}`)
        : services.teams.say(people[who].entraId, 'personal', text);
    await this.act(`“${text}” of ${who}`, who, say, isDone, again);
  }

  /** Presses the button of this name on the card of the request. */
  async press(chat: ChatName, who: Who, id: string, isDone: () => boolean | Promise<boolean>) {
    await this.act(`Approve by ${who}`, who, () => this.#press(chat, who, id), isDone, false);
  }

  async act(
    what: string,
    who: Who,
    say: () => Promise<{ readonly ok: boolean; readonly notice?: string }>,
    isDone: () => boolean | Promise<boolean>,
    again: boolean,
  ): Promise<void> {
    const late = Date.now() + STEP_MS;
    while (!(await isDone())) {
      await this.#house.up();
      // What was answered to an earlier try is no answer to this one.
      const before = this.told(who).length;
      const seen = await say().catch((error: unknown) => ({ ok: false, notice: String(error) }));
      const heardUntil = Date.now() + SILENT_MS;
      while (seen.ok && !seen.notice?.includes('again') && !(await isDone())) {
        if (Date.now() > late) throw new Error(`${what} was accepted, and is not done; told: ${this.#last(who)}`);
        if (this.told(who).slice(before).some(isRetry)) break;
        if (again && Date.now() > heardUntil) break;
        await wait(LOOK_MS);
      }
      if (Date.now() > late) throw new Error(`${what} could not be done: ${seen.notice ?? ''}`);
      await wait(LOOK_MS);
    }
  }

  /** All that a person alone was told, in both chats, in the order in which it was first seen: what is after a number of it is new. */
  told(who: Who): readonly string[] {
    const heard = this.#heard.get(who) ?? new Map();
    this.#heard.set(who, heard);
    for (const { id, text } of this.#shown(who)) heard.set(`${id} ${text}`, text);
    return [...heard.values()];
  }

  #shown(who: Who): readonly { readonly id: string; readonly text: string }[] {
    const { slack, teams } = this.#house.services;
    const { slackId, entraId } = people[who];
    const own = slack
      .state(slackId)
      .channels.flatMap(({ kind, messages }) =>
        messages
          .filter(({ visibleTo }) => kind === 'im' || visibleTo === slackId)
          .map(({ ts, text, blocks }) => ({ id: ts, text: `${text}\n${JSON.stringify(blocks)}` })),
      );
    const chat = teams.state().personal.find((one) => one.entraId === entraId)?.activities ?? [];
    const said = chat.filter(({ from }) => from.isBot);
    return [...own, ...said.map(({ id, text, cards }) => ({ id, text: `${text}\n${JSON.stringify(cards)}` }))];
  }

  #last(who: Who): string {
    return this.told(who)
      .slice(-3)
      .map((text) => text.slice(0, 300))
      .join(' | ');
  }

  /** What both channels were told on the card of a request. */
  onCards(id: string): Readonly<Record<ChatName, string>> {
    const { slack, teams } = this.#house.services;
    const messages = slack.state().channels.find((one) => one.id === channels.slack.id)?.messages ?? [];
    const of = (things: readonly unknown[]) =>
      things
        .map((thing) => JSON.stringify(thing))
        .filter((text) => text.includes(id))
        .join('\n');
    return { slack: of(messages), teams: of(teams.state().channel.threads) };
  }

  /**
   * The request of this source, as Redis has it: the one of this id, where it is known. A person who was told that it did not get
   * through asks again, and there may be two.
   */
  async request(source: string, id = ''): Promise<Kept | undefined> {
    const { redis } = this.#house;
    const keys = await redis.keys('{drawbridge}:request:*');
    const records = keys.length > 0 ? await redis.mget(keys) : [];
    const found = records.find(
      (record) => record?.includes(`"source":"${source}/32"`) && record.includes(`"id":"${id}`),
    );
    return found ? (JSON.parse(found.slice(found.indexOf(' '))) as Kept) : undefined;
  }

  /** Waits until all cards are published and all deliveries done. */
  async shown(): Promise<void> {
    const { redis } = this.#house;
    await this.until('quiet', async () => {
      const left = await Promise.all(['behind', 'journal'].map((key) => redis.zcard(`{drawbridge}:${key}`)));
      return left.every((count) => count === 0) || undefined;
    });
  }

  /**
   * Waits until all cards are published and all deliveries done, and then takes away what is over and judged: the looks at it that
   * are still to come would fall into the next play.
   */
  async quiet(): Promise<void> {
    const { redis } = this.#house;
    await this.shown();
    const patterns = ['due', 'live', 'on:*', 'waits:*', 'of:*', 'request:*'].map((name) => `{drawbridge}:${name}`);
    const keys = (await Promise.all(patterns.map((pattern) => redis.keys(pattern)))).flat();
    if (keys.length > 0) await redis.del(keys);
  }

  async #press(chat: ChatName, who: Who, id: string) {
    const { slack, teams } = this.#house.services;
    const { slackId, entraId } = people[who];
    if (chat === 'slack') {
      const messages = slack.state().channels.find((one) => one.id === channels.slack.id)?.messages ?? [];
      const card = messages.find(
        ({ blocks }) => JSON.stringify(blocks).includes(id) && JSON.stringify(blocks).includes('"jit_approve'),
      );
      const action = /"action_id":"(jit_approve[^"]*)"/.exec(JSON.stringify(card?.blocks))?.[1];
      if (!card || !action) return { ok: false, notice: 'there is no card yet' };
      return slack.press(slackId, channels.slack.id, card.ts, action);
    }
    const own = teams.state().personal.find((one) => one.entraId === entraId)?.activities ?? [];
    const card = own.find(
      ({ cards }) => JSON.stringify(cards).includes(id) && JSON.stringify(cards).includes('"approve"'),
    );
    if (!card) return { ok: false, notice: 'there is no card yet' };
    return teams.execute(entraId, card.id, { verb: 'approve' });
  }
}

/** It was not done, and the person is told to do it again. */
function isRetry(text: string): boolean {
  return /try again|Try again|repeat the command if/.test(text);
}
