import type { WebClient } from '@slack/web-api';
import { JitError } from '../../src/core/errors.ts';
import type { Place } from '../../src/core/place.ts';
import type { View } from '../../src/core/view.ts';
import type { CardRef, PreviousCard } from '../../src/ports/chat.ts';
import { cardOf, type Message } from './card.ts';
import { slackCode, slackError } from './errors.ts';
import { mrkdwn, type SlackIdOf } from './text.ts';

const EVENT_TYPE = 'drawbridge_card';
/** Messages that are looked through for a card whose post was never answered. */
const LOOK_BACK = 50;
const SHARED_MS = 10 * 60_000;

/** Posts and edits cards. One instance a workspace. */
export class Publisher {
  readonly #client: WebClient;
  readonly #slackIdOf: SlackIdOf;
  readonly #shared = new Map<string, { readonly shared: boolean; readonly at: number }>();

  constructor(client: WebClient, slackIdOf: SlackIdOf) {
    this.#client = client;
    this.#slackIdOf = slackIdOf;
  }

  async publish(view: View, place: Place, previous: PreviousCard): Promise<CardRef> {
    try {
      if (place.kind === 'channel') await this.#mustBeOurs(place.id);
      const card = cardOf(view, this.#slackIdOf);
      const ref = previous.ref ?? (previous.tried ? await this.#find(place, previous.nonce) : undefined);
      if (ref && (await this.#update(ref, card))) {
        if (previous.announced !== view.announce) await this.#announce(ref, view);
        return ref;
      }
      return await this.#post(place, card, { request: view.request, nonce: previous.nonce });
    } catch (error) {
      throw slackError(error);
    }
  }

  async #post(place: Place, { text, blocks }: Message, payload: Readonly<Record<string, string>>): Promise<CardRef> {
    const posted = await this.#client.chat.postMessage({
      channel: place.id,
      text,
      blocks,
      metadata: { event_type: EVENT_TYPE, event_payload: { ...payload } },
      unfurl_links: false,
      unfurl_media: false,
    });
    return { channel: posted.channel ?? place.id, ts: posted.ts ?? '' };
  }

  /** False when the message is not there any more. */
  async #update(ref: CardRef, { text, blocks }: Message): Promise<boolean> {
    try {
      await this.#client.chat.update({ channel: ref.channel ?? '', ts: ref.ts ?? '', text, blocks });
      return true;
    } catch (error) {
      if (slackCode(error) === 'message_not_found') return false;
      throw error;
    }
  }

  async #announce(ref: CardRef, view: View): Promise<void> {
    await this.#client.chat.postMessage({
      channel: ref.channel ?? '',
      thread_ts: ref.ts ?? '',
      text: mrkdwn(view.headline, this.#slackIdOf),
      unfurl_links: false,
      unfurl_media: false,
    });
  }

  /** A card that was posted without an answer, by its nonce. Without the scope to look, a second card is the lesser evil. */
  async #find(place: Place, nonce: string): Promise<CardRef | undefined> {
    try {
      const channel =
        place.kind === 'channel' ? place.id : (await this.#client.conversations.open({ users: place.id })).channel?.id;
      if (!channel) return undefined;
      const { messages } = await this.#client.conversations.history({
        channel,
        limit: LOOK_BACK,
        include_all_metadata: true,
      });
      const found = messages?.find(
        ({ metadata }) =>
          metadata?.event_type === EVENT_TYPE && (metadata.event_payload as Record<string, unknown>).nonce === nonce,
      );
      return found?.ts ? { channel, ts: found.ts } : undefined;
    } catch (error) {
      if (slackCode(error) === 'missing_scope') return undefined;
      throw error;
    }
  }

  /** In a channel shared with another organisation, strangers would read who opens what. */
  async #mustBeOurs(channel: string): Promise<void> {
    const known = this.#shared.get(channel);
    const fresh = known && performance.now() - known.at < SHARED_MS ? known : await this.#look(channel);
    if (fresh.shared) throw new JitError('chatRefused', { chat: 'Slack', code: 'externally_shared_channel' });
  }

  async #look(channel: string) {
    const { channel: info } = await this.#client.conversations.info({ channel });
    const seen = { shared: Boolean(info?.is_ext_shared || info?.is_pending_ext_shared), at: performance.now() };
    this.#shared.set(channel, seen);
    return seen;
  }
}
