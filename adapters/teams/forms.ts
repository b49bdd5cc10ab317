import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Line } from '../../src/core/language/text.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { FilledForm } from '../../src/ports/inbox.ts';
import { notice, type PressDone, shown } from './answers.ts';
import { messageWith } from './card.ts';
import { isGone } from './errors.ts';
import { formCard, portsCard, takenCard } from './form.ts';
import type { Json } from './json.ts';
import { sendPrivately } from './privately.ts';
import { patiently } from './reply.ts';
import type { Room } from './room.ts';
import { inWords } from './text.ts';
import type { TeamsDelivery } from './verify.ts';

/** Inputs come as texts; an empty one is left out. */
const field = z.string().max(4_000).default('');
export const submitted = z.object({
  f: z.string().min(1).max(1_200),
  g: z.literal(true).optional(),
  machine: field,
  ports: field,
  duration: field,
  source: field,
  justification: field,
  start: z.string().max(200).optional(),
});
const pressed = z.object({
  action: z.object({ type: z.literal('Action.Execute'), verb: z.literal('submitForm'), data: submitted }),
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

/** Takes a form that was filled in; undefined when it is none of ours. */
export function filledIn(room: Room, delivery: TeamsDelivery): Promise<PressDone> | undefined {
  const form = pressed.safeParse(delivery.value);
  if (form.success) return submitForm(room, delivery, form.data.action.data);
  const ports = lined.safeParse(delivery.value);
  return ports.success ? submitPorts(room, delivery, ports.data.action.data) : undefined;
}

async function submitForm(room: Room, delivery: TeamsDelivery, data: z.output<typeof submitted>): Promise<PressDone> {
  const { lines, taken, card, report } = await submitFilled(room, delivery, data);
  if (report) return sendPrivately(room, delivery, { lines, refused: false, report });
  if (taken) return wasTaken(room, delivery, takenCard(lines), lines);
  return card ? formAgain(card, lines) : { answer: notice(lines, delivery), say: lines };
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
  { sender }: TeamsDelivery,
  { f, g, start, ...data }: z.output<typeof submitted>,
): Promise<Outcome> {
  const isBreakGlass = g ? { isBreakGlass: g } : {};
  const starts = start === undefined ? {} : { start };
  const ports = data.ports.split(',').filter((port) => port !== '');
  const typed: FilledForm = { ...data, ports, ...starts, ...isBreakGlass };
  // Teams sends an invoke again under a new id: the form's own id says that it is the same one, as long as it says the same.
  const answer = await inbox.submit({ ...sender, key: `form/${sender.user}/${f}/${digestOf(typed)}` }, typed);
  const { refused, faults, lines, report } = answer;
  if (report) return { lines, taken: true, report };
  if (!refused && !faults) return { lines, taken: true };
  const form = await inbox.form(sender, g);
  if (form.refusal !== undefined) return { lines, taken: false };
  const trouble = faults ? [] : lines;
  // The field shows what its value is called: of machines that are found by typing, the form knows none.
  const candidates = form.typeAhead ? await inbox.machines(sender, typed.machine) : [];
  const chosen = candidates.find(({ value }) => value === typed.machine);
  const filled = { id: f, typed, trouble, ...(faults ? { faults } : {}), ...(chosen ? { chosen } : {}) };
  return { lines, taken: false, card: formCard(form, filled) };
}

async function submitPorts(
  room: Room,
  delivery: TeamsDelivery,
  { f, m, v, ports }: z.output<typeof lined>['action']['data'],
): Promise<PressDone> {
  const { inbox } = room;
  const { sender } = delivery;
  const { refused, faults, lines } = await inbox.submitPorts(sender, { machine: m, version: v, ports });
  if (!refused) return wasTaken(room, delivery, takenCard(lines, 'Protected'), lines);
  if (!faults?.ports) return { answer: notice(lines, delivery), say: lines };
  const form = await inbox.portsForm(sender, m);
  if (form.refusal !== undefined) return { answer: notice(lines, delivery), say: lines };
  const card = portsCard({ ...form, version: v }, { id: f, typed: ports, fault: faults.ports });
  return formAgain(card, lines);
}

function formAgain(card: Json, lines: readonly Line[]): PressDone {
  return { answer: shown(card), say: lines, form: { card, summary: lines.map((line) => inWords(line)).join(' ') } };
}

/** The message with the form becomes what came of it, in each of the person's clients: the answer changes the one that asked. */
function wasTaken(room: Room, { spot, replyToId }: TeamsDelivery, card: Json, lines: readonly Line[]): PressDone {
  if (replyToId !== undefined) {
    const message = messageWith(card, lines.map((line) => inWords(line)).join(' '));
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
