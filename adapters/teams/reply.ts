import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { type Line, phrased } from '../../src/core/language/text.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import type { Outgoing } from './bot.ts';
import { isBarred, isGone, isThrottled } from './errors.ts';
import type { Room } from './room.ts';
import { cut, inMessage, inWords, type TeamsReader } from './text.ts';
import type { TeamsDelivery } from './verify.ts';

/** NB. an invoke that gets anything but a 200 with words is shown as "Something went wrong". */
export const OUTSIDER =
  'Only members of this organization can use Drawbridge, not guests. Ask one of them to request access for you.';

const MOST_BYTES = 20_000;
/** A reason that is given is in the notification, whole. */
const MOST_SUMMARY = 1_400;
/** A throttled answer is worth this many more tries, this far apart at most: where Teams asks for longer, it is gone on with by then. */
const TRIES = 3;
const MOST_WAIT_MS = 10 * SECOND_MS;

/** Lines as one message, a paragraph each: instants on the reader's clock, or in UTC where that is not known. */
export function messageOf(lines: readonly Line[], reader?: TeamsReader): Outgoing {
  const text = cut(lines.map((line) => inMessage(line, reader)).join('\n\n'), MOST_BYTES);
  return { text, textFormat: 'markdown', summary: cut(inWords(lines[0] ?? [], reader), MOST_SUMMARY) };
}

/** Whoever did this: in their zone, at that time, in their language. */
export function readerOf({ zone, language, at }: Pick<TeamsDelivery, 'zone' | 'language' | 'at'>): TeamsReader {
  return { tongue: TONGUES[language], ...(zone === undefined ? {} : { clock: { zone, now: at } }) };
}

/** Answers the person alone: in their own chat, also when they spoke in a channel, which knows no message for one. */
export async function reply(room: Room, delivery: TeamsDelivery, message: Outgoing): Promise<void> {
  const { spot, sender, teamsId, isElsewhere } = delivery;
  const inOwnChat = () =>
    patiently(room, async () => {
      const own = await room.bot.chat(spot.serviceUrl, teamsId, room.signal);
      await room.bot.send(own, message, room.signal);
    });
  if (isElsewhere) return inOwnChat();
  if (sender.place.kind === 'private') {
    try {
      return await patiently(room, () => room.bot.send(spot, message, room.signal));
    } catch (error) {
      // The chat was removed since: it is made anew.
      if (!isGone(error)) throw error;
      return inOwnChat();
    }
  }
  try {
    await inOwnChat();
  } catch (error) {
    if (!isBarred(error)) throw error;
    const hint = mentioning(
      delivery.name,
      teamsId,
      phrased(
        ', Drawbridge answers in private. Add the app to your personal chats, then try again.',
        readerOf(delivery).tongue,
      ),
    );
    await patiently(room, () => room.bot.send(spot, hint, room.signal));
  }
}

/** A message that begins with somebody's mention, by Teams id or Entra object id (Teams, "Mentions"). */
export function mentioning(name: string, id: string, markdown: string): Outgoing {
  // Characters that would end the tag or that Markdown would eat stay out.
  const shown = name.replace(/[<>&\\*_[\]~`]/g, '').trim() || 'You';
  const text = `<at>${shown}</at>`;
  return {
    text: `${text}${markdown}`,
    textFormat: 'markdown',
    entities: [{ type: 'mention', text, mentioned: { id, name: shown } }],
  };
}

/** NB. only what Teams refused for its rate is sent again: a reply that was lost may have been posted. */
export async function patiently(room: Room, send: () => Promise<unknown>): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (left <= 1 || !isThrottled(error)) throw error;
      const waitMs = error.retryAfterMs ?? SECOND_MS;
      if (waitMs > MOST_WAIT_MS) throw error;
      await sleep(waitMs, undefined, { signal: room.signal });
    }
  }
}
