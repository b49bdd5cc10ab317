import { isDeepStrictEqual } from 'node:util';
import { isJson, type Json } from './http.ts';

/** A button that is pressed: found by its verb and, where several share it, by its title, id or data. */
export interface Press {
  readonly verb: string;
  readonly title?: string;
  readonly id?: string;
  readonly data?: unknown;
  /** What the person typed or chose, by input id. Inputs not named keep the value that the card gives them. */
  readonly inputs?: Readonly<Record<string, string>>;
}

interface Found {
  readonly action: Json;
  /** The cards whose inputs go along: the one with the button and those around it. */
  readonly cards: readonly Json[];
}

const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** Everything inside a card, but not inside the cards that its buttons show. */
function* inside(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* inside(item);
  if (!isJson(value)) return;
  yield value;
  for (const [name, held] of Object.entries(value))
    if (!['card', 'data', 'refresh', 'fallback', 'msteams'].includes(name)) yield* inside(held);
}

function executesOf(card: Json, around: readonly Json[]): Found[] {
  const cards = [...around, card];
  return [...inside([card.body, card.actions, card.selectAction])].flatMap((part): Found[] => {
    if (part.type === 'Action.Execute') return [{ action: part, cards }];
    if (part.type === 'Action.ShowCard' && isJson(part.card)) return executesOf(part.card, cards);
    return [];
  });
}

function find(card: Json, press: Press): Found {
  const found = executesOf(card, []).filter(
    ({ action }) =>
      action.verb === press.verb &&
      (press.title === undefined || action.title === press.title) &&
      (press.id === undefined || action.id === press.id) &&
      (press.data === undefined || isDeepStrictEqual(action.data, press.data)),
  );
  if (found.length === 1 && found[0]) return found[0];
  const verbs = executesOf(card, []).map(({ action }) => `${action.verb}`);
  throw new Error(`${found.length} buttons fit verb '${press.verb}'; the card has: ${verbs.join(', ') || 'none'}`);
}

/** Why Teams keeps the button from being sent for this input, if it does. */
function complaint(input: Json, value: string): string | undefined {
  const wrong = () => `${input.errorMessage ?? input.label ?? input.id}`;
  const off = input.type === 'Input.Toggle' && value !== `${input.valueOn ?? 'true'}`;
  if (value === '' || off) return input.isRequired ? wrong() : undefined;
  if (typeof input.regex === 'string' && !new RegExp(input.regex).test(value)) return wrong();
  if (typeof input.maxLength === 'number' && value.length > input.maxLength) return wrong();
  const number = input.type === 'Input.Number';
  if (number && !(Number(value) >= Number(input.min ?? -Infinity) && Number(value) <= Number(input.max ?? Infinity)))
    return wrong();
  const choices = list(input.choices).map((choice) => choice.value);
  const chosen = input.isMultiSelect ? value.split(',') : [value];
  const free = input.type !== 'Input.ChoiceSet' || input['choices.data'] !== undefined;
  return free || chosen.every((one) => choices.includes(one)) ? undefined : wrong();
}

const defaultOf = (input: Json): string =>
  `${input.value ?? (input.type === 'Input.Toggle' ? (input.valueOff ?? 'false') : '')}`;

/** What goes along with a button: the inputs merged into its data, or the message shown under the one that is wrong. */
function gathered({ action, cards }: Found, press: Press): { readonly data: unknown } | { readonly complaint: string } {
  const takesInputs = `${action.associatedInputs ?? 'auto'}`.toLowerCase() === 'auto';
  const inputs = takesInputs
    ? cards.flatMap((one) => [...inside(one.body)].filter((part) => `${part.type}`.startsWith('Input.')))
    : [];
  const unknown = Object.keys(press.inputs ?? {}).find((id) => !inputs.some((input) => input.id === id));
  if (unknown !== undefined) throw new Error(`the button '${press.verb}' sends no input '${unknown}'`);

  const values: Record<string, string> = {};
  for (const input of inputs) {
    const value = press.inputs?.[`${input.id}`] ?? defaultOf(input);
    const problem = complaint(input, value);
    if (problem !== undefined) return { complaint: problem };
    if (value !== '') values[`${input.id}`] = value;
  }
  return { data: isJson(action.data) ? { ...action.data, ...values } : (action.data ?? values) };
}

/**
 * What Teams' client does when a button of a card is pressed: gathers the inputs, checks them as far as the card says
 * so, and gives either the action to send, with the inputs merged into its data, or the message shown under the input.
 * Throws when the person's card has no such button or input.
 */
export function pressButton(card: Json, press: Press): { readonly action: Json } | { readonly complaint: string } {
  const found = find(card, press);
  const sent = gathered(found, press);
  if ('complaint' in sent) return sent;
  const { type, id, title, verb } = found.action;
  return {
    action: { type, ...(id !== undefined && { id }), ...(title !== undefined && { title }), verb, data: sent.data },
  };
}

/** The same in a client that knows no `Action.Execute`, and shows the button's `fallback`. Throws where that sends nothing. */
export function submitButton(card: Json, press: Press): { readonly data: unknown } | { readonly complaint: string } {
  const { action, cards } = find(card, press);
  const { fallback } = action;
  if (!isJson(fallback) || fallback.type !== 'Action.Submit')
    throw new Error(`the button '${press.verb}' has no fallback that sends anything`);
  return gathered({ action: fallback, cards }, press);
}

/** What a button of a dialog's card sends, found by its verb among its data, or by its title. Throws where there is none. */
export function submitIn(card: Json, press: Press): { readonly data: unknown } | { readonly complaint: string } {
  const buttons = [...inside([card.body, card.actions])].filter(
    ({ type, title, data }) =>
      type === 'Action.Submit' &&
      isJson(data) &&
      data.verb === press.verb &&
      (press.title === undefined || press.title === title),
  );
  const [action, ...others] = buttons;
  if (!action || others.length > 0) throw new Error(`${buttons.length} buttons of the dialog fit verb '${press.verb}'`);
  return gathered({ action, cards: [card] }, press);
}
