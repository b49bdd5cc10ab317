import { elementsOf } from './block-kit.ts';
import { optionsOf } from './elements.ts';
import { isObject, type Json } from './shape.ts';

/** What a person puts in an element: typed text, the value of an option, several values, an instant; null clears it. */
export type Given = string | number | readonly string[] | null;
/** The state of elements by block id and action id, as interaction payloads carry it in `state.values`. */
export type Values = { readonly [blockId: string]: { readonly [actionId: string]: Json } };

const SINGLE = ['static_select', 'external_select', 'radio_buttons'];
const SEVERAL = ['multi_static_select', 'multi_external_select', 'checkboxes'];
/** Elements whose state is one plain value: the name of it in the state, and of the initial one in the element. */
const PLAIN: { readonly [type: string]: readonly [field: string, initial: string] } = {
  plain_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  users_select: ['selected_user', 'initial_user'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  datetimepicker: ['selected_date_time', 'initial_date_time'],
};

/** The state that an element starts with; nothing for buttons and overflow menus, which have none. */
function initialState(element: Json): Json | undefined {
  const type = String(element.type);
  const plain = PLAIN[type];
  if (plain) return { type, [plain[0]]: element[plain[1]] ?? null };
  if (SINGLE.includes(type)) return { type, selected_option: element.initial_option ?? null };
  if (SEVERAL.includes(type)) return { type, selected_options: element.initial_options ?? [] };
  if (type === 'multi_users_select') return { type, selected_users: element.initial_users ?? [] };
  return undefined;
}

/** An option as payloads show the selected one: without its url. */
function optionWith(value: string, options: readonly unknown[]): Json {
  const found = options.find((o) => isObject(o) && o.value === value);
  if (!isObject(found)) throw new Error(`There is no option "${value}" to choose.`);
  return found;
}

/** The state of an element once a person gave it a value. `suggested` are the options that the app has offered. */
export function stateWith(element: Json, given: Given, suggested: readonly unknown[] = []): Json {
  const type = String(element.type);
  const options = [...optionsOf(element), ...suggested];
  const several = Array.isArray(given) ? given.map(String) : [];
  const plain = PLAIN[type];
  if (plain) return { type, [plain[0]]: typeof given === 'number' && plain[0] === 'value' ? String(given) : given };
  if (SINGLE.includes(type) || type === 'overflow')
    return { type, selected_option: given === null ? null : optionWith(String(given), options) };
  if (SEVERAL.includes(type)) return { type, selected_options: several.map((value) => optionWith(value, options)) };
  if (type === 'multi_users_select') return { type, selected_users: several };
  throw new Error(`A ${type} takes no value.`);
}

/** The state of all elements: what was given, else what they started with. */
export function valuesOf(blocks: readonly Json[], given: Values = {}): Values {
  const values: { [blockId: string]: { [actionId: string]: Json } } = {};
  for (const block of blocks)
    for (const element of elementsOf(block)) {
      const [blockId, actionId] = [String(block.block_id), String(element.action_id)];
      const before = given[blockId]?.[actionId];
      const state = before?.type === element.type ? before : initialState(element);
      if (state) values[blockId] = { ...values[blockId], [actionId]: state };
    }
  return values;
}

/** The block and the element with this action id (and block id, where several blocks have it). */
export function findElement(
  blocks: readonly Json[],
  actionId: string,
  blockId?: string,
): { block: Json; element: Json } {
  const found = blocks
    .filter((b) => blockId === undefined || b.block_id === blockId)
    .flatMap((block) => elementsOf(block).map((element) => ({ block, element })))
    .filter(({ element }) => element.action_id === actionId);
  const [first, second] = found;
  if (!first) throw new Error(`There is nothing with the action id "${actionId}" to use.`);
  if (second) throw new Error(`Several blocks have the action id "${actionId}": say which block.`);
  return first;
}

const isEmpty = (state: Json): boolean =>
  Object.entries(state).every(
    ([name, v]) => name === 'type' || v === null || v === '' || (Array.isArray(v) && !v.length),
  );

/** What Slack's own client refuses to submit: an error for each input block that is not filled in as it must be. */
export function clientErrors(blocks: readonly Json[], values: Values): { [blockId: string]: string } {
  const errors: { [blockId: string]: string } = {};
  for (const block of blocks.filter((b) => b.type === 'input' && isObject(b.element))) {
    const element = block.element as Json;
    const blockId = String(block.block_id);
    const state = values[blockId]?.[String(element.action_id)] ?? {};
    if (isEmpty(state)) {
      if (block.optional !== true) errors[blockId] = 'Please complete this required field.';
      continue;
    }
    const value = String(state.value ?? '');
    if (element.type === 'plain_text_input') {
      if (value.length > Number(element.max_length ?? 3000)) errors[blockId] = 'This entry is too long.';
      if (value.length < Number(element.min_length ?? 0)) errors[blockId] = 'This entry is too short.';
    }
    if (element.type === 'number_input') {
      const n = Number(value);
      const isWhole = Number.isInteger(n) || element.is_decimal_allowed === true;
      const isWithin = n >= Number(element.min_value ?? -Infinity) && n <= Number(element.max_value ?? Infinity);
      if (!isWhole || !isWithin) errors[blockId] = 'Please enter a number that is allowed here.';
    }
  }
  return errors;
}
