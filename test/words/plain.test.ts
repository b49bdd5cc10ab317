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
  [
    'what it is filled with from a variable',
    "const f = (why) => why; function g() { const why = is ? 'it waits for somebody' : say`it waits`; throw new JitError('notOpen', { why }) }",
    'it waits for somebody',
  ],
  [
    'what several sentences became',
    "const what = all.map(({ say }) => say).join('; '); throw new JitError('notOpen', { what })",
    'joined by “; ”',
  ],
])('finds %s', (_, source, text) => {
  expect(plainIn(filled(source), 'a.ts')).toEqual([`a.ts: ${text}`]);
});

it('finds where errors are thrown what they are filled with alone', () => {
  const source =
    "const lines = ['it is for the log']; throw new JitError('notOpen', { what: 'it waits for somebody' })";
  expect(plainIn(source, 'adapters/aws/a.ts')).toEqual(['adapters/aws/a.ts: it waits for somebody']);
  expect(plainIn("throw away('gives a list that ends nowhere')", 'adapters/aws/a.ts')).toHaveLength(1);
  const other =
    "function f() { const why = 'it is another one' } function g(why) { throw new JitError('notOpen', { why }) }";
  expect(plainIn(other, 'src/redis/a.ts')).toEqual([]);
});

it('and lets be what is said, a title that is looked up as a whole, and what is no sentence', () => {
  const source = "f({ title: 'Redis is away', lines: [say`Redis is away`, host, '…', `<of>, <what>: <means>`] })";
  expect(plainIn(filled(source), 'a.ts')).toEqual([]);
});
