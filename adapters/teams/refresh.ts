import { z } from 'zod';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { say } from '../../src/core/language/say.ts';
import { type Line, phrased, type Tongue } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import { forAnybody } from '../../src/core/view/readers.ts';
import type { View } from '../../src/core/view/view.ts';
import { limited } from '../../src/kit/time-limit.ts';
import { execute } from './action.ts';
import { failed, type InvokeAnswer, notice, type PressDone, SLOW, shown, TOO_OFTEN, text } from './answers.ts';
import { cardOf } from './card.ts';
import type { Json } from './json.ts';
import { readerOf } from './reply.ts';
import type { Room } from './room.ts';
import type { Roster } from './roster.ts';
import type { Settings } from './settings.ts';
import type { TeamsDelivery } from './verify.ts';

/** The verb by which a client asks for its reader's own edition of a card, and that of the button that asks for the same. */
const LOOK = 'view';
const MINE = 'mine';
const MY_BUTTONS = 'Show my buttons';
/** More are not taken (Teams, "Universal Actions for Adaptive Cards": `refresh.userIds`). */
const MOST_READERS = 60;
/** No card waits longer for who its readers are. */
const NAMING_MS = 1.5 * SECOND_MS;

const looked = z.object({
  action: z.object({
    verb: z.enum([LOOK, MINE]),
    data: z.object({ r: z.string().min(1).max(60), n: z.string().max(60).optional() }),
  }),
  trigger: z.string().max(20).optional(),
});

/** Is somebody, or their client, asking for their own edition? */
export function isLook({ value }: Pick<TeamsDelivery, 'value'>): boolean {
  return looked.safeParse(value).success;
}

/** What asks for the card of each of these, when they look at it: by itself for so many, from the message's menu for all others. */
export function refreshOf({ request }: View, nonce: string | undefined, userIds: readonly string[]): Json {
  const action = { type: 'Action.Execute', title: 'Refresh', verb: LOOK, data: dataOf(request, nonce) };
  return { refresh: { action, userIds } };
}

function dataOf(request: string, nonce: string | undefined): Json {
  return { r: request, ...(nonce ? { n: nonce } : {}) };
}

/**
 * What everybody in a channel sees whose client has not fetched an edition of their own: nothing that only some may press, but a
 * button that asks for it. Where Teams fetches it by itself, nobody has to.
 */
export function baseCard(given: View, nonce: string | undefined, tongue: Tongue): Json {
  const { view, isLess } = forAnybody(given);
  const card = cardOf(view, nonce, { tongue });
  if (!isLess) return card;
  const title = phrased(MY_BUTTONS, tongue);
  const mine = execute({ title, verb: MINE, data: dataOf(view.request, nonce), style: 'positive' });
  return { ...card, actions: [mine, ...(card.actions as readonly Json[])] };
}

interface Naming {
  readonly settings: Settings;
  readonly roster: Roster;
  readonly entraIdOf: (personId: string) => string | undefined;
}

/**
 * What Teams calls those who see buttons of their own on this card; undefined where all see the same: in somebody's own chat, and
 * where they are too many, who then have private cards.
 */
export async function readersAt(
  { settings, roster, entraIdOf }: Naming,
  { readers }: View,
  { kind, id }: Place,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (kind !== 'channel' || readers === undefined || readers.length > MOST_READERS) return undefined;
  const users = readers.flatMap((reader) => entraIdOf(reader) ?? []);
  const conversation = { serviceUrl: settings.serviceUrl, conversation: id };
  const ids = await limited(signal, NAMING_MS, (within) => roster.idsOf(users, conversation, within));
  return ids.length === 0 ? undefined : ids;
}

/** The newest edition for whoever looks; undefined when it is something else that is asked for. */
export function lookedAt(room: Room, delivery: TeamsDelivery): Promise<PressDone> | undefined {
  const { success, data } = looked.safeParse(delivery.value);
  return success ? look(room, delivery, data) : undefined;
}

async function look(
  room: Room,
  delivery: TeamsDelivery,
  { action: { verb, data }, trigger }: z.output<typeof looked>,
): Promise<PressDone> {
  const { tongue } = readerOf(delivery);
  // A client that asks by itself shows nothing of what went wrong, and keeps the card that it has.
  const isAsked = verb === MINE || trigger === 'manual';
  if (room.looks.isTooMany(delivery.sender.user)) {
    const why = phrased(TOO_OFTEN, tongue);
    return { answer: isAsked ? text(why) : failed('BadRequest', why), say: [[why]] };
  }
  const { view, refused, lines } = await room.inbox.view(delivery.sender, data.r);
  if (refused || !view)
    return { answer: isAsked ? notice(lines, delivery) : failed('BadRequest', 'No such request.'), say: lines };
  if (verb === MINE && view.buttons.length === 0) {
    const none = [noneOf(view)];
    return { answer: notice(none, delivery), say: none };
  }
  const again = view.readers ? refreshOf(view, data.n, [delivery.teamsId]) : {};
  // A client that knows no `Action.Execute` shows no answer: there it is a message.
  const form = { card: cardOf(view, undefined, { tongue }), summary: phrased(view.title, tongue) };
  return { answer: shown({ ...cardOf(view, data.n, { tongue }), ...again }), say: [], form };
}

/** NB. who is on call is not asked for a look: whoever came on call just now is judged by their command. */
function noneOf({ tone }: View): Line {
  const none = say`There is nothing for you to press on this card.`;
  return tone === 'waiting' ? [none, say` If you became an approver a moment ago, write \`/jit approve\`.`] : [none];
}

/** What is said where it took too long. */
export function lateLook(delivery: TeamsDelivery): InvokeAnswer {
  const { data } = looked.safeParse(delivery.value);
  const isAsked = data?.action.verb === MINE || data?.trigger === 'manual';
  return isAsked ? text(phrased(SLOW, readerOf(delivery).tongue)) : failed('InternalServerError', 'Not in time.');
}
