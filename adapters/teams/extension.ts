import { z } from 'zod';
import { say } from '../../src/core/language/say.ts';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { type Line, phrased, tidy } from '../../src/core/language/text.ts';
import { dialog, dialogText, type PressDone } from './answers.ts';
import { show } from './command.ts';
import { ASK_PROTECTOR, FOLLOW, formCard } from './form.ts';
import { formOn, submitFilled, submitted, wanting } from './forms.ts';
import type { Json } from './json.ts';
import { readerOf } from './reply.ts';
import type { Room } from './room.ts';
import { inWords } from './text.ts';
import { FETCH, type TeamsDelivery } from './verify.ts';

/** The command of manifests/teams: the form, from anywhere, or because of a message. */
const REQUEST = 'request';
/** The first words say which message it is; the link says the rest. */
const FIRST_WORDS = 120;

const message = z.object({
  body: z.object({ content: z.string().max(200_000).default('') }).optional(),
  linkToMessage: z
    .url({ protocol: /^https$/ })
    .max(1_000)
    .optional()
    .catch(undefined),
});
const fetched = z.object({ commandId: z.literal(REQUEST), messagePayload: message.optional().catch(undefined) });
const sent = z.object({
  commandId: z.literal(REQUEST),
  data: submitted.extend({ verb: z.enum(['submitForm', FOLLOW]).default('submitForm') }),
});
const wanted = z.object({
  commandId: z.literal(REQUEST),
  data: wanting.extend({ verb: z.literal(ASK_PROTECTOR) }),
});

/** A command of the message extension; undefined when it is none of ours (Teams, "Action commands"). */
export function extended(room: Room, delivery: TeamsDelivery): Promise<PressDone> | undefined {
  const { invoke, value } = delivery;
  if (invoke === FETCH) {
    const { success, data } = fetched.safeParse(value);
    return success ? begin(room, delivery, data.messagePayload) : undefined;
  }
  const machine = wanted.safeParse(value);
  if (machine.success) return protector(room, delivery, machine.data.data.m);
  const { success, data } = sent.safeParse(value);
  if (!success) return undefined;
  const { verb, ...form } = data.data;
  return verb === FOLLOW ? follow(room, delivery, form) : finish(room, delivery, form);
}

async function follow(room: Room, delivery: TeamsDelivery, data: z.output<typeof submitted>): Promise<PressDone> {
  const { card, lines } = await formOn(room, delivery, data);
  return card ? { answer: dialog(inDialog(card)), say: [] } : told(delivery, lines);
}

async function protector({ inbox }: Room, delivery: TeamsDelivery, machine: string): Promise<PressDone> {
  const { lines } = await inbox.askProtector(delivery.sender, machine);
  return told(delivery, lines);
}

async function begin(
  { inbox }: Room,
  delivery: TeamsDelivery,
  pointed: z.output<typeof message> | undefined,
): Promise<PressDone> {
  const { sender } = delivery;
  const justification = pointed ? reasonOf(pointed) : '';
  const form = await inbox.form(sender, undefined, justification === '' ? undefined : { justification });
  if (form.refusal !== undefined) return told(delivery, [[form.refusal]]);
  const { tongue } = readerOf(delivery);
  const card = formCard(form, { id: sender.key, tongue, ...(form.filled ? { typed: form.filled } : {}) });
  return { answer: dialog(inDialog(card)), say: [] };
}

async function finish(room: Room, delivery: TeamsDelivery, data: z.output<typeof submitted>): Promise<PressDone> {
  const { lines, card, report } = await submitFilled(room, delivery, data);
  if (report) {
    await show(room, delivery, { lines, refused: false, report });
    return told(delivery, [[say`Drawbridge has sent you a message.`]]);
  }
  if (card) return { answer: dialog(inDialog(card)), say: lines };
  return told(delivery, lines, '\n\n');
}

function told(delivery: TeamsDelivery, lines: readonly Line[], between = ' '): PressDone {
  const reader = readerOf(delivery);
  const words = lines.map((line) => inWords(line, reader)).join(between);
  return { answer: dialogText(words || phrased('Done.', reader.tongue)), say: lines };
}

/** A dialog knows no `Action.Execute`: there each button is what it would be in a client that does not (Teams, "Dialogs": cards). */
function inDialog(card: Json): Json {
  const actions = (card.actions as readonly Json[]).map((one) => one.fallback ?? one);
  return { ...card, actions };
}

/** A reason that names the message: its first words, with nothing of its markup, and where it is. */
function reasonOf({ body, linkToMessage = '' }: z.output<typeof message>): string {
  const said = (body?.content ?? '')
    .slice(0, 20 * FIRST_WORDS)
    .replace(/<[^>]*>?/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&(?:lt|gt|quot|amp|#\d+);/g, (entity) => ENTITIES[entity] ?? ' ');
  const words = tidy(said, FIRST_WORDS);
  return tidy([words, linkToMessage].filter((part) => part !== '').join(' – '), LONGEST_REASON);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
  '&#39;': "'",
};
