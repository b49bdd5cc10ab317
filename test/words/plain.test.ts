import { expect, it } from 'vitest';
import { plainIn, plainTexts } from './plain.ts';

/** `<name>` stands for what a template fills in. */
const filled = (source: string) => source.replace(/<(\w+)>/g, (_, name) => `$\{${name}}`);

it('what goes to a chat, a mail, or a post is said by `say`, so that there is a German text for it', () => {
  expect(plainTexts()).toEqual([]);
});

it.each([
  ['a line of an alarm', "alarms.raise({ lines: ['Redis is away'] })", 'Redis is away'],
  ['… with something filled in', 'const lines = [`Redis is away from <host>`]', 'Redis is away from …'],
  ['one of two', "f({ line: [isOne ? say`one is here` : 'two are here'] })", 'two are here'],
  ['a title with something filled in', 'f({ title: `The sink <name> is behind` })', 'The sink … is behind'],
  ['what a function gives', "function linesOf() { if (a) { return ['that is all'] } }", 'that is all'],
  [
    'what an error is filled with',
    "new JitError('notOpen', { what: 'it waits for somebody' })",
    'it waits for somebody',
  ],
])('finds %s', (_, source, text) => {
  expect(plainIn(filled(source), 'a.ts')).toEqual([`a.ts: ${text}`]);
});

it('and lets be what is said, a title that is looked up as a whole, and what is no sentence', () => {
  const source = "f({ title: 'Redis is away', lines: [say`Redis is away`, host, '…', `<of>, <what>: <means>`] })";
  expect(plainIn(filled(source), 'a.ts')).toEqual([]);
});
