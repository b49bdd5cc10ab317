import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/language/grammar.ts';

const read = (text: string) => parseCommand(text, new Map([['vpn', ['10.8.0.0/16']]]));
const SSH = { number: 22, protocol: 'tcp' };

describe('break-glass, as it is typed', () => {
  it('alone opens the form', () => {
    expect(read('/jit break-glass')).toEqual({ verb: 'break-glass' });
  });

  it('says what a request says, and the code of the page that was seen', () => {
    const ask = { machine: 'web-1', ports: [SSH], source: 'vpn', forMs: 1_800_000, justification: 'the shop is down' };
    expect(read('break-glass web-1 ssh from vpn for 30m because the shop is down')).toEqual({
      verb: 'break-glass',
      ask,
    });
    expect(read('break-glass web-1 22 from vpn for 30m confirm A1B2C3 because the shop is down')).toEqual({
      verb: 'break-glass',
      ask: { ...ask, confirm: 'a1b2c3' },
    });
  });

  it.each([
    ['break-glass web-1 confirm because the shop is down', 'unknownWord'],
    ['break-glass web-1, api-1 because the shop is down', 'oneAtATime'],
    ['break-glass web-1 sssh because the shop is down', 'malformedPort'],
  ])('%s is refused', (text, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code }));
  });
});
