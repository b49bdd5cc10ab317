import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Command } from '../../../src/core/language/command.ts';
import { parseCommands, TYPED_VERBS, wordsOf } from '../../../src/core/language/grammar.ts';
import { often } from '../../setup/lane.ts';
import { CLOCK, meaningOf, NAMES } from './table.ts';

/** The long lane looks for what nobody has seen yet; what every change needs is the same each time. */
const RUNS = { numRuns: often(300, 20_000), seed: often(20_261_129, Date.now()) };

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

const MARKS = [
  ['`', '`'],
  ['*', '*'],
  ['_', '_'],
  ['**', '**'],
  ['(', ')'],
  ['', ','],
  ['', '.'],
  ['', '!'],
] as const;
const mark = fc.constantFrom(...MARKS);
const space = fc.constantFrom(' ', '  ', '\u00a0', '\t', '\u202f', '\n', ' \u200b');
const address = fc.constantFrom(
  '',
  '/jit ',
  'jit ',
  '<@U0BOT> ',
  '<at>Drawbridge</at>&nbsp;',
  '@drawbridge, ',
  'npx jit ',
  '$ jit ',
  '> ',
  '\u200b',
);
const PARTS = [
  ['web-1', 'ada@web-1', 'machine=web-1', '--machine web-1'],
  ['22', 'tcp/22', '22/tcp', 'ssh', 'SSH', 'port 22', '-p 22', '-p22', '--port=22', '[ssh]', 's s h'],
  [
    'for 2h',
    '2h',
    'for 2 hours',
    'two hours',
    'für 2 Stunden',
    '120 min',
    '1h 60m',
    '--for 2h',
    '-t 2h',
    '[for 2h]',
    'PT2H',
    '+2h',
  ],
  ['from vpn', 'from VPN', '--from vpn', 'from the vpn', 'von vpn', 'vom vpn', '--from=vpn'],
] as const;
const why = fc.constantFrom(
  ...[
    'because x',
    'weil x',
    'wegen x',
    'reason: x',
    'reason=x',
    'for reason x',
    '--because x',
    '--reason x',
    '--reason=x',
    'Grund: x',
  ],
);
const ASKS = ['request', 'open', 'access', 'req', 'REQUEST'];

describe('noise', () => {
  const words = fc.tuple(...PARTS.map((ways) => fc.constantFrom(...ways)));
  const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 });

  it('around known words, and their order, change nothing', () => {
    const noise = fc.record({
      words,
      order,
      address,
      gaps: fc.array(space, { minLength: 12, maxLength: 12 }),
      mark,
      at: fc.nat(3),
      ask: fc.constantFrom(...ASKS),
      reason: why,
    });
    fc.assert(
      fc.property(noise, ({ words: said, order: by, address: to, gaps, mark: [open, close], at, ask, reason }) => {
        const pieces = by
          .map((i) => said[i] ?? '')
          .map((one, i) => (i === at && !one.includes(' ') ? open + one + close : one));
        const text = `${to}${[ask, ...pieces, reason].join(' ')}`.replaceAll(' ', () => gaps.at(-1) ?? ' ');
        expect(meaning(text), text).toBe('request | m=web-1 | p=22 | t=2h | s=vpn | r=x');
      }),
      RUNS,
    );
  });

  it('of letters is never dropped: a word that means nothing refuses the whole', () => {
    const strange = fc.string({ unit: fc.constantFrom(...'bcdfgjklmpqvwxz'), minLength: 6, maxLength: 12 });
    const at = fc.nat(3);
    fc.assert(
      fc.property(strange, at, (word, i) => {
        const pieces = ['web-1', '22', 'for 2h', 'from vpn'].toSpliced(i + 1, 0, word);
        expect(read(`request ${pieces.join(' ')} because x`)).toBeUndefined();
        for (const verb of ['list', 'whoami', 'close all', 'accept k7m3q9w', 'protect web-1 usual', 'restore web-1'])
          expect(read(`${verb} ${word}`)).toBeUndefined();
      }),
      RUNS,
    );
  });
});

