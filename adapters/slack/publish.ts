import type { WebClient } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { ENGLISH, type Tongue } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import { messagesOf } from '../../src/core/view/consent.ts';
import { reportIn } from '../../src/core/view/in-tongue.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { View } from '../../src/core/view/view.ts';
import type { CardRef, PreviousCard } from '../../src/ports/chat.ts';
import { cardOf, type Message, notificationOf } from './card.ts';
import { slackCode, slackError } from './errors.ts';
import { abortable, findMessage } from './look-back.ts';
import { reportOf } from './report.ts';
import { mrkdwn, type SlackIdOf, type SlackReader } from './text.ts';

const CARD = 'drawbridge_card';
const ANNOUNCEMENT = 'drawbridge_announcement';
const SHARED_MS = 5 * 60_000;
/** A reason that is given is shown whole, however Slack escapes it. */
const HEADLINE = 3_500;
/** The old message cannot be edited any more: it was deleted, or an earlier installation of the app wrote it. */
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** The same of a reply: what it would hang on is not there any more. */
const NOTHING_ABOVE = new Set([...GONE, 'thread_not_found', 'cannot_reply_to_message']);

function goneOnly(error: unknown): false {
  if (NOTHING_ABOVE.has(slackCode(error) ?? '')) return false;
  throw error;
}

/** In which language somebody reads there: in their own chat their own, in a channel that of the installation. */
export type TongueAt = (place: Place) => Promise<Tongue>;

interface News {
  readonly view: View;
  readonly reader: SlackReader;
  readonly tried: boolean;
}

type Payload = Readonly<Record<string, string>>;

/** Posts and edits cards. One instance a workspace. */
export class Publisher {
  readonly #client: WebClient;
  readonly #slackIdOf: SlackIdOf;
  readonly #tongueAt: TongueAt;
  readonly #shared = new Map<string, { readonly shared: boolean; readonly at: number }>();

  constructor(client: WebClient, slackIdOf: SlackIdOf, tongueAt: TongueAt = async () => ENGLISH) {
    this.#client = client;
    this.#tongueAt = tongueAt;
    this.#slackIdOf = slackIdOf;
  }

  async publish(view: View, place: Place, previous: PreviousCard, signal: AbortSignal): Promise<CardRef> {
    try {
      return await this.#publish(view, place, previous, this.#within(signal));
    } catch (error) {
      throw slackError(error);
    }
  }

  async tell(report: Report, place: Place, signal: AbortSignal): Promise<void> {
    const run = this.#within(signal);
    try {
      if (place.kind === 'channel') await this.#mustBeOurs(place.id, run);
      const reader = await this.#readerAt(place);
      for (const part of messagesOf(reportIn(report, reader.tongue), reader.tongue)) {
        const message = reportOf(part, reader);
        await run(() =>
          this.#client.chat.postMessage({ channel: place.id, ...message, unfurl_links: false, unfurl_media: false }),
        );
      }
    } catch (error) {
      throw slackError(error);
    }
  }

