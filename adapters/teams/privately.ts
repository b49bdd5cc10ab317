import { phrased } from '../../src/core/language/text.ts';
import type { Answer } from '../../src/ports/inbox.ts';
import { type PressDone, text } from './answers.ts';
import { show } from './command.ts';
import { readerOf } from './reply.ts';
import type { Room } from './room.ts';
import type { TeamsDelivery } from './verify.ts';

/** An answer to a press is a text: anything more goes to their own chat. */
export async function sendPrivately(room: Room, delivery: TeamsDelivery, answer: Answer): Promise<PressDone> {
  await show(room, delivery, answer);
  return { answer: text(phrased('Drawbridge has sent you a message.', readerOf(delivery).tongue)), say: [] };
}
