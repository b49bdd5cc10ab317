import { say } from '../../src/core/language/say.ts';
import { phrased } from '../../src/core/language/text.ts';
import { workOf } from './buttons.ts';
import { messageWith } from './card.ts';
import { command } from './command.ts';
import { messageOf, readerOf, reply } from './reply.ts';
import type { Room } from './room.ts';
import { PRESS, type TeamsDelivery } from './verify.ts';

export const OUTDATED = 'This button is not known any more. Write “list” to Drawbridge for what is open and pending.';

const EDITED = say`Edited messages are not read. Send the command as a new message.`;

/**
 * Does what needs no answer at once, and tells the person alone: what was written, and what was pressed where nobody waits
 * for it any more, or in a client that sends it as a message. The card that was pressed is brought up to date by itself.
 */
export async function message(room: Room, delivery: TeamsDelivery): Promise<void> {
  if (delivery.isEdited) return reply(room, delivery, messageOf([[EDITED]], readerOf(delivery)));
  if (delivery.invoke !== PRESS && delivery.kind !== 'invoke') return command(room, delivery);
  const work = workOf(room, delivery);
  if (!work)
    return reply(room, delivery, messageOf([[phrased(OUTDATED, readerOf(delivery).tongue)]], readerOf(delivery)));
  const { say: told, form } = await work;
  if (form) return reply(room, delivery, messageWith(form.card, form.summary));
  // What the person wrote is answered in any case.
  return reply(
    room,
    delivery,
    messageOf(told.length > 0 ? told : [[phrased('Done.', readerOf(delivery).tongue)]], readerOf(delivery)),
  );
}
