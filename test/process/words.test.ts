import { expect, it, vi } from 'vitest';
import { show } from '../../src/cli/output.ts';
import { cleaned } from '../../src/cli/person/terminal.ts';
import { asTyped, closable, fitted, wrapped } from '../../src/cli/words.ts';
import { ERRORS, JitError, sayOf } from '../../src/core/errors/errors.ts';

it('leaves alone what fits', () => {
  expect(wrapped('1. Passes: group web.', 80)).toBe('1. Passes: group web.');
  expect(wrapped('as long as a pipe takes', Number.POSITIVE_INFINITY)).toBe('as long as a pipe takes');
});

it('breaks between words, and indents what follows', () => {
  expect(wrapped('1. Stopped: group web, rule b denies it.', 20)).toBe(
    '1. Stopped: group\n   web, rule b\n   denies it.',
  );
});

it('breaks each of several lines for itself, behind its own indent, and none where nobody looks', () => {
  const text = 'x.yaml has 1 error:\n  line 4: nobody is called eve';
  expect(fitted(text, { columns: 20 })).toBe('x.yaml has 1 error:\n  line 4: nobody is\n     called eve');
  expect(fitted(text, {})).toBe(text);
});

it('breaks nothing in code marks: it is to be typed or pasted', () => {
  expect(wrapped('Nothing is sent: `npx jit audit sinks` lists them.', 24)).toBe(
    'Nothing is sent:\n   `npx jit audit sinks`\n   lists them.',
  );
  expect(wrapped('A mark ` by itself holds nothing together', 20)).toBe(
    'A mark ` by itself\n   holds nothing\n   together',
  );
});

it('breaks no word: it may be one to copy', () => {
  expect(wrapped('rule drawbridge-demo-allow-a4ae3e05 allows it', 20)).toBe(
    'rule\n   drawbridge-demo-allow-a4ae3e05\n   allows it',
  );
});

it('shows instants with their day', () => {
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
  const rows = [{ line: ['since ', { at: Date.UTC(2026, 10, 23, 12) }, '.'] }];
  show({ title: 'Machines', sections: [{ heading: 'Protected', rows }] });
  log.mockRestore();
  expect(said).toEqual(['Machines', '\nProtected', 'since 2026-11-23 12:00 UTC.']);
});

it.each([
  ['See `/jit list`, or `/jit close all`.', 'See `npx jit list`, or `npx jit close all`.'],
  ['Try `/jit protect web-1 22`', 'Try `npx jit protect web-1 22`'],
  [ERRORS.nothingClosed.hint, '`npx jit lockdowns` lists what is closed.'],
  // These are of chats alone, or mean something else there.
  [ERRORS.unknownRequest.hint, '`npx jit list` shows what is open or waits.'],
  [ERRORS.notYours.hint, '`npx jit list` shows what is open or waits.'],
  ['`/jit list all` shows it; a drill begins with `/jit drill`.', undefined],
  [ERRORS.needsTwo.hint, undefined],
] as const)('says to the operator what is typed here: %s', (text, here) => {
  expect(asTyped(text)).toBe(here ?? text);
});

it.each([
  ['`GET /api/v1/machines` lists the machines', '`jit machines` lists the machines'],
  ['`GET /api/v1/requests` shows it', '`jit list` shows it'],
  ['`GET /api/v1/requests/k7m3q9x` says more', '`jit show k7m3q9x` says more'],
  ['`POST /api/v1/requests/<id>/revoke`', '`jit revoke <id>`'],
  ['`POST /api/v1/requests`', '`jit request`'],
  ['`GET /api/v1/whoami` says who', '`jit whoami` says who'],
  ['See `/api/v1/docs`', 'See `jit --help`'],
  ['Send as `words`: `web-1 22`', 'Use these words: `web-1 22`'],
])('says to a person what is typed here, where the API names a call: %s', (text, here) => {
  expect(cleaned(text)).toBe(here);
});

it('says where the operator finds the names of machines', () => {
  const hints = Object.values(ERRORS).map(({ hint }) => asTyped(hint));
  expect(hints.filter((hint) => hint.includes('`npx jit machines` lists'))).not.toEqual([]);
  expect(hints.filter((hint) => hint.includes('`/jit request` alone'))).toEqual([]);
});

it('names what is in use with the command by which the operator closes it', () => {
  const words = { machine: 'web-1', request: 'k7m3q9w' };
  const told = (choices: readonly string[]) =>
    asTyped(sayOf(closable(new JitError('stillLeased', words, { choices })), 'none').text);
  expect(told(['k7m3q9w'])).toMatch(/ Try `npx jit revoke k7m3q9w`$/);
  expect(told([])).not.toContain('jit revoke');
});