  async #publish(view: View, place: Place, previous: PreviousCard, run: Run): Promise<CardRef> {
    if (place.kind === 'channel') await this.#mustBeOurs(place.id, run);
    const reader = await this.#readerAt(place);
    const card = cardOf(view, reader);
    const ids = { request: view.request, nonce: previous.nonce };
    const announce = async (ref: CardRef, announced: string): Promise<boolean> => {
      if (announced !== view.announce) await this.#announce(ref, { view, reader, tried: previous.tried }, run);
      return true;
    };
    const edit = async (ref: CardRef, announced = ''): Promise<boolean> =>
      (await this.#update(ref, card, { ...ids, announced }, run)) && announce(ref, announced);
    const { ref, announced = '', isShown } = previous;
    const below = async (to: CardRef) => announce(to, announced).catch(goneOnly);
    if (ref && (await (isShown ? below(ref) : edit(ref, announced)))) return ref;
    // A post whose answer was lost. It notified people itself, of what it bears.
    const found = previous.tried ? await this.#find(place, previous.nonce, run) : undefined;
    if (found && (await edit(found.ref, found.announced))) return found.ref;
    return this.#post(
      place,
      { ...cardOf(view, calling(view, reader)), text: notificationOf(view, reader) },
      { ...ids, announced: view.announce },
      run,
    );
  }

  async #readerAt(place: Place): Promise<SlackReader> {
    return { slackIdOf: this.#slackIdOf, tongue: await this.#tongueAt(place) };
  }

  #within(signal: AbortSignal): Run {
    return (call) => abortable(signal, call);
  }

  async #post(place: Place, { text, blocks }: Message, payload: Payload, run: Run): Promise<CardRef> {
    const posted = await run(() =>
      this.#client.chat.postMessage({
        channel: place.id,
        text,
        blocks,
        metadata: { event_type: CARD, event_payload: { ...payload } },
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    return { channel: posted.channel ?? place.id, ts: posted.ts ?? '' };
  }

  /** False when the message is not there any more. */
  async #update(ref: CardRef, { text, blocks }: Message, payload: Payload, run: Run): Promise<boolean> {
    const metadata = { event_type: CARD, event_payload: { ...payload } };
    try {
      // NB. an edit without metadata takes away those of the post, by which it is found and adopted.
      await run(() =>
        this.#client.chat.update({ channel: ref.channel ?? '', ts: ref.ts ?? '', text, blocks, metadata }),
      );
      return true;
    } catch (error) {
      if (GONE.has(slackCode(error) ?? '')) return false;
      throw error;
    }
  }

  /** Once a milestone: where it may have been told before, the thread is looked through first. */
  async #announce(ref: CardRef, { view, reader, tried }: News, run: Run): Promise<void> {
    const [channel, ts] = [ref.channel ?? '', ref.ts ?? ''];
    const said =
      tried &&
      (await findMessage(
        () => run(() => this.#client.conversations.replies({ channel, ts, include_all_metadata: true })),
        ANNOUNCEMENT,
        ({ request, milestone }) => request === view.request && milestone === view.announce,
      ));
    if (said) return;
    await run(() =>
      this.#client.chat.postMessage({
        channel,
        thread_ts: ts,
        text: mrkdwn(view.headline, calling(view, reader), HEADLINE),
        metadata: { event_type: ANNOUNCEMENT, event_payload: { request: view.request, milestone: view.announce } },
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
  }

  /** A card that was posted without an answer, by its nonce. Without the scope to look, a second card is the lesser evil. */
  async #find(place: Place, nonce: string, run: Run) {
    const channel = place.kind === 'channel' ? place.id : await this.#privateChat(place.id, run);
    if (!channel) return undefined;
    const found = await findMessage(
      () => run(() => this.#client.conversations.history({ channel, include_all_metadata: true })),
      CARD,
      (payload) => payload.nonce === nonce,
    );
    return found && { ref: { channel, ts: found.ts }, announced: String(found.payload.announced ?? '') };
  }

  async #privateChat(user: string, run: Run): Promise<string | undefined> {
    try {
      return (await run(() => this.#client.conversations.open({ users: user }))).channel?.id;
    } catch (error) {
      if (slackCode(error) === 'missing_scope') return undefined;
      throw error;
    }
  }

  /** In a channel shared with another organisation, strangers would read who opens what. */
  async #mustBeOurs(channel: string, run: Run): Promise<void> {
    const known = this.#shared.get(channel);
    const fresh = known && performance.now() - known.at < SHARED_MS ? known : await this.#look(channel, run);
    if (fresh.shared) throw new JitError('chatRefused', { chat: 'Slack', code: 'externally_shared_channel' });
  }

  async #look(channel: string, run: Run) {
    const { channel: info } = await run(() => this.#client.conversations.info({ channel }));
    const seen = { shared: Boolean(info?.is_ext_shared || info?.is_pending_ext_shared), at: performance.now() };
    this.#shared.set(channel, seen);
    return seen;
  }
}

type Run = <T>(call: () => Promise<T>) => Promise<T>;

/** Mentions in what is new notify people, those in an edit nobody. */
function calling({ calls }: View, reader: SlackReader): SlackReader {
  return {
    ...reader,
    slackIdOf: (id) => (calls === undefined || calls.includes(id) ? reader.slackIdOf(id) : undefined),
  };
}
