import type { Instant } from '../../src/core/language/instant.ts';
import type { Language, Tongue } from '../../src/core/language/text.ts';
import { isGroupChat, type Place } from '../../src/core/people/place.ts';
import { messagesOf } from '../../src/core/view/consent.ts';
import { reportIn, type Spoken, viewIn } from '../../src/core/view/in-tongue.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { View } from '../../src/core/view/view.ts';
import type { CardRef, ChatAdapter } from '../../src/ports/chat.ts';
import type { Bot, Conversation, Outgoing } from './bot.ts';
import { cardOf, messageWith } from './card.ts';
import { asJitError, ConnectorFailure, isGone } from './errors.ts';
import { ownChat } from './own-chat.ts';
import { baseCard, readersAt, refreshOf } from './refresh.ts';
import { mentioning, messageOf, readerOf } from './reply.ts';
import { reportCard } from './report.ts';
import type { Roster } from './roster.ts';
import { isServed, type Settings } from './settings.ts';
import { inMessage, inWords } from './text.ts';

interface Publisher {
  readonly bot: Bot;
  readonly settings: Settings;
  readonly roster: Roster;
  readonly entraIdOf: (personId: string) => string | undefined;
  /** In which language somebody reads there. */
  readonly tongueAt: (place: Place) => Promise<Tongue>;
  readonly now: () => Instant;
}

/**
 * Shows a view at a place: edits the card that is there, or posts a new one, which notifies by its summary. Teams has no
 * way to look for a post whose answer was lost, so with `tried` and no ref it is posted again; the lost one carries the
 * same nonce and is adopted at its first click.
 */
export function publisher({ bot, settings, roster, entraIdOf, tongueAt, now }: Publisher): ChatAdapter['publish'] {
  return async (view, place, previous, signal) => {
    try {
      const readers = await readersAt({ settings, roster, entraIdOf }, view, place, signal);
      const refresh = readers ? refreshOf(view, previous.nonce, readers) : {};
      const tongue = await tongueAt(place);
      const words = inWords(view.headline, readerOf({ ...view, language: tongue.language, at: now() }));
      // Where many read it, each has buttons of their own.
      const isShared = place.kind === 'channel' && view.readers !== undefined;
      const card = isShared ? baseCard(view, previous.nonce, tongue) : cardOf(view, previous.nonce, { tongue });
      const message = messageWith({ ...card, ...refresh }, words);
      const known = read(previous.ref, settings);
      const news = () => headline({ ...viewIn(view, tongue), language: tongue.language, at: now() }, place, entraIdOf);
      const isNew = view.announce !== '' && view.announce !== previous.announced;
      const below = async (to: Ref) => !isNew || (await unlessGone(() => announce(bot, to, news(), signal)));
      if (known && previous.isShown && (await below(known))) return known;
      if (known && !previous.isShown && (await edit(bot, known, message, signal))) {
        if (isNew) await announce(bot, known, news(), signal);
        return known;
      }
      if (isThreaded(place)) return { ...(await bot.thread(settings.serviceUrl, place.id, message, signal)) };
      const spot = await spotOf({ bot, settings }, place, signal);
      const sent = view.buttons.length > 0 && place.kind === 'private' ? { ...message, ...ALERT } : message;
      return { ...spot, activity: await bot.send(spot, sent, signal) };
    } catch (error) {
      throw asJitError(error);
    }
  };
}

/** Posts a report: in a channel as a thread of its own. */
export async function tell(
  { bot, settings, tongueAt }: Pick<Publisher, 'bot' | 'settings' | 'tongueAt'>,
  report: Report,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  try {
    const tongue = await tongueAt(place);
    for (const part of messagesOf(reportIn(report, tongue), tongue)) {
      const message = messageWith(reportCard(part, tongue), part.title);
      if (isThreaded(place)) await bot.thread(settings.serviceUrl, place.id, message, signal);
      else await bot.send(await spotOf({ bot, settings }, place, signal), message, signal);
    }
  } catch (error) {
    throw asJitError(error);
  }
}

/** What somebody may act on is in their activity feed as well (Teams, "Send activity feed notifications to users": bots). */
const ALERT = { channelData: { notification: { alert: true } } } as const;

/** A channel has threads; group and meeting chats, which can be places too, have none. */
function isThreaded({ kind, id }: Place): boolean {
  return kind === 'channel' && !isGroupChat(id);
}

async function spotOf(
  room: Pick<Publisher, 'bot' | 'settings'>,
  { kind, id }: Place,
  signal: AbortSignal,
): Promise<Conversation> {
  if (kind === 'channel') return { serviceUrl: room.settings.serviceUrl, conversation: id };
  return ownChat(room, id, signal);
}

type Ref = Conversation & { readonly activity: string } & CardRef;

/** A ref that leads to a connector of ours: the bot's token goes nowhere else, whatever was stored. */
function read(ref: CardRef | undefined, settings: Settings): Ref | undefined {
  const { serviceUrl, conversation, activity } = ref ?? {};
  if (!serviceUrl || !conversation || !activity || !isServed(serviceUrl, settings.serviceUrls)) return undefined;
  return { serviceUrl, conversation, activity };
}

/** False when the card is gone: deleted, or the whole chat was removed. */
function edit(bot: Bot, ref: Ref, message: Outgoing, signal: AbortSignal): Promise<boolean> {
  return unlessGone(() => bot.update(ref, ref.activity, message, signal));
}

async function unlessGone(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

interface News {
  readonly message: Outgoing;
  /** The same without a mention. */
  readonly bare: Outgoing;
}

/** The headline as a message; in a channel it mentions whom it begins with, so that they are notified. */
function headline(
  view: Spoken<View> & { readonly language: Language; readonly at: Instant },
  { kind }: Place,
  entraIdOf: Publisher['entraIdOf'],
): News {
  const reader = readerOf(view);
  const bare = messageOf([view.headline], reader);
  const [first, ...rest] = view.headline;
  const person = typeof first === 'object' && 'person' in first ? first : undefined;
  const isCalled = person !== undefined && (view.calls?.includes(person.person) ?? true);
  const entraId = isCalled && kind === 'channel' ? entraIdOf(person.person) : undefined;
  if (!person || entraId === undefined) return { message: bare, bare };
  return { message: { ...bare, ...mentioning(person.name, entraId, inMessage(rest, reader)) }, bare };
}

/** Below the card: in a channel this is its thread. Somebody who is not in the team cannot be mentioned there. */
async function announce(bot: Bot, ref: Ref, { message, bare }: News, signal: AbortSignal): Promise<void> {
  try {
    await bot.send(ref, message, signal);
  } catch (error) {
    if (message === bare || !(error instanceof ConnectorFailure) || error.status !== 400) throw error;
    await bot.send(ref, bare, signal);
  }
}
