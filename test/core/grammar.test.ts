import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { often } from '../setup/lane.ts';
import { DNS, RDP, refusal, SSH } from './samples.ts';

const HOUR = 3_600_000;

describe('a request', () => {
  it.each([
    ['request web-1 because x', { machine: 'web-1', ports: [], justification: 'x' }],
    ['open web-1 because x', { machine: 'web-1', ports: [], justification: 'x' }],
    ['/jit request web-1 because x', { machine: 'web-1', ports: [], justification: 'x' }],
    ['jit REQUEST web-1 BECAUSE x', { machine: 'web-1', ports: [], justification: 'x' }],
    ['  request\n web-1\tbecause  x ', { machine: 'web-1', ports: [], justification: 'x' }],
    ['request web-1 ssh because x', { machine: 'web-1', ports: [SSH], justification: 'x' }],
    ['request web-1 rdp 22 because x', { machine: 'web-1', ports: [SSH, RDP], justification: 'x' }],
    ['request web-1 22,3389 because x', { machine: 'web-1', ports: [SSH, RDP], justification: 'x' }],
    ['request web-1 22, 3389, because x', { machine: 'web-1', ports: [SSH, RDP], justification: 'x' }],
    ['request web-1 ports 22 and 53/udp because x', { machine: 'web-1', ports: [SSH, DNS], justification: 'x' }],
    ['request web-1 port ssh 22 because x', { machine: 'web-1', ports: [SSH], justification: 'x' }],
    ['request web-1 for 2h because x', { machine: 'web-1', ports: [], forMs: 2 * HOUR, justification: 'x' }],
    [
      'request web-1 for 2 hours ssh because x',
      { machine: 'web-1', ports: [SSH], forMs: 2 * HOUR, justification: 'x' },
    ],
    [
      'request web-1 for 1 h 30 min 22 because x',
      { machine: 'web-1', ports: [SSH], forMs: 1.5 * HOUR, justification: 'x' },
    ],
    ['request web-1 for 1h 22 because x', { machine: 'web-1', ports: [SSH], forMs: HOUR, justification: 'x' }],
    [
      'request web-1 from 203.0.113.64/28 because x',
      { machine: 'web-1', ports: [], source: '203.0.113.64/28', justification: 'x' },
    ],
    ['request web-1 from any because x', { machine: 'web-1', ports: [], source: '0.0.0.0/0', justification: 'x' }],
    [
      'request web-1 from 2001:db8::1 for 45m ssh because x',
      { machine: 'web-1', ports: [SSH], forMs: 0.75 * HOUR, source: '2001:db8::1/128', justification: 'x' },
    ],
    ['request "web 1" ssh because x', { machine: 'web 1', ports: [SSH], justification: 'x' }],
    ['request “web 1” because x', { machine: 'web 1', ports: [], justification: 'x' }],
    ['request azure:/subscriptions/A because x', { machine: 'azure:/subscriptions/A', ports: [], justification: 'x' }],
    [
      'request web-1 because it is for 2h from home because I said so',
      { machine: 'web-1', ports: [], justification: 'it is for 2h from home because I said so' },
    ],
    ['request web-1 because <!channel> *x*', { machine: 'web-1', ports: [], justification: '<!channel> *x*' }],
    ['request web-1 because a\u202Eb\u200Bc\nd', { machine: 'web-1', ports: [], justification: 'a b c d' }],
  ])('“%s”', (text, ask) => {
    expect(parseCommand(text, new Map())).toEqual({ verb: 'request', ask });
  });

  it('opens the form when it says nothing', () => {
    expect(parseCommand('request', new Map())).toEqual({ verb: 'request' });
    expect(parseCommand('/jit open ', new Map())).toEqual({ verb: 'request' });
  });

  it('keeps so much of its reason and no more', () => {
    const command = parseCommand(`request web-1 because ${'x'.repeat(LONGEST_REASON + 1)}`, new Map());
    expect(command).toMatchObject({ ask: { justification: `${'x'.repeat(LONGEST_REASON - 1)}…` } });
  });

  it.each([
    [
      'request web-1 ssg because x',
      'malformedPort',
      '“ssg” is not a port.',
      'Use a number such as 22, or ssh, rdp, or winrm.',
    ],
    [
      'request web-1 0 because x',
      'malformedPort',
      '“0” is not a port.',
      'Use a number such as 22, or ssh, rdp, or winrm.',
    ],
    ['request web-1 22,x because x', 'unknownWord', '“x” is not understood here.', 'Nothing was done.'],
    [
      'request web-1 for long because x',
      'malformedDuration',
      '“long” is not a duration.',
      'Use for example `for 45m`, `for 2h`, or `for 1h30m`.',
    ],
    [
      'request web-1 for 2 because x',
      'malformedDuration',
      '“2” is not a duration.',
      'Use for example `for 45m`, `for 2h`, or `for 1h30m`.',
    ],
    [
      'request web-1 ssh for because x',
      'malformedDuration',
      '“for” is not a duration.',
      'Use for example `for 45m`, `for 2h`, or `for 1h30m`.',
    ],
    [
      'request web-1 from home because x',
      'malformedSource',
      '“home” is not an IP address.',
      'Use an address or CIDR prefix such as 203.0.113.7 or 203.0.113.0/28.',
    ],
    [
      'request web-1 from 203.0.113.7/33 because x',
      'malformedSource',
      '“203.0.113.7/33” is not an IP address.',
      'Use an address or CIDR prefix such as 203.0.113.7 or 203.0.113.0/28.',
    ],
    [
      'request web-1 from because x',
      'missingSource',
      'Which IP address will you connect from?',
      'Add `from <your public IP address>`, for example `from 203.0.113.7`.',
    ],
  ])('“%s” is refused: %s', (text, code, say, hint) => {
    expect(refusal(() => parseCommand(text, new Map()))).toEqual({ code, say, hint });
  });
});

