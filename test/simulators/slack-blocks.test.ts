import { describe, expect, test } from 'vitest';
import {
  areTooLong,
  checkMessageBlocks,
  checkModal,
  checkSuggestions,
  withIds,
} from '../../simulators/slack/block-kit.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const md = (text: string) => ({ type: 'mrkdwn', text });
const section = (more: object = {}) => ({ type: 'section', text: md('hello'), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'go', ...more });
const option = (value: string, text = value) => ({ text: plain(text), value });
const options = (n: number) => Array.from({ length: n }, (_, i) => option(`o${i}`));
const select = (more: object) => ({ type: 'static_select', action_id: 's', ...more });
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('L'), element, ...more });
const typed = { type: 'plain_text_input', action_id: 't' };
const x = (n: number) => 'x'.repeat(n);
const many = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);
const confirm = (more: object = {}) => ({ title: plain('Sure?'), text: md('Really'), ...more });

describe('a message', () => {
  test.each([
    ['no blocks', []],
    ['50 blocks', many(50, section())],
    ['the longest section', [section({ text: md(x(3000)) })]],
    ['ten fields', [{ type: 'section', fields: many(10, md(x(2000))) }]],
    [
      'the longest button',
      [actions(button({ text: plain(x(75)), value: x(2000), style: 'primary', confirm: confirm() }))],
    ],
    ['25 elements', [actions(...Array.from({ length: 25 }, (_, i) => button({ action_id: `b${i}` })))]],
    ['the same action id in two blocks', [actions(button()), actions(button())]],
    ['a hundred options', [actions(select({ options: options(100), initial_option: option('o7') }))]],
    ['ten context elements', [{ type: 'context', elements: many(10, md('c')) }]],
    ['checkboxes with mrkdwn', [actions({ type: 'checkboxes', options: [{ text: md('*a*'), value: 'a' }] })]],
    ['header, divider, image', [{ type: 'header', text: plain(x(150)) }, { type: 'divider' }, image()]],
    ['an input', [input(typed)]],
  ])('may have %s', (_what, blocks) => {
    expect(checkMessageBlocks(blocks)).toEqual([]);
  });

  test.each([
    ['what is no list', {}, '/blocks'],
    ['51 blocks', many(51, section()), '/blocks'],
    ['an unknown block', [{ type: 'dance' }], '/blocks/0/type'],
    ['a type that every object has', [{ type: 'constructor' }], '/blocks/0/type'],
    ['an unknown field', [section({ colour: 'red' })], '/blocks/0'],
    ['too long a section', [section({ text: md(x(3001)) })], '/blocks/0/text/text'],
    ['an empty text', [section({ text: md('') })], '/blocks/0/text/text'],
    ['a section without text', [{ type: 'section' }], '/blocks/0'],
    ['eleven fields', [{ type: 'section', fields: many(11, md('f')) }], '/blocks/0/fields'],
    ['too long a field', [{ type: 'section', fields: [md(x(2001))] }], '/blocks/0/fields/0/text'],
    ['a header in mrkdwn', [{ type: 'header', text: md('h') }], '/blocks/0/text/type'],
    ['too long a header', [{ type: 'header', text: plain(x(151)) }], '/blocks/0/text/text'],
    ['eleven context elements', [{ type: 'context', elements: many(11, md('c')) }], '/blocks/0/elements'],
    ['26 elements', [actions(...many(26, { ...button(), action_id: undefined }))], '/blocks/0/elements'],
    ['no elements', [actions()], '/blocks/0/elements'],
    ['too long a button', [actions(button({ text: plain(x(76)) }))], '/blocks/0/elements/0/text/text'],
    ['too long a value', [actions(button({ value: x(2001) }))], '/blocks/0/elements/0/value'],
    ['another style', [actions(button({ style: 'default' }))], '/blocks/0/elements/0/style'],
    ['mrkdwn on a button', [actions(button({ text: md('Go') }))], '/blocks/0/elements/0/text/type'],
    ['too long a confirmation', [actions(button({ confirm: confirm({ text: md(x(301)) }) }))], '/confirm/text/text'],
    ['too long a yes', [actions(button({ confirm: confirm({ confirm: plain(x(31)) }) }))], '/confirm/confirm/text'],
    ['too long an action id', [actions(button({ action_id: x(256) }))], '/elements/0/action_id'],
    ['the same action id twice', [actions(button(), button())], '/blocks/0'],
    ['the same block id twice', [section({ block_id: 'a' }), section({ block_id: 'a' })], '/blocks/1/block_id'],
    ['a text input among actions', [actions(typed)], '/blocks/0/elements/0/type'],
    ['a select of 101 options', [actions(select({ options: options(101) }))], '/elements/0/options'],
    ['a select of nothing', [actions(select({ options: [] }))], '/elements/0/options'],
    ['a select without options', [actions(select({}))], '/blocks/0/elements/0'],
    ['too long an option', [actions(select({ options: [option('a', x(76))] }))], '/options/0/text/text'],
    ['too long a value of an option', [actions(select({ options: [option(x(76))] }))], '/options/0'],
    ['two options of one value', [actions(select({ options: [option('a'), option('a')] }))], '/elements/0'],
    [
      'an initial option that is none',
      [actions(select({ options: options(2), initial_option: option('z') }))],
      '/elements/0',
    ],
    ['eleven checkboxes', [actions({ type: 'checkboxes', options: options(11) })], '/elements/0/options'],
    ['an overflow of six', [actions({ type: 'overflow', options: options(6) })], '/elements/0/options'],
    ['a date that is none', [actions({ type: 'datepicker', initial_date: 'today' })], '/elements/0/initial_date'],
    ['an image without alt text', [{ type: 'image', image_url: 'https://example.com/a.png' }], '/blocks/0'],
  ])('may not have %s', (_what, blocks, at) => {
    const flaws = checkMessageBlocks(blocks);
    expect(flaws.map((f) => f.at).find((pointer) => pointer.includes(at))).toBeDefined();
  });

  test('has at most 13,000 characters in its blocks', () => {
    expect(areTooLong(many(4, section({ text: md(x(3000)) })))).toBe(false);
    expect(areTooLong(many(5, section({ text: md(x(3000)) })))).toBe(true);
  });

  test('gets the ids that it does not have', () => {
    const [first, second] = withIds([actions(button({ action_id: undefined })), section({ block_id: 'mine' })]);
    expect(first).toMatchObject({ block_id: expect.any(String), elements: [{ action_id: expect.any(String) }] });
    expect(second?.block_id).toBe('mine');
  });
});

