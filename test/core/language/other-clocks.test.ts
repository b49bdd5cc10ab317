import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { meaningOf, NAMES } from './table.ts';

/** What is said in Berlin at other times than those of the tables. Summer time ends on 25 October 2026, when 2:00 to 3:00 comes twice. */
const ROWS: readonly (readonly [now: string, input: string, meaning: string])[] = [
  // Eight in the morning.
  ['2026-03-10T07:00Z', 'until tonight 9:00', '! ambiguousTime | until 9:00 | until 21:00'],
  ['2026-03-10T07:00Z', 'at tonight 9:00', '! ambiguousTime | at 9:00 | at 21:00'],
  ['2026-03-10T07:00Z', 'until this evening 9:00', '! ambiguousTime | until 9:00 | until 21:00'],
  ['2026-03-10T07:00Z', 'until 9:00 tonight', '! ambiguousTime | until 9:00 | until 21:00'],
  ['2026-03-10T07:00Z', 'bis heute Abend um 9 Uhr', '! ambiguousTime | until 9:00 | until 21:00'],
  ['2026-03-10T07:00Z', 'until tonight 12:00', '! ambiguousTime | until 12:00 | until midnight'],
  ['2026-03-10T07:00Z', 'until tonight 20:00', 'u=2026-03-10T19:00Z'],
  // The day before the hour that comes twice: whoever says which of the two is meant it, and else the earlier one is.
  ['2026-10-24T12:00Z', 'at 2026-10-25T00:30Z', 'from=2026-10-25T00:30Z'],
  ['2026-10-24T12:00Z', 'at 2026-10-25T01:30Z', 'from=2026-10-25T01:30Z'],
  ['2026-10-24T12:00Z', 'until 2026-10-25T01:30Z', 'u=2026-10-25T01:30Z'],
  ['2026-10-24T12:00Z', 'until 2026-10-25T02:30+01:00', 'u=2026-10-25T01:30Z'],
  ['2026-10-24T12:00Z', 'at 2026-10-25 1:30 UTC until 3:00', 'from=2026-10-25T01:30Z | u=2026-10-25T02:00Z'],
  ['2026-10-24T12:00Z', 'until 2026-10-25 10:30 Tokyo', '! unknownWord | until 2026-10-25T01:30Z'],
  ['2026-10-24T12:00Z', 'until 2026-10-25 2:30', 'u=2026-10-25T00:30Z'],
  // In the other half of the year, Berlin is on another time.
  ['2026-03-10T07:00Z', 'at 2026-03-12 9:00 CET', 'from=2026-03-12T08:00Z'],
  ['2026-03-10T07:00Z', 'at 2026-07-01 9:00 CET', '! unknownWord | at <time>'],
  ['2026-03-10T07:00Z', 'at 9:00 CET 2026-07-01', '! unknownWord | at <time>'],
  ['2026-03-10T07:00Z', 'bis 1.7.2026 9 Uhr MEZ', '! unknownWord | until <time>'],
  ['2026-07-01T07:00Z', 'at 2026-12-01 9:00 CEST', '! unknownWord | at <time>'],
  ['2026-07-01T07:00Z', 'at 2026-07-02 9:00 CEST', 'from=2026-07-02T07:00Z'],
];

function read(input: string, now: string): string {
  try {
    const [command] = parseCommands(`request web-1 22 ${input} because x`, NAMES, {
      now: Date.parse(now),
      zone: 'Europe/Berlin',
    });
    const { startsAt } = (command?.verb === 'request' && command.ask) || {};
    const all = command ? meaningOf(command).split(' | ') : [];
    const starts = startsAt === undefined ? [] : [`from=${new Date(startsAt).toISOString().slice(0, 16)}Z`];
    return [...starts, ...all.filter((field) => field.startsWith('u='))].join(' | ');
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    const offers = (error.correction ?? '').matchAll(/request web-1 22 (.*?) because x/g);
    return [`! ${error.code}`, ...[...offers].map(([, terms = '']) => terms)].join(' | ');
  }
}

describe('a moment on other clocks', () => {
  it.each(ROWS)('%s: %s', (now, input, meaning) => {
    expect(read(input, now)).toBe(meaning);
  });
});