describe('the other commands', () => {
  it.each([
    ['', { verb: 'help' }],
    ['/jit', { verb: 'help' }],
    ['help', { verb: 'help' }],
    ['list', { verb: 'list' }],
    ['list ALL', { verb: 'list', all: true }],
    ['close all', { verb: 'close all' }],
    ['close all confirm A1B2C3 because breach', { verb: 'close all', confirm: 'a1b2c3', reason: 'breach' }],
    ['close api-1', { verb: 'revoke', which: 'api-1' }],
    ['recommend', { verb: 'recommend' }],
    ['protect web-1', { verb: 'protect', which: ['web-1'] }],
    ['protect web-1 usual', { verb: 'protect', which: ['web-1'], ports: 'usual' }],
    ['protect web-1, “web 2”,db-1 usual', { verb: 'protect', which: ['web-1', 'web 2', 'db-1'], ports: 'usual' }],
    [
      'protect tag:env=prod 22 from 203.0.113.7 or 198.51.100.0/28 confirm 3fa9c1',
      {
        verb: 'protect',
        which: ['tag:env=prod'],
        ports: { ports: [{ number: 22, protocol: 'tcp' }], sources: ['203.0.113.7/32', '198.51.100.0/28'] },
        confirm: '3fa9c1',
      },
    ],
    ['protect web-1 usual closing', { verb: 'protect', which: ['web-1'], ports: 'usual', standing: 'close' }],
    ['protect web-1 lockdown', { verb: 'protect', which: ['web-1'], standing: 'close' }],
    ['protect web-1 copying', { verb: 'protect', which: ['web-1'], standing: 'copy' }],
    ['protect web-1 leaving', { verb: 'protect', which: ['web-1'], standing: 'leave' }],
    ['unprotect web-1', { verb: 'unprotect', machine: 'web-1' }],
    [
      'protect web-1 22, 53/udp from 203.0.113.0/24 for 3h',
      {
        verb: 'protect',
        which: ['web-1'],
        ports: {
          ports: [
            { number: 22, protocol: 'tcp' },
            { number: 53, protocol: 'udp' },
          ],
          sources: ['203.0.113.0/24'],
          forMs: 10_800_000,
        },
      },
    ],
    ['protect “web 1”', { verb: 'protect', which: ['web 1'] }],
    ['revoke', { verb: 'revoke' }],
    ['revoke k7m3q9w', { verb: 'revoke', which: 'k7m3q9w' }],
    ['close k7m3q9w', { verb: 'revoke', which: 'k7m3q9w' }],
    ['revoke k7m3q9w because done', { verb: 'revoke', which: 'k7m3q9w', reason: 'done' }],
    ['revoke because done', { verb: 'revoke', reason: 'done' }],
    ['withdraw k7m3q9w', { verb: 'withdraw', which: 'k7m3q9w' }],
    ['approve k7m3q9w', { verb: 'approve', which: 'k7m3q9w' }],
    ['deny k7m3q9w because too wide', { verb: 'deny', which: 'k7m3q9w', reason: 'too wide' }],
    ['deny', { verb: 'deny' }],
    ['extend', { verb: 'extend' }],
    ['move', { verb: 'move' }],
    ['move web-1', { verb: 'move', which: 'web-1' }],
    ['move web-1 from 203.0.113.9', { verb: 'move', which: 'web-1', source: '203.0.113.9/32' }],
    ['move k7m3q9w to 203.0.113.9', { verb: 'move', which: 'k7m3q9w', source: '203.0.113.9/32' }],
    ['moved from me', { verb: 'move', isMe: true }],
    ['extend k7m3q9w', { verb: 'extend', which: 'k7m3q9w' }],
    ['extend k7m3q9w for 30m', { verb: 'extend', which: 'k7m3q9w', forMs: HOUR / 2 }],
    ['extend for 1 h', { verb: 'extend', forMs: HOUR }],
    ['extend web-1 by 2 hours', { verb: 'extend', which: 'web-1', forMs: 2 * HOUR }],
  ])('“%s”', (text, command) => {
    expect(parseCommand(text, new Map())).toEqual(command);
  });

  it.each([
    ['protect', 'missingMachine', 'The machine is missing.'],
    ['protect ,', 'missingMachine', 'The machine is missing.'],
    ['protect web-1 constructor', 'unknownWord', '“constructor” is not understood here.'],
    ['protect web-1 22 from 203.0.113.7 or', 'missingSource', 'Which IP address will you connect from?'],
    [
      'request web-1 from 203.0.113.7 or 203.0.113.8 because x',
      'severalSources',
      'A request is for one source, not for 203.0.113.7 and 203.0.113.8.',
    ],
    ['protect web-1 for 3h', 'missingPorts', 'The ports are missing.'],
    ['protect web-1 from 203.0.113.7', 'missingPorts', 'The ports are missing.'],
    ['unprotect', 'missingMachine', 'The machine is missing.'],
    ['extend web-1 for ages', 'malformedDuration', '“ages” is not a duration.'],
    ['extend web-1 for', 'malformedDuration', '“for” is not a duration.'],
    ['reqest web-1', 'unknownCommand', '“reqest” is not a command.'],
    ['jit jit', 'unknownCommand', '“jit” is not a command.'],
    [`${'x'.repeat(80)}`, 'unknownCommand', `“${'x'.repeat(39)}…” is not a command.`],
  ])('“%s” is refused: %s', (text, code, say) => {
    expect(refusal(() => parseCommand(text, new Map()))).toMatchObject({ code, say });
  });

  it('are read, or refused with a code, whatever is typed', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '/jit',
        'request',
        'extend',
        'deny',
        'for',
        'from',
        'because',
        'and',
        'web-1',
        '22',
        '2h',
        '"',
        '“',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          parseCommand(words.join(' '), new Map());
        } catch (error) {
          expect(error).toBeInstanceOf(JitError);
        }
      }),
      { numRuns: often(500, 20_000) },
    );
  });
});
