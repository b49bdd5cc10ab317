import { NEEDS_WORDS } from '../../src/core/view/boxes.ts';
import { VERBS, type Verb } from '../../src/core/view/view.ts';
import type { Press } from '../../src/ports/inbox.ts';

/** A pressed button, as far as it can be read. Nothing in it is believed: ids are looked up and judged again. */
interface Pressed {
  readonly action_id: string;
  readonly value?: string;
}

/** Where it was pressed, as the interaction tells it. */
interface Around {
  readonly user: { readonly id: string };
  readonly channel?: { readonly id: string };
  readonly message?: { readonly ts: string; readonly metadata?: unknown };
}

/** What the inbox is asked for; undefined for what is not a button of ours, or cannot be read. */
export function pressOf({ action_id, value }: Pressed, around: Around): Press | undefined {
  const [, verb] = /^jit_(\w+)$/.exec(action_id) ?? [];
  const { r, v } = read(value);
  return isVerb(verb) && typeof r === 'string' && typeof v === 'number'
    ? { verb, request: r, version: v, ...cardOf(around) }
    : undefined;
}

/** What stands in the box of a button at first. */
export function initialIn(value: string | undefined): string | undefined {
  const { t } = read(value);
  return typeof t === 'string' ? t : undefined;
}

/** Keeps a press while a person writes the reason for it. */
export function kept(press: Press): string {
  return JSON.stringify(press);
}

/** The press that was kept; undefined when it cannot be read. */
export function keptPress(metadata: string): Press | undefined {
  const { verb, request, version, card } = read(metadata);
  if (!isVerb(verb) || typeof request !== 'string' || typeof version !== 'number') return undefined;
  return { verb, request, version, ...(card ? { card: card as NonNullable<Press['card']> } : {}) };
}

/** A button that only opens a form for the reason. */
export function needsReason(actionId: string): boolean {
  return [...NEEDS_WORDS].some((verb) => actionId === `jit_${verb}`);
}

/** The choice of a machine in a form. */
export const MACHINE_ACTION = 'jit_machine';
/** Says that this machine should be protected; its value is the machine's ID. */
export const ASK_PROTECTOR = 'jit_protector';

/** What opens the request form; its value is a machine's id, or nothing. */
export const FORM_ACTION = 'jit_form_';

/** Does nothing but to open a form, or to change what it offers. */
export function opensForm(actionId: string): boolean {
  return actionId.startsWith(FORM_ACTION) || actionId === MACHINE_ACTION || needsReason(actionId);
}

function isVerb(word: unknown): word is Verb {
  return VERBS.some((verb) => verb === word);
}

export function read(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text ?? '') as Readonly<Record<string, unknown>> | null) ?? {};
  } catch {
    return {};
  }
}

/** The card that was pressed, so that one we lost track of is adopted. */
function cardOf({ user, channel, message }: Around): Pick<Press, 'card'> {
  if (!channel || !message) return {};
  const isPrivate = channel.id.startsWith('D');
  const place = {
    chat: 'slack',
    kind: isPrivate ? 'private' : 'channel',
    id: isPrivate ? user.id : channel.id,
  } as const;
  const nonce = nonceIn(message.metadata);
  return { card: { place, ref: { channel: channel.id, ts: message.ts }, ...(nonce ? { nonce } : {}) } };
}

/** The nonce that a message of ours bears. */
function nonceIn(metadata: unknown): string | undefined {
  const nonce = (metadata as { event_payload?: { nonce?: unknown } } | undefined)?.event_payload?.nonce;
  return typeof nonce === 'string' ? nonce : undefined;
}
