import { describe, expect, it } from 'vitest';
import { JitError, sayOf } from '../../src/core/errors/errors.ts';
import { clockIn } from '../../src/core/language/clock.ts';
import { ENGLISH, plain, spoken } from '../../src/core/language/text.ts';

const now = Date.UTC(2026, 10, 27, 22, 30);

describe('an instant on a clock', () => {
  it.each([
    ['UTC', Date.UTC(2026, 10, 27, 23, 5), '23:05 UTC'],
    ['UTC', Date.UTC(2026, 10, 28, 6, 42), '28 Nov, 06:42 UTC'],
    ['Europe/Berlin', Date.UTC(2026, 10, 27, 22, 45), '23:45 (Europe/Berlin)'],
    ['Europe/Berlin', Date.UTC(2026, 10, 27, 23, 5), '28 Nov, 00:05 (Europe/Berlin)'],
    ['Asia/Tokyo', Date.UTC(2026, 10, 27, 23, 5), '08:05 (Asia/Tokyo)'],
    ['America/New_York', Date.UTC(2026, 10, 27, 3, 5), '26 Nov, 22:05 (America/New_York)'],
  ])('in %s has its zone, and its date where that is not today', (zone, at, text) => {
    expect(clockIn(at, { zone, now })).toBe(text);
  });
});

describe('an instant in a refusal', () => {
  it('is one for chats, and in UTC in the text', () => {
    const error = new JitError('alreadyDecided', { what: 'approved', at: { at: now }, who: 'Grace' });
    const { text, line } = sayOf(error, 'r');
    expect(text).toContain('approved at 22:30 UTC by Grace');
    expect(spoken(line, ENGLISH)).toContainEqual({ at: now });
    expect(plain(line)).toBe(text);
  });

  it('stands among further reasons', () => {
    const error = new JitError('missingReason').with([
      new JitError('policyExtension', { policy: 'p', longest: '4 h', until: { at: now } }),
    ]);
    const { text, line } = sayOf(error, 'r');
    expect(plain(line)).toBe(text);
  });
});
