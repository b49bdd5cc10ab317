import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Command } from '../../../src/core/language/command.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { often } from '../../setup/lane.ts';
import { CLOCK, meaningOf, NAMES } from './table.ts';

const RUNS = { numRuns: often(300, 20_000), seed: often(20_261_129, Date.now()) };
const address = fc.constantFrom('', '/jit ', 'jit ', '<@U0BOT> ', '@drawbridge, ', 'npx jit ', '$ jit ', '\u200b');
const mark = fc.constantFrom(
  ...([
    ['`', '`'],
    ['*', '*'],
    ['_', '_'],
    ['(', ')'],
    ['“', '”'],
    ['', ''],
  ] as const),
);

function read(text: string): readonly Command[] | undefined {
  try {
    return parseCommands(text, NAMES, CLOCK);
  } catch (error) {
    expect(error).toBeInstanceOf(JitError);
    return undefined;
  }
}

function meaning(text: string): string | undefined {
  return read(text)?.map(meaningOf).join(' ;; ');
}

function correctionOf(text: string): string {
  try {
    parseCommands(text, NAMES, CLOCK);
    return '';
  } catch (error) {
    return (error as JitError).correction;
  }
}

describe('IDs', () => {
  const one = fc.constantFrom(
    'approve',
    'show',
    'revoke',
    'withdraw',
    'nudge',
    'again',
    'extend',
    'deny',
    'allow',
    'status',
  );
  const joint = fc.constantFrom(', ', ' ', ' and ', ' und ', ' & ', '\n', ',', '; ', ' + ');
  const front = fc.constantFrom('', 'request ', 'my request ', 'the ', 'ID: ');

  it('are the same with whatever stands around and between them', () => {
    fc.assert(
      fc.property(address, one, front, joint, mark, (to, verb, before, between, [open, close]) => {
        const text = `${to}${verb} ${before}${open}k7m3q9w${close}${between}p2x8v4t`;
        expect(meaning(text), text).toBe(meaning(`${verb} k7m3q9w p2x8v4t`));
        expect(meaning(text), text).toMatch(/which=k7m3q9w.* ;; .*which=p2x8v4t/);
      }),
      RUNS,
    );
  });
});

describe('two lengths', () => {
  const asks = fc.constantFrom(
    'request web-1 ssh',
    'request web-1',
    'extend web-1',
    'approve k7m3q9w',
    'protect web-1 22',
    'explain web-1 ssh',
    'break-glass web-1',
  );
  const link = fc.constantFrom('-', '–', ' - ', ' to ', ' or ', ' bis ', ' oder ', '..');
  const unit = fc.constantFrom('h', ' hours', ' Stunden', ' min', 'm', ' minutes', ' Std', ' days');
  const lead = fc.constantFrom('', 'for ');

  it('are never ports, names, or one of the two', () => {
    fc.assert(
      fc.property(asks, lead, fc.integer({ min: 2, max: 5 }), link, unit, (ask, before, first, between, of) => {
        const text = `${ask} ${before}${first}${between}${first + 1}${of}`;
        expect(read(text), text).toBeUndefined();
        const offered = [...correctionOf(text).matchAll(/`\/jit ([^`]+)`/g)].map(([, command]) => command ?? '');
        const short = of.trim().slice(0, 1).toLowerCase().replace('s', 'h').replace('m', 'min');
        expect(offered, text).toEqual(
          [first, first + 1].map((count) => expect.stringMatching(new RegExp(` for ${count}${short}$`))),
        );
        expect(offered.join(' '), text).not.toMatch(/because/);
      }),
      RUNS,
    );
  });
});

describe('a time', () => {
  const time = fc.constantFrom(
    'tomorrow',
    'at 18:00',
    'in 1h',
    'on friday 9:00',
    '18:00',
    'tonight',
    'after lunch',
    'in 10 minutes',
    '2026-03-11 9:00',
    'um 18 Uhr',
    'morgen',
  );
  const acts = fc.constantFrom(
    ...'approve withdraw revoke close nudge again accept decline unprotect restore drill move cancel end allow genehmige schließe'.split(
      ' ',
    ),
  );
  const shows = fc.constantFrom(
    ...'list mine pending home machines lockdowns whoami reviews recommend doctor board'.split(' '),
  );

  it('that cannot be told to what acts is not done without it', () => {
    fc.assert(
      fc.property(acts, time, (verb, when) => {
        const text = `${verb} k7m3q9w ${when}`;
        expect(read(text), text).toBeUndefined();
        expect(correctionOf(text), text).toMatch(/^`\/jit help [a-z -]+`$/);
      }),
      RUNS,
    );
  });

  it('that cannot be told to what shows is named', () => {
    fc.assert(
      fc.property(shows, time, (verb, when) => {
        const text = `${verb} ${when}`;
        expect(read(text), text).toBeUndefined();
        expect(correctionOf(text), text).not.toMatch(/help/);
      }),
      RUNS,
    );
  });
});
