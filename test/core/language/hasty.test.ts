import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { CLOCK, meaningOf, NAMES } from './table.ts';

/** What it means, and what is offered where it is refused. */
function read(text: string): { readonly meaning?: string; readonly offers: readonly string[] } {
  try {
    return { meaning: parseCommands(text, NAMES, CLOCK).map(meaningOf).join(' ;; '), offers: [] };
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return { offers: [...error.correction.matchAll(/`\/jit ([^`]+)`/g)].map(([, command]) => command ?? '') };
  }
}

const LATER = [
  ...[
    'at 15:00',
    'tomorrow 9:00',
    'in 1h',
    'tonight',
    'on friday',
    'um 15 Uhr',
    'morgen',
    'morgen früh',
    'next friday',
  ],
  ...[
    'this weekend',
    'over the weekend',
    'für das Wochenende',
    'am Wochenende',
    'next week',
    'nächste Woche',
    'next month',
  ],
  ...['overnight', 'über Nacht', 'in the morning', 'in der Früh', 'KW 12', 'week 12', 'in calendar week 12', 'KW12'],
  ...[
    '2026-12-01T09:00/2026-12-01T10:00',
    '2026-12-01T09:00Z/PT1H',
    'from 15:00 to 16:00',
    'starting 15:00',
    '15:00+1h',
  ],
  ...['this evening', 'heute Nachmittag', 'this afternoon'],
  ...[
    'Ende März',
    'Anfang April',
    'Mitte der Woche',
    'in a month',
    'in a few days',
    'in april',
    'office hours',
    'at half past six',
  ],
];

describe('what is to be later', () => {
  it.each(LATER)('“%s” is not offered at once', (when) => {
    for (const text of [`request web-1 22 ${when} because x`, `request web-1 22 ${when} for 1h because x`])
      for (const offer of read(text).offers) expect(offer, text).toMatch(/ (?:at|until) |^help/);
    const glass = read(`break-glass web-1 22 ${when} because x`);
    expect(glass.meaning).toBeUndefined();
    for (const offer of glass.offers) expect(offer, when).toMatch(/^request .* at |^break-glass .* until /);
  });

  it.each(LATER)('“%s” approves, closes and requests nothing again now', (when) => {
    for (const verb of ['approve k7m3q9w', 'revoke web-1', 'again k7m3q9w', 'unprotect web-1'])
      for (const text of [`${verb} ${when}`, `${when} ${verb}`]) {
        const { meaning, offers } = read(text);
        expect(meaning, text).toBeUndefined();
        expect(offers.join(), text).toMatch(/^(?:help[a-z -]*)$/);
      }
  });
});

const VERBS = 'approve revoke withdraw nudge again unprotect protect accept extend restore move'.split(' ');

describe('what corrects, or is spared', () => {
  it.each([
    ...[
      'oops',
      'sorry',
      'sorry, I mean',
      'instead of',
      'rather than',
      '->',
      '→',
      '=>',
      'correction:',
      'and keep',
      'but',
    ],
    ...[', leave', 'no', 'nicht', 'statt', 'besides', 'except', '*'],
  ])('“%s” before a second name does nothing to either', (word) => {
    for (const verb of VERBS) {
      const text = `${verb} web-1 ${word}${word === '*' ? '' : ' '}web-2`;
      const { meaning, offers } = read(text);
      // What is withdrawn instead of another is withdrawn.
      if (verb === 'withdraw' && /^(?:instead|rather|statt)/.test(word)) continue;
      expect(meaning, text).toBeUndefined();
      expect(offers, text).toEqual([`help ${verb}`]);
    }
  });
});

describe('what only tries', () => {
  const commands = [
    ...['request web-1 22 for 1h', 'ssh web-1', 'rdp win-1', 'break-glass web-1 22', 'approve k7m3q9w', 'revoke web-1'],
    ...['withdraw k7m3q9w', 'extend web-1 1h', 'protect web-1 usual', 'unprotect web-1', 'close all', 'restore web-1'],
  ];

  it.each(commands)('“%s” does nothing, and is not offered', (command) => {
    for (const option of ['--dry-run', '—dry-run', '--what-if', '-WhatIf', '--noop', 'dry run', '--dryrun'])
      for (const text of [`${command} ${option}`, `${command} ${option} because x`, `${command} because x ${option}`]) {
        if (text.endsWith(' dry run') && text.includes('because')) continue;
        const { meaning, offers } = read(text);
        expect(meaning, text).toBeUndefined();
        expect(offers.join(), text).toMatch(/^(?:explain (?:web|win)-1|help )/);
      }
  });
});

describe('ports', () => {
  it('belong to the machine that they stand with, in whatever order', () => {
    const verbs = ['request', 'open', 'explain', 'break-glass', 'why'];
    for (const verb of verbs)
      for (const link of ['on ', 'to ', ''])
        for (const joint of [' and ', ', ', ' und '])
          for (const [first, second] of [
            ['ssh', 'rdp'],
            ['22', '3389'],
          ]) {
            const text = `${verb} ${first} ${link}web-1${joint}${second} ${link}win-1`;
            const shown = verb === 'open' ? 'request' : verb;
            expect(read(text).offers, text).toEqual([`${shown} web-1 22`, `${shown} win-1 3389`]);
          }
  });
});
