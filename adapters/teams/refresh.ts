import { z } from 'zod';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { View } from '../../src/core/view/view.ts';
import { failed, notice, type PressDone, shown, text } from './answers.ts';
import { cardOf } from './card.ts';
import type { Json } from './json.ts';
import type { Room } from './room.ts';
import type { Roster } from './roster.ts';
import type { Settings } from './settings.ts';
import type { TeamsDelivery } from './verify.ts';

/** The verb by which a client asks for its reader's own edition of a card. */
const LOOK = 'view';
/** More are not taken (Teams, "Universal Actions for Adaptive Cards": `refresh.userIds`). */
const MOST_READERS = 60;
/** No card waits longer for who its readers are. */
const NAMING_MS = 1.5 * SECOND_MS;

const looked = z.object({
  action: z.object({
    verb: z.literal(LOOK),
    data: z.object({ r: z.string().min(1).max(60), n: z.string().max(60).optional() }),
  }),
  trigger: z.string().max(20).optional(),
});

/** Is somebody's client asking for its reader's edition? */
export function isLook({ value }: Pick<TeamsDelivery, 'value'>): boolean {
  return looked.safeParse(value).success;
}

/** What asks for the card of each of these, when they look at it: by itself for so many, from the message's menu for all others. */
export function refreshOf({ request }: View, nonce: string | undefined, userIds: readonly string[]): Json {
  const data = { r: request, ...(nonce ? { n: nonce } : {}) };
  return { refresh: { action: { type: 'Action.Execute', title: 'Refresh', verb: LOOK, data }, userIds } };
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
  const limited = AbortSignal.any([signal, AbortSignal.timeout(NAMING_MS)]);
  const ids = await roster.idsOf(users, { serviceUrl: settings.serviceUrl, conversation: id }, limited);
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
  { action: { data }, trigger }: z.output<typeof looked>,
): Promise<PressDone> {
  // A client that asks by itself shows nothing of what went wrong, and keeps the card that it has.
  const isManual = trigger === 'manual';
  if (room.looks.isTooMany(delivery.sender.user)) {
    const why = 'That was refreshed very often. Please try again in a minute.';
    return { answer: isManual ? text(why) : failed('BadRequest', why), say: [] };
  }
  const { view, refused, lines } = await room.inbox.view(delivery.sender, data.r);
  if (refused || !view)
    return { answer: isManual ? notice(lines, delivery) : failed('BadRequest', 'No such request.'), say: [] };
  const again = view.readers ? refreshOf(view, data.n, [delivery.teamsId]) : {};
  return { answer: shown({ ...cardOf(view, data.n), ...again }), say: [] };
}
