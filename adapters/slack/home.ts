import { createHash } from 'node:crypto';
import type { Button, HomeView, KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { quoted } from '../../src/core/language/quotation.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { HomeButton, HomePage, HomeRow } from '../../src/core/view/home-page.ts';
import { homeIn, type Spoken } from '../../src/core/view/in-tongue.ts';
import type { HomeAnswer, Inbox } from '../../src/ports/inbox.ts';
import { senderOf } from './again.ts';
import { FORM_ACTION } from './buttons.ts';
import { cardButton, verbatim } from './card.ts';
import { slackCode, slackError } from './errors.ts';
import type { Members } from './people.ts';
import { COMMAND } from './report.ts';
import { NOT_A_MEMBER } from './sorry.ts';
import { cut, mrkdwn, type SlackIdOf, type SlackReader } from './text.ts';

/** Slack's limits (https://docs.slack.dev/surfaces/app-home, and of its blocks). */
const BLOCKS = 100;
const HEADER = 150;
const LABEL = 75;
const LINE = 2_000;
/** So many pages are remembered, with what they show. */
const MOST_KEPT = 2_000;

interface Drawn {
  readonly hash: string;
  readonly digest: string;
}

interface HomeDeps {
  readonly client: WebClient;
  readonly members: Members;
  readonly inbox: Inbox;
  readonly slackIdOf: SlackIdOf;
}

/** The Home tab of each person. */
export class HomeTabs {
  readonly #deps: HomeDeps;
  readonly #drawn = new Map<string, Drawn>();

  constructor(deps: HomeDeps) {
    this.#deps = deps;
  }

  /** Somebody opened it: what is there is drawn in any case, as it may be old. `hash` is that of what they see. */
  open(user: string, hash: string | undefined): Promise<void> {
    const known = this.#drawn.get(user);
    if (hash === undefined || known?.hash !== hash) this.#drawn.delete(user);
    return this.#draw(user, hash, true);
  }

  /** Something of it changed. */
  drawAgain(user: string): Promise<void> {
    return this.#draw(user, this.#drawn.get(user)?.hash);
  }

  async #draw(user: string, hash: string | undefined, isOpened?: true): Promise<void> {
    const view = await this.#view(user, isOpened);
    const digest = createHash('sha256').update(JSON.stringify(view)).digest('base64url');
    if (this.#drawn.get(user)?.digest === digest) return;
    try {
      await this.#publish(user, { view, digest, hash });
    } catch (error) {
      if (slackCode(error) !== 'hash_conflict') throw slackError(error);
      // Another process was first: what it drew may be older than what is true now.
      this.#drawn.delete(user);
      const newer = await this.#view(user);
      await this.#publish(user, { view: newer, digest: '', hash: undefined }).catch((again: unknown) => {
        throw slackError(again);
      });
    }
  }

  async #publish(
    user: string,
    { view, digest, hash }: { readonly view: HomeView; readonly digest: string; readonly hash: string | undefined },
  ): Promise<void> {
    const shown = await this.#deps.client.views.publish({
      user_id: user,
      view,
      ...(hash === undefined ? {} : { hash }),
    });
    if (this.#drawn.size >= MOST_KEPT) this.#drawn.clear();
    this.#drawn.set(user, { hash: shown.view?.hash ?? '', digest });
  }

  async #view(user: string, isOpened?: true): Promise<HomeView> {
    const { members, inbox, slackIdOf } = this.#deps;
    const why = await members.refusal(user, 'shows').catch((error: unknown) => {
      throw slackError(error);
    });
    const home: HomeAnswer =
      why === undefined ? await inbox.home(senderOf(user, ''), isOpened) : { refusal: NOT_A_MEMBER };
    const tongue = members.knownTongueOf(user);
    return {
      type: 'home',
      blocks: 'page' in home ? blocksOf(home.page, { slackIdOf, tongue }) : [text(phrased(home.refusal, tongue))],
    };
  }
}

/** The page as blocks, at most a hundred: what does not fit is left to the commands. */
export function blocksOf(page: HomePage, reader: SlackReader): KnownBlock[] {
  const { sections, at } = homeIn(page, reader.tongue);
  let count = 0;
  const blocks = sections.flatMap(({ heading, rows }): KnownBlock[] => [
    { type: 'header', text: plain(cut(heading, HEADER)) },
    ...rows.flatMap((row) => {
      count += 1;
      return rowBlocks(row, count, reader);
    }),
  ]);
  const asOf: KnownBlock = { type: 'context', elements: [verbatim(mrkdwn([say`As of ${{ at }}.`], reader))] };
  return [...blocks.slice(0, BLOCKS - 1), asOf];
}

function rowBlocks({ line, quote, buttons }: Spoken<HomeRow>, row: number, reader: SlackReader): KnownBlock[] {
  const said: KnownBlock = { type: 'section', text: verbatim(mrkdwn(line, reader, LINE)) };
  const elements = buttons.map((button, i) => buttonOf(button, `${row}_${i}`, reader));
  const [only] = elements;
  if (quote === undefined && elements.length === 1 && only) return [{ ...said, accessory: only }];
  return [
    said,
    ...(quote === undefined ? [] : [text(phrased(quoted(quote), reader.tongue))]),
    ...(elements.length > 0 ? [{ type: 'actions', elements } as const] : []),
  ];
}

/** An action id is there once in a block; the verbs of a card are, and all else is numbered. */
function buttonOf(one: Spoken<HomeButton>, at: string, reader: SlackReader): Button {
  if ('button' in one) return cardButton(one, one.button, reader);
  if ('form' in one)
    return {
      type: 'button',
      action_id: `${FORM_ACTION}${at}`,
      text: plain(cut(one.form, LABEL)),
      ...(one.machine === undefined ? {} : { value: one.machine }),
    };
  const { label, command } = one.command;
  return { type: 'button', action_id: `${COMMAND}${at}`, text: plain(cut(label, LABEL)), value: command };
}

function plain(words: string) {
  return { type: 'plain_text' as const, text: words, emoji: false };
}

/** Text in which nothing is marked up. */
function text(words: string): KnownBlock {
  return { type: 'section', text: plain(cut(words, LINE)) };
}
