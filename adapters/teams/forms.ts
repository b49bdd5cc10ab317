import { createHash } from 'node:crypto';
import { z } from 'zod';
import { say } from '../../src/core/language/say.ts';
import type { Line } from '../../src/core/language/text.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { FilledForm } from '../../src/ports/inbox.ts';
import { notice, type PressDone, shown } from './answers.ts';
import { messageWith } from './card.ts';
import { isGone } from './errors.ts';
import { ASK_PROTECTOR, FOLLOW, fitting, formCard, portsCard, takenCard } from './form.ts';
import type { Json } from './json.ts';
import { sendPrivately } from './privately.ts';
import { patiently, readerOf } from './reply.ts';
import type { Room } from './room.ts';
import { inWords } from './text.ts';
import type { TeamsDelivery } from './verify.ts';

/** So much of an input is looked at, in characters. */
const INPUT = 4_000;
/** Inputs come as texts, several choices with commas; an empty one is left out. What a client sends otherwise is read as far as it means anything. */
const field = z.preprocess(asText, z.string());
export const submitted = z.object({
  f: z.string().min(1).max(1_200),
  g: z.literal(true).optional(),
  machine: field,
  ports: field,
  duration: field,
  source: field,
  justification: field,
  start: z.preprocess(asText, z.string()).optional(),
});
const pressed = z.object({
  action: z.object({ type: z.literal('Action.Execute'), verb: z.literal('submitForm'), data: submitted }),
});
const following = z.object({
  action: z.object({ type: z.literal('Action.Execute'), verb: z.literal(FOLLOW), data: submitted }),
});
export const wanting = z.object({ m: z.string().min(1).max(1_000) });
const wanted = z.object({
  action: z.object({ type: z.literal('Action.Execute'), verb: z.literal(ASK_PROTECTOR), data: wanting }),
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

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(',').slice(0, INPUT);
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, INPUT) : '';
}

/** Takes a form that was filled in; undefined when it is none of ours. */
export function filledIn(room: Room, delivery: TeamsDelivery): Promise<PressDone> | undefined {
  const form = pressed.safeParse(delivery.value);
  if (form.success) return submitForm(room, delivery, form.data.action.data);
  const follow = following.safeParse(delivery.value);
  if (follow.success) return followed(room, delivery, follow.data.action.data);
  const machine = wanted.safeParse(delivery.value);
  if (machine.success) return protectorAsked(room, delivery, machine.data.action.data);
  const ports = lined.safeParse(delivery.value);
  return ports.success ? submitPorts(room, delivery, ports.data.action.data) : undefined;
}

async function submitForm(room: Room, delivery: TeamsDelivery, data: z.output<typeof submitted>): Promise<PressDone> {
  const { lines, taken, card, report } = await submitFilled(room, delivery, data);
  if (report) return sendPrivately(room, delivery, { lines, refused: false, report });
  if (taken) return wasTaken(room, delivery, 'Requested', lines);
  return card ? formAgain(delivery, card, lines) : { answer: notice(lines, delivery), say: lines };
}

async function followed(room: Room, delivery: TeamsDelivery, data: z.output<typeof submitted>): Promise<PressDone> {
  const { card, lines } = await formOn(room, delivery, data);
  return card ? formAgain(delivery, card, lines) : { answer: notice(lines, delivery), say: lines };
}

async function protectorAsked(
  { inbox }: Room,
  delivery: TeamsDelivery,
  { m }: z.output<typeof wanting>,
): Promise<PressDone> {
  const { lines } = await inbox.askProtector(delivery.sender, m);
  return { answer: notice(lines, delivery), say: lines };
}

/** The form for the machine that is chosen in it, with what was typed as far as it fits; nothing is asked for. */
export async function formOn(
  { inbox }: Room,
  delivery: TeamsDelivery,
  data: z.output<typeof submitted>,
): Promise<Pick<Outcome, 'lines' | 'card'>> {
  const { sender } = delivery;
  const { tongue } = readerOf(delivery);
  const typed = filledOf(data);
  const form = await inbox.form(sender, data.g, typed.machine === '' ? undefined : { machine: typed.machine });
  const chosen = form.machines.find(({ value }) => value === typed.machine);
  const known = { id: data.f, tongue, ...(chosen ? { chosen } : {}) };
  if (form.refusal === undefined) return { lines: [], card: formCard(form, { ...known, typed: fitting(form, typed) }) };
  // Whoever may not ask for this one keeps what they wrote, and reads why.
  const any = await inbox.form(sender, data.g);
  if (any.refusal !== undefined) return { lines: [[any.refusal]] };
  return { lines: [[form.refusal]], card: formCard(any, { ...known, typed, trouble: [[form.refusal]] }) };
}

