import {
  boolean,
  byType,
  type Check,
  type Fields,
  integer,
  isObject,
  list,
  matching,
  object,
  oneOf,
  text,
} from './shape.ts';

/**
 * Block elements and composition objects with their limits, from Slack's Block Kit reference
 * (docs.slack.dev/reference/block-kit). File, rich text, e-mail and workflow elements are not simulated and therefore
 * refused.
 */
const MAX_TEXT = 3000;
const MAX_ID = 255;
const MAX_LABEL = 75;
const MAX_OPTIONS = 100;

const type = (name: string): Check => oneOf(name);

export const plainText = (max = MAX_TEXT): Check =>
  object({ required: { type: type('plain_text'), text: text(max) }, optional: { emoji: boolean } });

const mrkdwn = (max: number): Check =>
  object({ required: { type: type('mrkdwn'), text: text(max) }, optional: { verbatim: boolean } });

export const anyText = (max = MAX_TEXT): Check => byType({ plain_text: plainText(max), mrkdwn: mrkdwn(max) });

const confirm = object({
  required: { text: anyText(300) },
  optional: { title: plainText(100), confirm: plainText(30), deny: plainText(30), style: oneOf('primary', 'danger') },
});

const option = (label: Check, withUrl = false): Check =>
  object({
    required: { text: label, value: text(MAX_LABEL) },
    optional: { description: plainText(MAX_LABEL), ...(withUrl ? { url: text(3000) } : {}) },
  });

export const menuOption = option(plainText(MAX_LABEL));
const richOption = option(anyText(MAX_LABEL));

export const optionGroup = object({
  required: { label: plainText(MAX_LABEL), options: list(menuOption, 1, MAX_OPTIONS) },
});

/** Every option of an element, groups included. */
export function optionsOf(element: { [key: string]: unknown }): readonly unknown[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [];
  const inGroups = groups.flatMap((g) => (isObject(g) && Array.isArray(g.options) ? g.options : []));
  return [...(Array.isArray(element.options) ? element.options : []), ...inGroups];
}

const initialIsAnOption: NonNullable<Fields['also']> = (element, at, flaws) => {
  const values = optionsOf(element).map((o) => (isObject(o) ? o.value : undefined));
  if (new Set(values).size !== values.length) flaws.push({ at, what: 'option values must be unique' });
  const single = element.initial_option === undefined ? [] : [element.initial_option];
  const chosen = Array.isArray(element.initial_options) ? element.initial_options : single;
  for (const o of chosen)
    if (!isObject(o) || !values.includes(o.value))
      flaws.push({ at, what: 'initial option must be one of the options' });
};

const optionsOrGroups: NonNullable<Fields['also']> = (element, at, flaws) => {
  if ((element.options === undefined) === (element.option_groups === undefined))
    flaws.push({ at, what: 'must provide either options or option_groups' });
  initialIsAnOption(element, at, flaws);
};

const actionId = text(MAX_ID);
const placeholder = plainText(150);
const common = { action_id: actionId, confirm, focus_on_load: boolean };

const element = (name: string, fields: Fields): Check =>
  object({ ...fields, required: { type: type(name), ...fields.required } });

const menu = (name: string, fields: Fields): Check =>
  element(name, { ...fields, optional: { ...common, placeholder, ...fields.optional } });

const choices = { options: list(menuOption, 1, MAX_OPTIONS), option_groups: list(optionGroup, 1, MAX_OPTIONS) };
const most = integer(1, MAX_OPTIONS);
const users = list(text(MAX_ID), 1, MAX_OPTIONS);

const selects = {
  static_select: menu('static_select', { optional: { ...choices, initial_option: menuOption }, also: optionsOrGroups }),
  multi_static_select: menu('multi_static_select', {
    optional: { ...choices, initial_options: list(menuOption, 1, MAX_OPTIONS), max_selected_items: most },
    also: optionsOrGroups,
  }),
  external_select: menu('external_select', {
    optional: { initial_option: menuOption, min_query_length: integer(0, 150) },
  }),
  multi_external_select: menu('multi_external_select', {
    optional: {
      initial_options: list(menuOption, 1, MAX_OPTIONS),
      min_query_length: integer(0, 150),
      max_selected_items: most,
    },
  }),
  users_select: menu('users_select', { optional: { initial_user: text(MAX_ID) } }),
  multi_users_select: menu('multi_users_select', { optional: { initial_users: users, max_selected_items: most } }),
} as const;

const date = matching(/^\d{4}-\d{2}-\d{2}$/, 'date');
const time = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'time');

const pickers = {
  datepicker: menu('datepicker', { optional: { initial_date: date } }),
  timepicker: menu('timepicker', { optional: { initial_time: time, timezone: text(MAX_ID) } }),
} as const;

const datetimepicker = element('datetimepicker', {
  optional: { ...common, initial_date_time: integer(1_000_000_000, 9_999_999_999) },
});

const ticks = {
  checkboxes: element('checkboxes', {
    required: { options: list(richOption, 1, 10) },
    optional: { ...common, initial_options: list(richOption, 1, 10) },
    also: initialIsAnOption,
  }),
  radio_buttons: element('radio_buttons', {
    required: { options: list(richOption, 1, 10) },
    optional: { ...common, initial_option: richOption },
    also: initialIsAnOption,
  }),
} as const;

const pressed = {
  button: element('button', {
    required: { text: plainText(MAX_LABEL) },
    optional: {
      action_id: actionId,
      confirm,
      value: text(2000),
      url: text(3000),
      style: oneOf('primary', 'danger'),
      accessibility_label: text(MAX_LABEL),
    },
  }),
  overflow: element('overflow', {
    required: { options: list(option(plainText(MAX_LABEL), true), 2, 5) },
    optional: { action_id: actionId, confirm },
  }),
} as const;

export const image = element('image', { required: { image_url: text(3000), alt_text: text(2000) } });

const typed = {
  action_id: actionId,
  placeholder,
  focus_on_load: boolean,
  dispatch_action_config: object({
    optional: { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 1, 2) },
  }),
};

const number = matching(/^-?\d+(\.\d+)?$/, 'number');

const inputs = {
  plain_text_input: element('plain_text_input', {
    optional: {
      ...typed,
      initial_value: text(MAX_TEXT),
      multiline: boolean,
      min_length: integer(0, MAX_TEXT),
      max_length: integer(1, MAX_TEXT),
    },
  }),
  number_input: element('number_input', {
    required: { is_decimal_allowed: boolean },
    optional: { ...typed, initial_value: number, min_value: number, max_value: number },
  }),
  url_text_input: element('url_text_input', { optional: { ...typed, initial_value: text(MAX_TEXT) } }),
} as const;

/** Elements of an actions block. */
export const inActions = byType({ ...pressed, ...selects, ...pickers, datetimepicker, ...ticks });
/** The accessory of a section. */
export const inSection = byType({ ...pressed, ...selects, ...pickers, ...ticks, image });
/** The element of an input block. */
export const inInput = byType({ ...inputs, ...selects, ...pickers, datetimepicker, ...ticks });
