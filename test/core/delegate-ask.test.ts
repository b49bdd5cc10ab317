import { describe, expect, it } from 'vitest';
import { endOf, parseDelegate } from '../../src/core/language/delegate-ask.ts';

/** A Monday. */
const NOW = Date.parse('2026-11-23T12:00:00Z');
const until = (text: string, zone = 'UTC') => {
  const at = endOf(text.split(' '), NOW, zone);
  return at === undefined ? undefined : new Date(at).toISOString();
};

describe('until when', () => {
  it.each([
    ['until friday', '2026-11-28T00:00:00.000Z'],
    ['until fri', '2026-11-28T00:00:00.000Z'],
    ['until monday', '2026-11-24T00:00:00.000Z'],
    ['until tomorrow', '2026-11-25T00:00:00.000Z'],
    ['until today', '2026-11-24T00:00:00.000Z'],
    ['until 2026-12-24', '2026-12-25T00:00:00.000Z'],
    ['until 18:00', '2026-11-23T18:00:00.000Z'],
    ['until 9:30', '2026-11-24T09:30:00.000Z'],
    ['until 24:00', '2026-11-24T00:00:00.000Z'],
    ['for 3d', '2026-11-26T12:00:00.000Z'],
    ['UNTIL Friday', '2026-11-28T00:00:00.000Z'],
  ])('%s', (text, at) => {
    expect(until(text)).toBe(at);
  });

  it('is in the zone of whoever says it', () => {
    expect(until('until friday', 'Europe/Berlin')).toBe('2026-11-27T23:00:00.000Z');
    expect(until('until 18:00', 'America/New_York')).toBe('2026-11-23T23:00:00.000Z');
  });

  it.each([
    'until',
    'until soon',
    'until fr',
    'until 2026-13-01',
    'until 2026-02-30',
    'until 25:00',
    'for friday',
    'for 3',
  ])('is nothing: %s', (text) => {
    expect(until(text)).toBeUndefined();
  });

  it('stands behind who', () => {
    expect(parseDelegate(['@sam', 'haddad', 'until', 'friday'])).toEqual({
      what: 'begin',
      to: '@sam haddad',
      until: ['until', 'friday'],
    });
    expect(parseDelegate([])).toEqual({ what: 'list' });
    expect(parseDelegate(['STOP'])).toEqual({ what: 'stop' });
  });
});