function filledOf({ f: _, g, start, ports, ...data }: z.output<typeof submitted>): FilledForm {
  return {
    ...data,
    ports: ports.split(',').filter((port) => port !== ''),
    ...(start === undefined ? {} : { start }),
    ...(g ? { isBreakGlass: g } : {}),
  };
}

interface Outcome {
  readonly lines: readonly Line[];
  readonly taken: boolean;
  /** The form again, with what is wrong with it. */
  readonly card?: Json;
  readonly report?: Report;
}

/** What became of a form. */
export async function submitFilled(
  { inbox }: Room,
  delivery: TeamsDelivery,
  data: z.output<typeof submitted>,
): Promise<Outcome> {
  const { sender } = delivery;
  const { f, g } = data;
  const typed = filledOf(data);
  // Teams sends an invoke again under a new id: the form's own id says that it is the same one, as long as it says the same.
  const answer = await inbox.submit({ ...sender, key: `form/${sender.user}/${f}/${digestOf(typed)}` }, typed);
  const { refused, faults, lines, report } = answer;
  if (report) return { lines, taken: true, report };
  if (!refused && !faults) return { lines, taken: true };
  const own = typed.machine === '' ? NO_FORM : await inbox.form(sender, g, { machine: typed.machine });
  const form = own.refusal === undefined ? own : await inbox.form(sender, g);
  if (form.refusal !== undefined) return { lines, taken: false };
  // The field shows what its value is called: of machines that are found by typing, the form knows the chosen one at most.
  const known = form.machines.find(({ value }) => value === typed.machine);
  const candidates = form.typeAhead && !known ? await inbox.machines(sender, typed.machine) : [];
  const chosen = known ?? candidates.find(({ value }) => value === typed.machine);
  const shown = form.about ? fitting(form, typed) : typed;
  const filled = {
    ...{ id: f, typed: shown, trouble: faults ? [] : lines, tongue: readerOf(delivery).tongue },
    ...(faults ? { faults } : {}),
    ...(chosen ? { chosen } : {}),
  };
  return { lines, taken: false, card: formCard(form, filled) };
}

const NO_FORM = { refusal: 'No machine was chosen.' } as const;

async function submitPorts(
  room: Room,
  delivery: TeamsDelivery,
  { f, m, v, ports }: z.output<typeof lined>['action']['data'],
): Promise<PressDone> {
  const { inbox } = room;
  const { sender } = delivery;
  const { refused, faults, lines } = await inbox.submitPorts(sender, { machine: m, version: v, ports });
  if (!refused) return wasTaken(room, delivery, 'Protected', lines);
  if (!faults?.ports) return { answer: notice(lines, delivery), say: lines };
  const form = await inbox.portsForm(sender, m);
  if (form.refusal !== undefined) return { answer: notice(lines, delivery), say: lines };
  const { tongue } = readerOf(delivery);
  const card = portsCard({ ...form, version: v }, { id: f, typed: ports, fault: faults.ports, tongue });
  return formAgain(delivery, card, lines);
}

function formAgain(delivery: TeamsDelivery, card: Json, lines: readonly Line[]): PressDone {
  return { answer: shown(card), say: lines, form: { card, summary: summaryOf(lines, delivery) } };
}

function summaryOf(lines: readonly Line[], delivery: TeamsDelivery): string {
  return lines.map((line) => inWords(line, readerOf(delivery))).join(' ');
}

const TAKEN = { Requested: say`Requested`, Protected: say`Protected` } as const;
type TakenTitle = keyof typeof TAKEN;

/** The message with the form becomes what came of it, in each of the person's clients: the answer changes the one that asked. */
function wasTaken(room: Room, delivery: TeamsDelivery, title: TakenTitle, lines: readonly Line[]): PressDone {
  const { spot, replyToId } = delivery;
  const card = takenCard(lines, TAKEN[title], readerOf(delivery).tongue);
  if (replyToId !== undefined) {
    const message = messageWith(card, summaryOf(lines, delivery));
    room.later(
      patiently(room, () => room.bot.update(spot, replyToId, message, room.signal)).catch((error: unknown) => {
        // It was deleted since: nothing is left that could be filled in again.
        if (!isGone(error)) throw error;
      }),
    );
  }
  return { answer: shown(card), say: lines };
}

/** Other words under the same form are another request. */
function digestOf(typed: FilledForm): string {
  const { machine, ports, duration, source, justification, start = '' } = typed;
  const all = JSON.stringify([machine, [...ports].sort(), duration, source, justification, start]);
  return createHash('sha256').update(all).digest('base64url').slice(0, 16);
}
