import { setTimeout as wait } from 'node:timers/promises';
import type { Services } from '../../simulators/demo/services.ts';
import { channels, people } from '../../simulators/world.ts';
import type { Throws } from './dice.ts';
import type { Asked } from './watch.ts';

export const MACHINES = ['api-1', 'legacy-1', 'web-1', 'jump-1'] as const;
const NETS = ['203.0.113', '192.0.2', '198.51.100'] as const;
const HOSTS = 250;
/** A person who sees nothing happen tries again after so long. */
const AGAIN_MS = 8_000;
const READ_MS = 400;

/** A request with what people want of it. */
export interface Wish extends Asked {
  readonly fate: 'leave' | 'approve' | 'revoke';
  id?: string;
  triedAt?: number;
  openAt?: number;
  /** When the channel was told that it is over. */
  endedAt?: number;
}

export interface Asking {
  readonly everyMs: number;
  /** The shortest and the longest that is asked for. */
  readonly seconds: readonly [number, number];
}

/** People who ask, approve, and take back, and who read the channel to learn how it went. They try again when nothing happens. */
export class Crowd {
  readonly asked = new Map<string, Wish>();
  /** Answers that refused, by their words. */
  readonly refused = new Map<string, number>();
  readonly #services: Services;
  readonly #dice: Throws;
  readonly #seen = new Set<string>();

  constructor(services: Services, dice: Throws) {
    this.#services = services;
    this.#dice = dice;
  }

  /** Asks about so often, until told to stop or until there is no address left. */
  async ask({ everyMs, seconds: [least, most] }: Asking, signal: AbortSignal): Promise<void> {
    const dice = this.#dice;
    for (let n = 0; n < NETS.length * HOSTS && !signal.aborted; n += 1) {
      const source = `${NETS[Math.floor(n / HOSTS)]}.${(n % HOSTS) + 1}`;
      const seconds = dice.between(least, most);
      const wish: Wish = {
        source,
        machine: dice.pick(MACHINES),
        forMs: seconds * 1_000,
        who: dice.pick(['requester', 'colleague']),
        fate: dice.pick(['leave', 'approve', 'approve', 'approve', 'approve', 'revoke']),
      };
      this.asked.set(source, wish);
      void this.#type(
        people[wish.who].slackId,
        `/jit request ${wish.machine} ssh for ${seconds}s from ${source} because of chaos`,
      );
      await wait(everyMs * (0.5 + dice.next()), undefined, { signal }).catch(() => {});
    }
  }

  /** Reads the channel, and does what each request's fate says, until told to stop. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.read(Date.now());
      for (const wish of this.asked.values()) this.#act(wish, Date.now());
      await wait(READ_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Approved ones that the channel was not told the end of. */
  unfinished(): readonly Wish[] {
    return [...this.asked.values()].filter(({ approvedAt, endedAt }) => approvedAt !== undefined && !endedAt);
  }

  read(now: number): void {
    const channel = this.#services.slack.state().channels.find(({ id }) => id === channels.slack.id);
    for (const message of channel?.messages ?? []) {
      if (message.visibleTo) this.#hear(message.ts, message.text);
      const blocks = JSON.stringify(message.blocks);
      const id = /\{\\"r\\":\\"([2-9a-z]{7})\\"/.exec(blocks)?.[1];
      const wish = this.asked.get(/ from ([\d.]+) for /.exec(blocks)?.[1] ?? '');
      if (!id || !wish) continue;
      wish.id = id;
      const said = message.replies.map(({ text }) => text).join('\n');
      if (said.includes('was approved by')) wish.approvedAt ??= now;
      if (said.includes('is open: port')) wish.openAt ??= now;
      if (
        /ended the access|has ended|could not be opened|was not opened|: revoked|is over/.test(
          `${said}\n${message.text}`,
        )
      )
        wish.endedAt ??= now;
      if (/ended the access/.test(said)) wish.revokedAt ??= now;
    }
  }

  #hear(ts: string, text: string): void {
    if (this.#seen.has(ts)) return;
    this.#seen.add(ts);
    if (text.startsWith('Request `')) return;
    const words =
      text
        .split('\n')[0]
        ?.replace(/`[^`]*`|[\d.]+|<[^>]*>/g, '…')
        .slice(0, 90) ?? '';
    this.refused.set(words, (this.refused.get(words) ?? 0) + 1);
  }

  #act(wish: Wish, now: number): void {
    const { id, fate, who } = wish;
    if (!id || wish.endedAt || fate === 'leave' || now - (wish.triedAt ?? 0) < AGAIN_MS) return;
    if (wish.approvedAt === undefined) {
      wish.triedAt = now;
      wish.approvingAt ??= now;
      if (this.#dice.next() < 0.7) void this.#type(people.manager.slackId, `/jit approve ${id}`);
      else void this.#write(people.manager.entraId, `approve ${id}`);
    } else if (fate === 'revoke' && wish.openAt !== undefined && now > wish.openAt + 2_000) {
      wish.triedAt = now;
      void this.#type(people[who].slackId, `/jit revoke ${id}`).then((isTaken) => {
        if (isTaken) wish.revokingAt ??= Date.now();
      });
    }
  }

  /** Was it accepted? Nobody may be there to hear it. */
  async #type(slackId: string, text: string): Promise<boolean> {
    const seen = await this.#services.slack.command(slackId, channels.slack.id, text).catch(() => undefined);
    return seen?.ok === true;
  }

  async #write(entraId: string, text: string): Promise<void> {
    await this.#services.teams.say(entraId, 'personal', text).catch(() => undefined);
  }
}