describe('a modal', () => {
  const modal = (more: object = {}) => ({
    type: 'modal',
    title: plain('T'),
    submit: plain('S'),
    blocks: [input(typed)],
    ...more,
  });

  test.each([
    ['an input', {}],
    ['a hundred blocks', { blocks: many(100, section()) }],
    ['the longest title', { title: plain(x(24)), close: plain(x(24)), private_metadata: x(3000), callback_id: x(255) }],
    ['an external menu', { blocks: [input({ type: 'external_select', action_id: 'm', min_query_length: 0 })] }],
    ['a number', { blocks: [input({ type: 'number_input', is_decimal_allowed: false, min_value: '1' })] }],
  ])('may have %s', (_what, more) => {
    expect(checkModal(modal(more))).toEqual([]);
  });

  test.each([
    ['101 blocks', { blocks: many(101, section()) }, '/view/blocks'],
    ['no blocks', { blocks: [] }, '/view/blocks'],
    ['too long a title', { title: plain(x(25)) }, '/view/title/text'],
    ['too long a submit', { submit: plain(x(25)) }, '/view/submit/text'],
    ['too long a close', { close: plain(x(25)) }, '/view/close/text'],
    ['an input and no submit', { submit: undefined }, '/view'],
    ['too long private metadata', { private_metadata: x(3001) }, '/view/private_metadata'],
    ['too long an input', { blocks: [input({ ...typed, max_length: 3001 })] }, '/view/blocks/0/element/max_length'],
    ['too long a label', { blocks: [input(typed, { label: plain(x(2001)) })] }, '/view/blocks/0/label/text'],
    ['two with the focus', { blocks: many(2, input({ type: 'plain_text_input', focus_on_load: true })) }, '/view'],
    ['a button as input', { blocks: [input(button())] }, '/view/blocks/0/element/type'],
    ['another type', { type: 'home' }, '/view/type'],
  ])('may not have %s', (_what, more, at) => {
    expect(checkModal(modal(more)).map((f) => f.at)).toContain(at);
  });
});

test.each([
  [{ options: [] }, 0],
  [{ options: options(100) }, 0],
  [{ option_groups: [{ label: plain('g'), options: options(2) }] }, 0],
  [{ options: options(101) }, 1],
  [{ options: options(1), option_groups: [] }, 1],
  [{}, 1],
  ['none', 1],
])('suggestions %# have their limits', (answer, count) => {
  expect(checkSuggestions(answer)).toHaveLength(count);
});

function image(): object {
  return { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' };
}
