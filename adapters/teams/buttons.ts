import { z } from 'zod';
import { phrased } from '../../src/core/language/text.ts';
import { VERBS } from '../../src/core/view/view.ts';
import type { Choice } from '../../src/ports/inbox.ts';
import { type InvokeAnswer, notice, type PressDone, SLOW, saying, shown, text } from './answers.ts';
import { cardOf } from './card.ts';
import { extended } from './extension.ts';
import { choice, MACHINES } from './form.ts';
import { filledIn } from './forms.ts';
import { backSchema, isLeafing, leafedTo, pageDone } from './pages.ts';
import { sendPrivately } from './privately.ts';
import { isLook, lateLook, lookedAt, refreshOf } from './refresh.ts';
import { messageOf, readerOf, reply } from './reply.ts';
import { COMMAND, LONGEST_COMMAND } from './report.ts';
import type { Room } from './room.ts';
import { FETCH, PRESS, SUBMIT, type TeamsDelivery } from './verify.ts';

const pressed = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: z.enum(VERBS),
    data: z.object({
      r: z.string().min(1).max(60),
      v: z.number().int().nonnegative(),
      n: z.string().max(60).optional(),
      reason: z.string().max(4_000).optional(),
      reason_right: z.string().max(4_000).optional(),
      reason_wrong: z.string().max(4_000).optional(),
      reason_less: z.string().max(4_000).optional(),
      reason_ask: z.string().max(4_000).optional(),
      reason_answer: z.string().max(4_000).optional(),
      ...backSchema.partial().shape,
    }),
  }),
});

const typed = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: z.literal(COMMAND),
    data: z.object({ c: z.string().min(1).max(LONGEST_COMMAND) }),
  }),
});

export const SEARCH = 'application/search';
/** Teams, "Type-ahead search in Adaptive Cards": fifteen results are shown. */
const MOST_FOUND = 15;
const searched = z.object({
  dataset: z.literal(MACHINES),
  queryText: z.string().default(''),
  queryOptions: z.object({ skip: z.number().int().nonnegative().default(0) }).default({ skip: 0 }),
});
/** No name of a machine is longer than that; what comes after it is not looked at. */
const LONGEST_QUERY = 200;

/** Answers an invoke in time, or undefined when it is none of ours. What takes longer is finished and told afterwards. */
export async function answerInvoke(
  room: Room,
  delivery: TeamsDelivery,
  late: Promise<'late'>,
): Promise<object | undefined> {
  const work = workOf(room, delivery);
  if (!work) return undefined;
  const first = await Promise.race([work, late]);
  if (first !== 'late') return first.answer;
  // Whoever pressed still hears what the card does not show.
  room.later(
    work.then(({ say }) => (say.length > 0 ? reply(room, delivery, messageOf(say, readerOf(delivery))) : undefined)),
  );
  if (delivery.invoke === SEARCH) return found([]);
  if (isLeafing(delivery)) return text(phrased(SLOW, readerOf(delivery).tongue));
  if (isLook(delivery)) return lateLook(delivery);
  return saying(delivery.invoke, phrased(STILL, readerOf(delivery).tongue));
}

/** It is neither kept for later nor refused as a replay, and gives the same answer each time. */
export function onlyReads(delivery: TeamsDelivery): boolean {
  const { kind, invoke } = delivery;
  return kind === 'invoke' && invoke === PRESS && (isLook(delivery) || isLeafing(delivery));
}

/** Said of what goes on. */
export const STILL = 'Still working on it; you will see how it went.';

/** Does what an invoke asks for; undefined when it is none of ours. */
export function workOf(room: Room, delivery: TeamsDelivery): Promise<PressDone> | undefined {
  const { invoke, value } = delivery;
  if (invoke === SEARCH) {
    const query = searched.safeParse(value);
    return query.success ? search(room, delivery, query.data) : undefined;
  }
  if (invoke === FETCH || invoke === SUBMIT) return extended(room, delivery);
  if (invoke !== PRESS) return undefined;
  const press = pressed.safeParse(value);
  if (press.success) return pressButton(room, delivery, press.data.action);
  const button = typed.safeParse(value);
  if (button.success) return typeCommand(room, delivery, button.data.action.data.c);
  return lookedAt(room, delivery) ?? leafedTo(room, delivery) ?? filledIn(room, delivery);
}

async function pressButton(
  room: Room,
  delivery: TeamsDelivery,
  { verb, data }: z.output<typeof pressed>['action'],
): Promise<PressDone> {
  const { sender, spot, replyToId } = delivery;
  const back = backSchema.safeParse(data);
  // A page is nobody's card: it is not adopted as one.
  const card = replyToId &&
    !back.success && {
      place: sender.place,
      ref: { ...spot, activity: replyToId },
      ...(data.n === undefined ? {} : { nonce: data.n }),
    };
  const own: Readonly<Record<string, unknown>> = data;
  const typed = own[`reason_${verb}`] ?? data.reason;
  const reason = typeof typed === 'string' ? typed : undefined;
  const answer = await room.inbox.press(sender, {
    verb,
    request: data.r,
    version: data.v,
    ...(reason === undefined ? {} : { reason }),
    ...(card ? { card } : {}),
  });
  if (answer.report || answer.isPrivate) return sendPrivately(room, delivery, answer);
  const { refused, lines, view } = answer;
  if (back.success)
    return refused ? { answer: notice(lines, delivery), say: lines } : pageDone(room, delivery, back.data, lines);
  // NB. an answer is a text or a card, never both; everybody's card is brought up to date anyway.
  if (refused || !view) return { answer: notice(lines, delivery), say: lines };
  const again = view.readers ? refreshOf(view, data.n, [delivery.teamsId]) : {};
  const { tongue } = readerOf(delivery);
  return { answer: shown({ ...cardOf(view, data.n, { tongue }), ...again }), say: lines };
}

/** A button that types for whoever presses it. */
async function typeCommand(room: Room, delivery: TeamsDelivery, command: string): Promise<PressDone> {
  const answer = await room.inbox.command(delivery.sender, command);
  if (answer.openPage && delivery.sender.place.kind === 'private')
    return pageDone(room, delivery, { w: answer.openPage, p: 1 });
  if (!answer.openForm && !answer.report) return { answer: notice(answer.lines, delivery), say: answer.lines };
  return sendPrivately(room, delivery, answer);
}

async function search(
  { inbox }: Room,
  { sender }: TeamsDelivery,
  { queryText, queryOptions: { skip } }: z.output<typeof searched>,
): Promise<PressDone> {
  return { answer: found(await inbox.machines(sender, queryText.slice(0, LONGEST_QUERY)), skip), say: [] };
}

function found(machines: readonly Choice[], skip = 0): InvokeAnswer {
  const results = machines.slice(skip, skip + MOST_FOUND).map(choice);
  return { statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse', value: { results } };
}
