import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { CLOCK, meaningOf, NAMES, TABLE } from './table.ts';

/** What it means, or how it is refused. */
function understood(text: string): string {
  try {
    return parseCommands(text, NAMES, CLOCK).map(meaningOf).join(' ;; ');
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    const commands = [...error.correction.matchAll(/`\/jit ([^`]+)`/g)].map(([, command]) => command);
    return [`! ${error.code}`, ...commands].join(' | ');
  }
}

describe('the table of what people type', () => {
  it('has four hundred lines at least, each input once', () => {
    expect(TABLE.length).toBeGreaterThan(400);
    expect(new Set(TABLE.map(({ input }) => input)).size).toBe(TABLE.length);
  });

  it.each(TABLE)('“$input”', ({ input, meaning }) => {
    expect(understood(input)).toBe(meaning);
  });

  // `request web-1 not rdp` would be corrected into a request for it; what only asks changes nothing.
  it('offers no command without the word that turns it round', () => {
    const turned = TABLE.filter(({ input }) =>
      /^(?!deny|dney|withdraw|cancel|reject|why).* (?:not|without|except|but) /.test(head(input)),
    );
    expect(turned.length).toBeGreaterThan(5);
    expect(turned.filter(({ meaning }) => /^! \w+ \| (?!help|why)/.test(meaning))).toEqual([]);
  });
});

/** Before the reason, which may say anything. */
function head(input: string): string {
  return input.replace(/ (?:because|reason:|weil)\b.*/i, ' ');
}
