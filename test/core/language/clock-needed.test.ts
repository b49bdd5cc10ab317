import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { needsClock } from '../../../src/core/language/clock-needed.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import type { WallClock } from '../../../src/core/language/until.ts';
import { CLOCK, NAMES, TABLE } from './table.ts';

function understood(text: string, clock?: WallClock): string {
  try {
    return JSON.stringify(parseCommands(text, NAMES, clock));
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return `${error.code} ${error.correction}`;
  }
}

describe('the clock of whoever speaks', () => {
  it('is asked for wherever what is typed means something else without it', () => {
    const differing = TABLE.filter(({ input }) => understood(input) !== understood(input, CLOCK));
    expect(differing.length).toBeGreaterThan(100);
    expect(differing.filter(({ input }) => !needsClock(input))).toEqual([]);
  });

  it.each(['list', 'revoke web-1', 'deny k7m3q9w not before friday', 'whoami', 'help', 'protect web-1 usual'])(
    'is not asked for: %s',
    (text) => {
      expect(needsClock(text)).toBe(false);
    },
  );
});