describe('whatever is typed', () => {
  const word = fc.constantFrom(
    ...[
      'web-1',
      'api-1',
      '22',
      '3389',
      'ssh',
      'rdp',
      ',',
      'and',
      'for',
      'from',
      'until',
      '2h',
      '30m',
      '18:00',
      'vpn',
      'me',
    ],
    ...[
      'port',
      'tcp',
      'to',
      'on',
      'at',
      '22-25',
      'half',
      'an',
      'hour',
      '1',
      '30',
      'or',
      '198.51.100.7',
      'tomorrow',
      '“',
      '`',
    ],
    ...[
      '1-2h',
      '2-3',
      'hours',
      'bis',
      '<port>',
      '[for',
      '2h]',
      'xxx',
      '--force',
      '-p22',
      '-t',
      '@sam',
      'max',
      'few',
      'every',
      'six',
      'p',
      'm',
      'dash',
      'one',
      '(10.0.1.4)',
      'through',
      'with',
      'over',
      'api-2',
    ],
    ...['UTC', 'JST', 'friday', 'evening', 'noon', 'half a day', '-02:00', 'at 9:00', '/', '|', '👍', 'all', 'it'],
  );
  const text = fc.array(word, { maxLength: 9 }).map((words) => `request ${words.join(' ')} because x`);

  it('is understood as no more than it says', () => {
    fc.assert(
      fc.property(text, (typed) => {
        for (const command of read(typed) ?? []) {
          if (command.verb !== 'request') throw new Error(`it became ${command.verb}`);
          const { machine, ports = [], source } = { ...command.typed, ...command.ask };
          if (machine !== undefined) expect(typed).toContain(machine);
          // A day is no name, unless it stands in quotes.
          expect(machine ?? '').not.toMatch(/^(?:friday|noon|evening|tomorrow)$/);
          for (const { number } of ports)
            expect(typed).toMatch(
              new RegExp(`(?<![\\d-])${number}(?!\\d)${number === 22 ? '|ssh|-p22' : number === 3389 ? '|rdp' : ''}`),
            );
          if (source !== undefined) expect(typed).toMatch(source === 'vpn' ? /vpn/ : /198\.51\.100\.7|10\.0\.1\.4/);
        }
      }),
      RUNS,
    );
  });

  it('asks for no longer than any time in it', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const hours = [...typed.matchAll(/(\d+)\W+(?:and )?(?:an )?hour/g)].reduce((sum, [, n]) => sum + Number(n), 0);
        const longest =
          hours +
          (/friday|evening/.test(typed)
            ? 200
            : /18:00|9:00|tomorrow|noon|until|bis/.test(typed)
              ? 60
              : (typed.match(/2h|30m|hour|30|1/g) ?? []).length * 2) +
          (typed.match(/half a day/g) ?? []).length * 12 +
          (typed.match(/\bm\b/g) ?? []).length +
          6 * (typed.match(/\bsix\b/g) ?? []).length;
        for (const command of read(typed) ?? []) {
          const forMs = command.verb === 'request' ? (command.ask?.forMs ?? command.typed?.forMs ?? 0) : 0;
          expect(forMs).toBeLessThanOrEqual(longest * 3_600_000);
        }
      }),
      RUNS,
    );
  });
});

/** First words that ask for nothing which opens, allows, or keeps anything; and whatever letters make. */
const idle = fc.oneof(
  fc.constantFrom(
    ...'restart report revert resume repair improve prove except project alles mach packt'.split(' '),
    ...'status who what is web-1 k7m3q9w 203.0.113.7 INC-4711 thanks 👎 👀 :eyes: ... 42 18:00 tomorrow'.split(' '),
  ),
  fc.string({ unit: fc.constantFrom(...'aeinslzdgk'), minLength: 3, maxLength: 9 }),
);
const tail = fc.array(
  fc.constantFrom(
    ...'web-1 k7m3q9w p2x8v4t 22 ssh for 2h until 18:00 UTC JST friday evening next week noon -02:00 at on it all now'.split(
      ' ',
    ),
    ...'please / | , <br> &nbsp; 👍 :+1: INC-7 from vpn me 9 am half a day zu auf nicht'.split(' '),
  ),
  { maxLength: 6 },
);
const BOLD = ['approve', 'less', 'protect', 'unprotect', 'restore', 'break-glass', 'match', 'accept', 'right', 'wrong'];

describe('a first word that is no command', () => {
  it('does nothing, and is offered nothing that opens or allows', () => {
    fc.assert(
      fc.property(idle, tail, (first, rest) => {
        const typed = [first, ...rest].join(' ');
        const { verb } = wordsOf(typed);
        if (TYPED_VERBS.includes(verb) || /^(?:yes|y|ok)$/.test(first)) return;
        const offered = correctionOf(typed);
        // A thumb is an answer, and given back as one.
        const isThumb = /👍|\+1/.test(typed);
        // `42` is the number that an approver is told.
        const isMeant = (one: string) => (one === 'match' && first === '42') || (one === 'approve' && isThumb);
        const bold = BOLD.filter((one) => offered.includes(`/jit ${one} `) && !isMeant(one));
        expect(bold, `${typed}: ${offered}`).toEqual([]);
        for (const command of read(typed) ?? [])
          expect(['help', 'list', 'show', 'why', 'whoami']).toContain(command.verb);
      }),
      RUNS,
    );
  });

  it('names in what is offered only what was typed, or a place to fill in', () => {
    fc.assert(
      fc.property(fc.oneof(idle, fc.constantFrom(...TYPED_VERBS)), tail, (first, rest) => {
        const typed = [first, ...rest].join(' ').toLowerCase();
        const names = [...correctionOf(typed).matchAll(/\b[a-z]+-\d+\b|\b[kp][27][mx][38][qv][49][wt]\b/g)];
        for (const [name] of names) expect(typed, name).toContain(name.replace('inc-7', 'inc-'));
      }),
      RUNS,
    );
  });
});

function correctionOf(typed: string): string {
  try {
    parseCommands(typed, NAMES, CLOCK);
    return '';
  } catch (error) {
    return (error as JitError).correction;
  }
}
