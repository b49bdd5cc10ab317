import { z } from 'zod';
import type { Line } from '../../src/core/language/text.ts';
import { phrased, type Tongue } from '../../src/core/language/text.ts';
import { PAGE_NAMES } from '../../src/core/view/list-page.ts';
import type { Answer } from '../../src/ports/inbox.ts';
import { notice, type PressDone, shown, TOO_OFTEN, text } from './answers.ts';
import { cardOf } from './card.ts';
import type { Json } from './json.ts';
import { type Back, backAction, CARD, PAGE, pageCard } from './page-card.ts';
import { readerOf } from './reply.ts';
import type { Room } from './room.ts';
import type { TeamsDelivery } from './verify.ts';

const MOST_PAGES = 1_000;

/** In the data of every button of a page. */
export const backSchema = z.object({ w: z.enum(PAGE_NAMES), p: z.number().int().min(1).max(MOST_PAGES) });

const leafed = z.object({
  action: z.object({ type: z.literal('Action.Execute'), verb: z.literal(PAGE), data: backSchema }),
});
const unfolded = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: z.literal(CARD),
    data: backSchema.extend({ r: z.string().min(1).max(60) }),
  }),
});

/** Is it a page, or a request of one, that is asked for? */
export function isLeafing({ value }: Pick<TeamsDelivery, 'value'>): boolean {
  return leafed.safeParse(value).success || unfolded.safeParse(value).success;
}

function tooOften(delivery: TeamsDelivery): PressDone {
  const why = phrased(TOO_OFTEN, readerOf(delivery).tongue);
  return { answer: text(why), say: [[why]] };
}

/** Another page, or one request of it; undefined when it is something else that is asked for. */
export function leafedTo(room: Room, delivery: TeamsDelivery): Promise<PressDone> | undefined {
  if (!isLeafing(delivery)) return undefined;
  if (room.looks.isTooMany(delivery.sender.user)) return Promise.resolve(tooOften(delivery));
  const page = leafed.safeParse(delivery.value);
  if (page.success) return pageDone(room, delivery, page.data.action.data);
  const card = unfolded.safeParse(delivery.value);
  return card.success ? unfold(room, delivery, card.data.action.data) : undefined;
}

/** The page as it is now, with what became of a press on it. */
export async function pageDone(
  room: Room,
  delivery: TeamsDelivery,
  { w, p }: Back,
  said: readonly Line[] = [],
): Promise<PressDone> {
  const answer = await room.inbox.page(delivery.sender, w, p);
  if ('refusal' in answer) {
    const lines = said.length > 0 ? said : [[answer.refusal]];
    return { answer: notice(lines, delivery), say: lines };
  }
  const { tongue } = readerOf(delivery);
  return inPlace(pageCard(answer.page, said, tongue), phrased(answer.page.title, tongue), said);
}

/** A request with all its buttons, in place of the page; what is pressed there leads back to it. */
async function unfold(room: Room, delivery: TeamsDelivery, { r, ...back }: Back & { r: string }): Promise<PressDone> {
  const answer = await room.inbox.view(delivery.sender, r);
  if (answer.refused || !answer.view) return pageDone(room, delivery, back, answer.lines);
  const { tongue } = readerOf(delivery);
  return inPlace(unfoldedCard(answer.view, back, tongue), phrased(answer.view.title, tongue), []);
}

function unfoldedCard(view: NonNullable<Answer['view']>, back: Back, tongue: Tongue): Json {
  const card = cardOf(view, undefined, { more: { ...back }, tongue });
  const actions = Array.isArray(card.actions) ? (card.actions as readonly Json[]) : [];
  return { ...card, actions: [...actions, backAction(back, tongue)] };
}

function inPlace(card: Json, summary: string, say: readonly Line[]): PressDone {
  return { answer: shown(card), say, form: { card, summary } };
}
