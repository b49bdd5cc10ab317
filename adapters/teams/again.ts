import { z } from 'zod';
import { JitError } from '../../src/core/errors/errors.ts';
import { isZone } from '../../src/core/language/day.ts';
import { phrased } from '../../src/core/language/text.ts';
import { type Weight, weightOf } from '../../src/core/language/weight.ts';
import { tooLateToGoOn } from '../../src/core/view/words.ts';
import type { Again } from '../../src/ports/chat.ts';
import { onlyReads, SEARCH } from './buttons.ts';
import { asJitError, isFinal } from './errors.ts';
import { message } from './message.ts';
import { messageOf, OUTSIDER, readerOf, reply } from './reply.ts';
import { COMMAND } from './report.ts';
import type { Room } from './room.ts';
import { isServed } from './settings.ts';
import { FETCH, type TeamsDelivery } from './verify.ts';

const place = z.object({ chat: z.literal('teams'), kind: z.enum(['private', 'channel']), id: z.string() });
const keptSchema = z.object({
  kind: z.enum(['message', 'invoke', 'installed']),
  sender: z.object({ chat: z.literal('teams'), user: z.string(), place, key: z.string(), zone: z.string().optional() }),
  spot: z.object({ serviceUrl: z.string(), conversation: z.string() }),
  roster: z.string(),
  teamsId: z.string(),
  name: z.string(),
  zone: z.string().refine(isZone).optional(),
  language: z.enum(['en', 'de']).default('en'),
  text: z.string(),
  invoke: z.string(),
  value: z.unknown().optional(),
  isElsewhere: z.literal(true).optional(),
  replyToId: z.string().optional(),
});

/** Of a button that stands for a command, the command as well. */
const pressedSchema = z.object({
  action: z.object({ verb: z.string(), data: z.object({ c: z.string().optional() }).optional() }),
});

/** What of a delivery goes into the journal: who, what and where. Undefined for what does nothing: a type-ahead, a form that is opened, an edit. */
export function keptOf(delivery: TeamsDelivery): string | undefined {
  return delivery.invoke === SEARCH || delivery.invoke === FETCH || delivery.isEdited
    ? undefined
    : JSON.stringify({ ...delivery, at: undefined });
}

/** What a command or a button does, however that was said. */
export function weightIn(delivery: TeamsDelivery): Weight {
  const { kind, invoke, text, value } = delivery;
  if (kind === 'installed' || invoke === SEARCH || invoke === FETCH || onlyReads(delivery)) return 'shows';
  const action = pressedSchema.safeParse(value).data?.action;
  const said = action?.verb === COMMAND ? (action.data?.c ?? '') : action?.verb;
  return delivery.isEdited ? 'shows' : weightOf(said ?? text);
}

/** Does what was kept, judged anew, and answers the person alone. What it did before is not done twice. */
export async function again(room: Room, what: string, { since, isLate, isDoubtful }: Again): Promise<void> {
  const { replyToId, value, zone, isElsewhere, ...kept } = keptSchema.parse(JSON.parse(what));
  const { zone: own, ...sender } = kept.sender;
  if (!isServed(kept.spot.serviceUrl, room.settings.serviceUrls))
    throw new Error('what was kept is from another service');
  const delivery: TeamsDelivery = {
    ...kept,
    at: room.now(),
    value,
    ...(isElsewhere ? { isElsewhere } : {}),
    ...(replyToId === undefined ? {} : { replyToId }),
    ...(zone === undefined ? {} : { zone }),
    sender: { ...sender, ...(own === undefined ? {} : { zone: own }), since },
  };
  const weight = weightIn(delivery);
  const isOver = isLate || (isDoubtful && weight === 'acts');
  const membership = await room.people.membership(delivery, weight, room.signal);
  if (membership instanceof JitError) throw membership;
  try {
    if (membership !== 'member') await turnAway(room, delivery);
    else if (isOver) await reply(room, delivery, messageOf([tooLateToGoOn(since)], readerOf(delivery)));
    else await message(room, delivery);
  } catch (error) {
    throw asJitError(error);
  }
}

/** Where they wrote it; of what they pressed in a channel, in their own chat. Whoever cannot be written to is told nothing. */
async function turnAway({ bot, signal }: Room, delivery: TeamsDelivery): Promise<void> {
  const { kind, spot, teamsId, isElsewhere } = delivery;
  const text = messageOf([[phrased(OUTSIDER, readerOf(delivery).tongue)]]);
  try {
    const where = kind === 'message' && !isElsewhere ? spot : await bot.chat(spot.serviceUrl, teamsId, signal);
    await bot.send(where, text, signal);
  } catch (error) {
    if (!isFinal(error)) throw error;
  }
}
