import { randomBytes } from 'node:crypto';
import { anyText, image, inActions, inInput, inSection, menuOption, optionGroup, plainText } from './elements.ts';
import {
  boolean,
  byType,
  type Check,
  type Fields,
  type Flaw,
  isObject,
  type Json,
  list,
  object,
  oneOf,
  text,
} from './shape.ts';

/**
 * Blocks, modals and option lists, checked as Slack checks them before it shows anything
 * (docs.slack.dev/reference/block-kit/blocks and …/surfaces/modals). Blocks that this simulator cannot show are refused.
 */
const MESSAGE_BLOCKS = 50;
const VIEW_BLOCKS = 100;
/** Not in the reference; reported for Bolt in slackapi/bolt-js#2509. */
const MESSAGE_CHARACTERS = 13_000;
const VIEW_BYTES = 250_000;

const block = (name: string, fields: Fields): Check =>
  object({
    ...fields,
    required: { type: oneOf(name), ...fields.required },
    optional: { block_id: text(255), ...fields.optional },
  });

const anyBlock = byType({
  section: block('section', {
    optional: { text: anyText(), fields: list(anyText(2000), 1, 10), accessory: inSection, expand: boolean },
    also: (value, at, flaws) => {
      if (value.text === undefined && value.fields === undefined)
        flaws.push({ at, what: 'missing required field: text' });
    },
  }),
  actions: block('actions', { required: { elements: list(inActions, 1, 25) } }),
  context: block('context', {
    required: { elements: list(byType({ plain_text: anyText(), mrkdwn: anyText(), image }), 1, 10) },
  }),
  divider: block('divider', {}),
  header: block('header', { required: { text: plainText(150) } }),
  image: block('image', {
    required: { image_url: text(3000), alt_text: text(2000) },
    optional: { title: plainText(2000) },
  }),
  input: block('input', {
    required: { label: plainText(2000), element: inInput },
    optional: { hint: plainText(2000), optional: boolean, dispatch_action: boolean },
  }),
});

/** The interactive elements that a block holds. */
export function elementsOf(one: Json): Json[] {
  const candidates = [one.element, one.accessory, ...(Array.isArray(one.elements) ? one.elements : [])];
  return candidates.filter(isObject).filter((e) => !['mrkdwn', 'plain_text', 'image'].includes(String(e.type)));
}

function checkUnique(blocks: readonly unknown[], at: string, flaws: Flaw[]): void {
  const blockIds = new Set<unknown>();
  for (const [i, one] of blocks.filter(isObject).entries()) {
    if (one.block_id !== undefined && blockIds.has(one.block_id))
      flaws.push({ at: `${at}/${i}/block_id`, what: `block_id "${String(one.block_id)}" already exists` });
    blockIds.add(one.block_id);
    const actionIds = elementsOf(one).flatMap((e) => e.action_id ?? []);
    if (new Set(actionIds).size !== actionIds.length)
      flaws.push({ at: `${at}/${i}`, what: 'action_id already exists in this block' });
  }
}

function checkBlocks(blocks: unknown, at: string, max: number, min: number): Flaw[] {
  const flaws: Flaw[] = [];
  list(anyBlock, min, max)(blocks, at, flaws);
  if (Array.isArray(blocks)) checkUnique(blocks, at, flaws);
  return flaws;
}

/** What is wrong with the blocks of a message; nothing when they may be posted. */
export const checkMessageBlocks = (blocks: unknown): Flaw[] => checkBlocks(blocks, '/blocks', MESSAGE_BLOCKS, 0);

/** Whether the texts of these blocks are together longer than Slack takes (`msg_blocks_too_long`). */
export function areTooLong(blocks: unknown): boolean {
  let characters = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') characters += value.length;
    return value;
  });
  return characters > MESSAGE_CHARACTERS;
}

const modal = object({
  required: { type: oneOf('modal'), title: plainText(24), blocks: () => {} },
  optional: {
    submit: plainText(24),
    close: plainText(24),
    private_metadata: text(3000, 0),
    callback_id: text(255, 0),
    external_id: text(255, 0),
    clear_on_close: boolean,
    notify_on_close: boolean,
  },
  also: (value, at, flaws) => {
    flaws.push(...checkBlocks(value.blocks, `${at}/blocks`, VIEW_BLOCKS, 1));
    const blocks = Array.isArray(value.blocks) ? value.blocks.filter(isObject) : [];
    if (value.submit === undefined && blocks.some((b) => b.type === 'input'))
      flaws.push({ at, what: 'missing required field: submit' });
    if (blocks.flatMap(elementsOf).filter((e) => e.focus_on_load === true).length > 1)
      flaws.push({ at, what: 'only one element can have focus_on_load' });
  },
});

const home = object({
  required: { type: oneOf('home'), blocks: () => {} },
  optional: { private_metadata: text(3000, 0), callback_id: text(255, 0), external_id: text(255, 0) },
  also: (value, at, flaws) => {
    flaws.push(...checkBlocks(value.blocks, `${at}/blocks`, VIEW_BLOCKS, 1));
  },
});

/** What is wrong with a Home tab given to `views.publish`. */
export function checkHome(view: unknown): Flaw[] {
  const flaws: Flaw[] = [];
  home(view, '/view', flaws);
  return flaws;
}

/** What is wrong with a modal given to `views.*` or as an answer to a submission. */
export function checkModal(view: unknown): Flaw[] {
  const flaws: Flaw[] = [];
  modal(view, '/view', flaws);
  return flaws;
}

export const isViewTooLarge = (view: unknown): boolean => Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES;

const suggestions = object({
  optional: { options: list(menuOption, 0, 100), option_groups: list(optionGroup, 0, 100) },
  also: (value, at, flaws) => {
    if ((value.options === undefined) === (value.option_groups === undefined))
      flaws.push({ at, what: 'must provide either options or option_groups' });
  },
});

/** What is wrong with the answer to a `block_suggestion`. */
export function checkSuggestions(answer: unknown): Flaw[] {
  const flaws: Flaw[] = [];
  suggestions(answer, '', flaws);
  return flaws;
}

const newId = (): string => randomBytes(4).toString('base64url').slice(0, 5);

/** The same blocks with the ids that Slack makes up where the app gave none. */
export function withIds(blocks: readonly Json[]): Json[] {
  const named = (e: unknown): unknown =>
    isObject(e) && elementsOf({ element: e }).length > 0 ? { ...e, action_id: e.action_id ?? newId() } : e;
  return blocks.map((one) => ({
    ...one,
    block_id: one.block_id ?? newId(),
    ...(one.element ? { element: named(one.element) } : {}),
    ...(one.accessory ? { accessory: named(one.accessory) } : {}),
    ...(Array.isArray(one.elements) ? { elements: one.elements.map(named) } : {}),
  }));
}

/** Faults in the form of Slack's `response_metadata.messages`. */
export const inSlackWords = (flaws: readonly Flaw[]): string[] =>
  flaws.map((f) => `[ERROR] ${f.what} [json-pointer:${f.at}]`);
