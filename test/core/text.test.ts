import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockText, dayAndClockText, plain, tidy } from '../../src/core/language/text.ts';
import { often } from '../setup/lane.ts';
import { T0 } from './samples.ts';

describe('tidy', () => {
  it.each([
    ['spaces', '  a \t b  ', 'a b'],
    ['lines', 'a\r\nb\u2028c\u2029d\u0085e', 'a b c d e'],
    ['control characters', 'a\u0000b\u001b[31mc\u007fd', 'a b [31mc d'],
    ['bidi overrides', 'a\u202Eb\u202Cc\u2066d\u2069e\u200Ff', 'a b c d e f'],
    ['zero-width characters', 'pass\u200Bword\u200C\u200D\u2060\uFEFF', 'pass word'],
    ['soft hyphens', 'pass\u00ADword', 'pass word'],
    ['tag characters', 'a\u{E0041}\u{E007F}b', 'a b'],
    ['private characters', 'a\uE000b', 'a b'],
    ['half a surrogate pair', 'a\uD800b', 'a b'],
    ['nothing but these', '\u200B\u202E\n', ''],
    ['no-break spaces', 'a\u00A0\u3000b', 'a b'],
    ['accents apart from their letter', 'Zoe\u0308', 'Zoë'],
    ['emoji', '🚀 go ❤️ 👍🏽', '🚀 go ❤️ 👍🏽'],
    ['other scripts', 'שלום 世界 مرحبا', 'שלום 世界 مرحبا'],
    ['our own markup', 'a `/jit approve` b', "a '/jit approve' b"],
    ['markup, which is each chat’s own to escape', '<!channel> *x* <@U1> &amp;', '<!channel> *x* <@U1> &amp;'],
  ])('%s', (_, text, clean) => {
    expect(tidy(text, 100)).toBe(clean);
  });

  it('caps by characters, not by code units', () => {
    expect(tidy('🚀🚀🚀', 3)).toBe('🚀🚀🚀');
    expect(tidy('🚀🚀🚀🚀', 3)).toBe('🚀🚀…');
    expect(tidy('abcd', 4)).toBe('abcd');
    expect(tidy('abcde', 4)).toBe('abc…');
  });

  it('is one safe line, short enough, of any text, and changes nothing the second time', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\u202E', '\u200D', '\u0301', '👩', '\uD800', '…') }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (given, most) => {
        const clean = tidy(given, most);
        expect([...clean].length).toBeLessThanOrEqual(most);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u);
        expect(clean).toBe(clean.trim());
        expect(tidy(clean, most)).toBe(clean);
      }),
      { numRuns: often(500, 20_000) },
    );
  });
});

describe('a line as plain text', () => {
  it('tells instants in UTC and people by name', () => {
    expect(plain(['Approved by ', { person: 'grace', name: 'Grace Hopper' }, ' until ', { at: T0 }])).toBe(
      'Approved by Grace Hopper until 13:00 UTC',
    );
  });

  it('tells the time of day', () => {
    expect(clockText(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe('23:59 UTC');
    expect(dayAndClockText(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe('31 Dec, 23:59 UTC');
  });
});
