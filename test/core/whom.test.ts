import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { refusal, SSH } from './samples.ts';

describe('whom a request is for', () => {
  it.each([
    ['request web-1 22 for @sam because x', '@sam'],
    ['request web-1 for @sam 22 because x', '@sam'],
    ['request web-1 for <@U123|sam> 22 because x', '<@U123|sam>'],
    ['request web-1 22 for sam@example.com because x', 'sam@example.com'],
    ['request web-1 22 for "@Sam Haddad", because x', '@Sam Haddad'],
  ])('%s', (text, whom) => {
    const ask = { machine: 'web-1', ports: [SSH], whom, justification: 'x' };
    expect(parseCommand(text, new Map())).toEqual({ verb: 'request', ask });
  });

  it('stands beside how long', () => {
    const ask = { machine: 'web-1', ports: [], forMs: 3_600_000, whom: '@sam', justification: 'x' };
    expect(parseCommand('request web-1 for 1h for @sam because x', new Map())).toEqual({ verb: 'request', ask });
  });

  it.each([
    ['request web-1 for @sam for @lin because x', 'severalPeople'],
    ['request web-1 for sam because x', 'malformedDuration'],
    ['break-glass web-1 for @sam because x', 'notWithGlass'],
  ])('“%s” is refused', (text, code) => {
    expect(refusal(() => parseCommand(text, new Map())).code).toBe(code);
  });
});
