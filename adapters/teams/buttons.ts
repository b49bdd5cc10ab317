import { z } from 'zod';
import type { Line } from '../../src/core/language/text.ts';
import { VERBS } from '../../src/core/view/view.ts';
import type { Answer, Choice, FilledForm } from '../../src/ports/inbox.ts';
import { cardOf, type Json } from './card.ts';
import { show } from './command.ts';
import { choice, formCard, MACHINES, portsCard, takenCard } from './form.ts';
import { clockOf, messageOf, reply } from './reply.ts';
import { COMMAND, LONGEST_COMMAND } from './report.ts';
import type { Room } from './room.ts';
import { inWords } from './text.ts';
import type { TeamsDelivery } from './verify.ts';

/** The body of the answer to an invoke (Teams, "Universal Actions for Adaptive Cards": response format). */
export interface InvokeAnswer {
  readonly statusCode: 200;
  readonly type: string;
  readonly value: unknown;
}

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

/** Inputs come as texts; an empty one is left out. */
const field = z.string().max(4_000).default('');
const submitted = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: z.literal('submitForm'),
    data: z.object({
      f: z.string().min(1).max(1_200),
      g: z.literal(true).optional(),
      machine: field,
      ports: field,
      duration: field,
      source: field,
      justification: field,
      start: z.string().max(200).optional(),
    }),
  }),
});

const lined = z.object({
  action: z.object({
    type: z.literal('Action.Execute'),
    verb: z.literal('submitPorts'),
    data: z.object({
      f: z.string().min(1).max(1_200),
      m: z.string().min(1).max(1_000),
      v: z.string().max(64),
      ports: field,
    }),
  }),
});

export const SEARCH = 'application/search';
export const PRESS = 'adaptiveCard/action';
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
): Promise<InvokeAnswer | undefined> {
  const work = workOf(room, delivery);
  if (!work) return undefined;
  const first = await Promise.race([work, late]);
  if (first !== 'late') return first.answer;
  // Whoever pressed still hears what the card does not show.
  room.later(
    work.then(({ say }) => (say.length > 0 ? reply(room, delivery, messageOf(say, clockOf(delivery))) : undefined)),
  );
  if (delivery.invoke === SEARCH) return found([]);
  return text(STILL);
}

/** Said of what goes on. */
export const STILL = 'Still working on it; you will see how it went.';

interface Done {
  readonly answer: InvokeAnswer;
  /** What has to be said in a message when the answer comes too late. */
  readonly say: readonly Line[];
}

/** Does what an invoke asks for; undefined when it is none of ours. */
export function workOf(room: Room, delivery: TeamsDelivery): Promise<Done> | undefined {
  const { invoke, value } = delivery;
  if (invoke === SEARCH) {
    const query = searched.safeParse(value);
    return query.success ? search(room, delivery, query.data) : undefined;
  }
  if (invoke !== PRESS) return undefined;
  const press = pressed.safeParse(value);
  if (press.success) return pressButton(room, delivery, press.data.action);
  const button = typed.safeParse(value);
  if (button.success) return typeCommand(room, delivery, button.data.action.data.c);
  const form = submitted.safeParse(value);
  if (form.success) return submitForm(room, delivery, form.data.action.data);
  const ports = lined.safeParse(value);
  return ports.success ? submitPorts(room, delivery, ports.data.action.data) : undefined;
}

async function pressButton(
  room: Room,
  delivery: TeamsDelivery,
  { verb, data }: z.output<typeof pressed>['action'],
): Promise<Done> {
  const { sender, spot, replyToId } = delivery;
  const card = replyToId && {
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
  // NB. an answer is a text or a card, never both; everybody's card is brought up to date anyway.
  if (refused || !view) return { answer: notice(lines, delivery), say: lines };
  return { answer: shown(cardOf(view, data.n)), say: lines };
}

/** An answer to a press is a text: anything more goes to their own chat. */
async function sendPrivately(room: Room, delivery: TeamsDelivery, answer: Answer): Promise<Done> {
  await show(room, delivery, answer);
  return { answer: text('Drawbridge has sent you a message.'), say: [] };
}

/** A button that types for whoever presses it. */
async function typeCommand(room: Room, delivery: TeamsDelivery, command: string): Promise<Done> {
  const answer = await room.inbox.command(delivery.sender, command);
  if (!answer.openForm && !answer.report) return { answer: notice(answer.lines, delivery), say: answer.lines };
  return sendPrivately(room, delivery, answer);
}

async function submitForm(
  room: Room,
  delivery: TeamsDelivery,
  { f, g, start, ...data }: z.output<typeof submitted>['action']['data'],
): Promise<Done> {
  const { inbox } = room;
  const { sender } = delivery;
  const isBreakGlass = g ? { isBreakGlass: g } : {};
  const starts = start === undefined ? {} : { start };
  const ports = data.ports.split(',').filter((port) => port !== '');
  const typed: FilledForm = { ...data, ports, ...starts, ...isBreakGlass };
  // Teams sends an invoke again under a new id: the form's own id says that it is the same one.
  const answer = await inbox.submit({ ...sender, key: `form/${sender.user}/${f}` }, typed);
  const { refused, faults, lines } = answer;
  if (answer.report) return sendPrivately(room, delivery, answer);
  if (!refused && !faults) return { answer: shown(takenCard(lines)), say: lines };
  const form = await inbox.form(sender, g);
  if (form.refusal !== undefined) return { answer: notice(lines, delivery), say: lines };
  const trouble = faults ? [] : lines;
  // The field shows what its value is called: of machines that are found by typing, the form knows none.
  const candidates = form.typeAhead ? await inbox.machines(sender, typed.machine) : [];
  const chosen = candidates.find(({ value }) => value === typed.machine);
  const filled = { id: f, typed, trouble, ...(faults ? { faults } : {}), ...(chosen ? { chosen } : {}) };
  return { answer: shown(formCard(form, filled)), say: lines };
}

async function submitPorts(
  { inbox }: Room,
  delivery: TeamsDelivery,
  { f, m, v, ports }: z.output<typeof lined>['action']['data'],
): Promise<Done> {
  const { refused, faults, lines } = await inbox.submitPorts(delivery.sender, { machine: m, version: v, ports });
  if (!refused) return { answer: shown(takenCard(lines, 'Protected')), say: lines };
  if (!faults?.ports) return { answer: notice(lines, delivery), say: lines };
  const form = await inbox.portsForm(delivery.sender, m);
  if (form.refusal !== undefined) return { answer: notice(lines, delivery), say: lines };
  const card = portsCard({ ...form, version: v }, { id: f, typed: ports, fault: faults.ports });
  return { answer: shown(card), say: lines };
}

async function search(
  { inbox }: Room,
  { sender }: TeamsDelivery,
  { queryText, queryOptions: { skip } }: z.output<typeof searched>,
): Promise<Done> {
  return { answer: found(await inbox.machines(sender, queryText.slice(0, LONGEST_QUERY)), skip), say: [] };
}

function found(machines: readonly Choice[], skip = 0): InvokeAnswer {
  const results = machines.slice(skip, skip + MOST_FOUND).map(choice);
  return { statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse', value: { results } };
}

/** A text for the one who pressed. */
export function text(value: string): InvokeAnswer {
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value };
}

function notice(lines: readonly Line[], delivery: TeamsDelivery): InvokeAnswer {
  const clock = clockOf(delivery);
  return text(lines.map((line) => inWords(line, clock)).join('\n') || 'Done.');
}

function shown(card: Json): InvokeAnswer {
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card };
}
