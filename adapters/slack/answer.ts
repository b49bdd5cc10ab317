import { setTimeout as pause } from 'node:timers/promises';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased, type Saying as Sentence } from '../../src/core/language/text.ts';
import type { Weight } from '../../src/core/language/weight.ts';
import { messagesOf } from '../../src/core/view/consent.ts';
import { reportIn } from '../../src/core/view/in-tongue.ts';
import { whoSilent } from '../../src/core/view/who-silent.ts';
import type { Answer, Sender } from '../../src/ports/inbox.ts';
import type { Log } from '../../src/ports/log.ts';
import { retryAfterMsOf, slackError, waitText } from './errors.ts';
import type { Members } from './people.ts';
import { reportOf } from './report.ts';
import { NOT_A_MEMBER, wordsFor } from './sorry.ts';
import { lines, type SlackIdOf } from './text.ts';

/** Says something through a delivery's own response URL. */
export type Respond = (message: {
  readonly response_type: 'ephemeral';
  readonly replace_original: false;
  readonly text: string;
  readonly blocks?: KnownBlock[];
}) => Promise<unknown>;

/** "Handling user interaction": a response URL is used five times at most. */
const MOST_RESPONSES = 5;

/** What somebody did, and how they are answered. */
interface Asked {
  /** Absent where the answer goes into their own chat. */
  readonly respond?: Respond | undefined;
  readonly sender: Sender;
  readonly weight: Weight;
  /** It is in the journal until it is done: another process would go on with it. */
  readonly isKept?: true;
}

/** Where Slack does not say when: long enough for what passes by itself. */
const AGAIN_MS = 2 * SECOND_MS;
/** Nobody waits longer without doing it themselves. */
const MOST_AGAIN_MS = 30 * SECOND_MS;

/** They read nothing. */
const NOBODY: ReadonlySet<string> = new Set(['deactivated', 'a bot']);

/** What is shown to the person alone. */
type Saying = Pick<Answer, 'lines' | 'report'>;

interface Answering {
  readonly client: WebClient;
  readonly members: Members;
  readonly log: Log;
  readonly slackIdOf: SlackIdOf;
}

/** Lets members in, and shows each answer to the person alone. */
export class Answers {
  readonly #deps: Answering;

  constructor(deps: Answering) {
    this.#deps = deps;
  }

  /**
   * Runs what somebody asked for. What fails unexpectedly is said with a reference, and nothing else. Where Slack does not say
   * who it is, what is kept in the journal is tried once more, and the person is told so. Never throws; gives why where Slack
   * was silent, so that the person was not told how it went.
   */
  async give(
    { respond, sender, weight, isKept }: Asked,
    work: () => Promise<Saying | undefined>,
  ): Promise<JitError | undefined> {
    try {
      const why = await this.#refusalOf({ respond, sender, weight, isKept });
      if (why !== undefined) return await this.turnAway(respond, sender, why);
      const answer = await work();
      if (!answer || (!answer.report && answer.lines.length === 0)) return undefined;
      return await this.#say(respond, sender, answer);
    } catch (error) {
      const { line, reference } = wordsFor(error);
      this.#deps.log.error({ error, reference }, 'a Slack delivery could not be handled');
      return this.#say(respond, sender, { lines: [line] });
    }
  }

  async #refusalOf({ respond, sender, weight, isKept }: Asked): Promise<string | undefined> {
    try {
      return await this.refusal(sender, weight);
    } catch (error) {
      const ms = isKept && error instanceof JitError ? (error.retryAfterMs ?? AGAIN_MS) : Number.POSITIVE_INFINITY;
      if (ms > MOST_AGAIN_MS) throw error;
      const then = say`Drawbridge tries this once more by itself in ${waitText(ms)}, and you see what comes of it.`;
      await this.#say(respond, sender, { lines: [silentOf(error, then).spans] });
      await pause(ms, undefined, { ref: false });
      return this.refusal(sender, weight);
    }
  }

  /** Why nothing is done for guests, strangers, bots and deactivated people. Throws when Slack does not say who it is. */
  async refusal(sender: Sender, weight: Weight): Promise<string | undefined> {
    const why = await this.#deps.members.refusal(sender.user, weight).catch((error: unknown) => {
      throw silentOf(error);
    });
    if (why !== undefined) this.#deps.log.warn({ why, user: sender.user }, 'a Slack delivery was refused');
    return why;
  }

  /** One line for people, in their language: where they wrote, or in their own chat where that has no room for one, as a form. */
  async turnAway(respond: Respond | undefined, { user }: Sender, why: string): Promise<undefined> {
    if (NOBODY.has(why)) return;
    const text = phrased(NOT_A_MEMBER, this.#deps.members.knownTongueOf(user));
    if (respond && (await this.#responded(respond, { text }))) return;
    await this.#deps.client.chat.postMessage({ channel: user, text }).catch((error: unknown) => {
      this.#deps.log.warn({ error, user }, 'an answer could not be shown in Slack');
    });
  }

  /** With the time zone that Slack knows them in. */
  zoned(sender: Sender): Sender {
    const zone = this.#deps.members.zoneOf(sender.user);
    return zone === undefined ? sender : { ...sender, zone };
  }

  /** Through the response URL; where there is none, or it fails, as a direct message. */
  async #say(respond: Respond | undefined, sender: Sender, said: Saying): Promise<JitError | undefined> {
    const reader = { slackIdOf: this.#deps.slackIdOf, tongue: this.#deps.members.knownTongueOf(sender.user) };
    const { tongue } = reader;
    const messages = said.report
      ? messagesOf(reportIn(said.report, tongue), tongue).map((report) => reportOf(report, reader))
      : [{ text: lines(said.lines, reader) }];
    // All of it in one place.
    const through = messages.length > MOST_RESPONSES ? undefined : respond;
    try {
      // What is pressed comes last: nobody presses what was not shown whole.
      for (const message of messages) await this.#sayOne(through, sender, message);
      return undefined;
    } catch (error) {
      this.#deps.log.warn({ error, user: sender.user }, 'an answer could not be shown in Slack');
      const why = slackError(error);
      return why.code === 'chatRefused' ? undefined : why;
    }
  }

  async #sayOne(
    respond: Respond | undefined,
    sender: Sender,
    message: { text: string; blocks?: KnownBlock[] },
  ): Promise<void> {
    if (respond && (await this.#responded(respond, message))) return;
    await this.#deps.client.chat.postMessage({
      channel: sender.user,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    });
  }

  async #responded(respond: Respond, message: { text: string; blocks?: KnownBlock[] }): Promise<boolean> {
    try {
      await respond({ response_type: 'ephemeral', replace_original: false, ...message });
      return true;
    } catch (error) {
      this.#deps.log.warn({ error }, 'a response URL of Slack did not take an answer');
      return false;
    }
  }
}

/** Slack said nothing of a person: why, and what is to be done. */
function silentOf(error: unknown, then?: Sentence): JitError {
  // Where Slack had said it before, it was not asked again.
  const known = error instanceof JitError ? error : undefined;
  const cause = known ? known.cause : error;
  return whoSilent('Slack', { cause, waitMs: known?.retryAfterMs ?? retryAfterMsOf(cause), then });
}
