import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aboutText, durationText, parseDuration } from '../../src/core/language/duration.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('parseDuration', () => {
  it.each([
    ['45m', 45 * MINUTE],
    ['2h', 2 * HOUR],
    ['1h30m', 90 * MINUTE],
    ['1 h 30 min', 90 * MINUTE],
    ['2 hours', 2 * HOUR],
    ['1 hour', HOUR],
    ['1hr', HOUR],
    ['3 hrs', 3 * HOUR],
    ['90 min', 90 * MINUTE],
    ['90 mins', 90 * MINUTE],
    ['1 minute', MINUTE],
    ['30s', 30_000],
    ['1 sec', 1_000],
    ['20 seconds', 20_000],
    ['1d', 24 * HOUR],
    ['2 days', 48 * HOUR],
    ['1d2h3m4s', 26 * HOUR + 3 * MINUTE + 4_000],
    [' 2H ', 2 * HOUR],
    ['007m', 7 * MINUTE],
    ['99999d', 99_999 * 24 * HOUR],
  ])('reads “%s”', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    ' ',
    '0m',
    '0h0m',
    '90',
    '2',
    '1.5h',
    '-1h',
    '+1h',
    '1h30',
    '30m1h',
    '1h1h',
    'h',
    'an hour',
    'forever',
    '2w',
    '2h!',
    '1e3m',
    '0x10m',
    '٣h',
    '100000m',
    '2h\u0000',
    'Infinityh',
    'PT2H',
  ])('refuses “%s”', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('never joins figures that stand apart', () => {
    expect(parseDuration('1 5m')).toBeUndefined();
    expect(parseDuration('2 2 h')).toBeUndefined();
  });

  it('reads back what people are shown', () => {
    const seconds = fc.integer({ min: 1, max: 99_999 * 86_400 });
    fc.assert(fc.property(seconds, (n) => parseDuration(durationText(n * 1_000)) === n * 1_000));
  });
});

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [499, '0 s'],
    [500, '1 s'],
    [3_000, '3 s'],
    [MINUTE, '1 min'],
    [45 * MINUTE, '45 min'],
    [90 * MINUTE, '1 h 30 min'],
    [24 * HOUR, '1 d'],
    [26 * HOUR + 3 * MINUTE + 4_000, '1 d 2 h 3 min 4 s'],
  ])('%i ms is “%s”', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('a duration for whoever waits', () => {
  it.each([
    [24 * HOUR + 20_000, '1 d'],
    [26 * HOUR + 31 * MINUTE, '1 d 2 h'],
    [90 * MINUTE + 29_000, '1 h 30 min'],
    [14 * MINUTE + 59_600, '14 min 59 s'],
    [4 * MINUTE + 31_000, '4 min 31 s'],
    [800, '1 s'],
    [0, '0 s'],
  ])('%i ms is “%s”', (ms, text) => {
    expect(aboutText(ms)).toBe(text);
  });
});
