import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { refusal, SSH } from './samples.ts';

describe('a source in a command', () => {
  const NAMES = new Map([
    ['vpn', ['10.8.0.0/16']],
    ['office', ['203.0.113.0/24', '2001:db8:1::/48']],
  ]);

  it('may name a source: a request keeps the name, what is protected has its prefixes', () => {
    const ask = { machine: 'web-1', ports: [SSH], justification: 'x' };
    for (const [word, source] of [
      ['vpn', 'vpn'],
      ['VPN', 'vpn'],
      ['office', 'office'],
      ['bastion', 'bastion'],
      ['10.8.0.9', '10.8.0.9/32'],
    ])
      expect(parseCommand(`request web-1 22 from ${word} because x`, NAMES)).toEqual({
        verb: 'request',
        ask: { ...ask, source },
      });
    expect(parseCommand('protect web-1 22 from Office or vpn or 198.51.100.7', NAMES)).toMatchObject({
      ports: { sources: ['203.0.113.0/24', '2001:db8:1::/48', '10.8.0.0/16', '198.51.100.7/32'] },
    });
    expect(refusal(() => parseCommand('request web-1 from vpn or office because x', NAMES)).say).toBe(
      'A request is for one source, not for vpn and office.',
    );
    for (const text of [
      'request web-1 from lab because x',
      'protect web-1 22 from lab',
      'protect web-1 22 from bastion',
    ])
      expect(refusal(() => parseCommand(text, NAMES))).toMatchObject({
        code: 'unknownSource',
        hint: 'Use an address or CIDR prefix such as 203.0.113.7, or one of these names: vpn, office.',
      });
  });

  it('takes no prefix that may be one address as well as a network', () => {
    const either = (text: string) => refusal(() => parseCommand(text, NAMES));
    expect(either('request web-1 from 198.51.100.7/24 because x')).toMatchObject({
      code: 'sourceTwoWays',
      hint: 'Use 198.51.100.7 for one address, or 198.51.100.0/24 for the whole network.',
    });
    for (const text of [
      'request web-1 from 2001:db8::1/64 because x',
      'protect web-1 22 from 203.0.113.0/24 or 10.8.0.1/16',
    ])
      expect(either(text).code).toBe('sourceTwoWays');
    expect(
      parseCommand('protect web-1 22 from 10.8.0.0/16 or 10.8.0.1/32 or ::ffff:10.8.0.0/112', NAMES),
    ).toMatchObject({
      ports: { sources: ['10.8.0.0/16', '10.8.0.1/32'] },
    });
  });

  it('reads a name as no more than a word where no source has one', () => {
    expect(refusal(() => parseCommand('request web-1 from vpn because x', new Map()))).toMatchObject({
      code: 'malformedSource',
      say: '“vpn” is not an IP address.',
    });
  });
});
