import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/language/grammar.ts';
import { startOf } from '../../src/core/language/start-ask.ts';
import { refusal, SSH } from './samples.ts';

/** A Monday. */
const NOW = Date.parse('2026-11-23T12:00:00Z');
const start = (text: string, zone = 'UTC') => new Date(startOf(text, NOW, zone)).toISOString();

describe('when a request is to start', () => {
  it.each([
    ['at 18:00', '2026-11-23T18:00:00.000Z'],
    ['18:00', '2026-11-23T18:00:00.000Z'],
    ['at 9:00', '2026-11-24T09:00:00.000Z'],
    ['at 6pm', '2026-11-23T18:00:00.000Z'],
    ['at 12am', '2026-11-24T00:00:00.000Z'],
    ['at 12:30pm', '2026-11-23T12:30:00.000Z'],
    ['at tomorrow 9:00', '2026-11-24T09:00:00.000Z'],
    ['tomorrow 9:00', '2026-11-24T09:00:00.000Z'],
    ['at 9:00 tomorrow', '2026-11-24T09:00:00.000Z'],
    ['on friday 9:00', '2026-11-27T09:00:00.000Z'],
    ['on Friday at 9:00', '2026-11-27T09:00:00.000Z'],
    ['on fri 9am', '2026-11-27T09:00:00.000Z'],
    ['on monday 13:00', '2026-11-23T13:00:00.000Z'],
    ['on monday 9:00', '2026-11-30T09:00:00.000Z'],
    ['on 2026-12-24 9:00', '2026-12-24T09:00:00.000Z'],
    ['on 24 december 9:00', '2026-12-24T09:00:00.000Z'],
    ['on the 24th at 9:00', '2026-11-24T09:00:00.000Z'],
    ['2026-12-24T09:00', '2026-12-24T09:00:00.000Z'],
    ['at 18', '2026-11-23T18:00:00.000Z'],
    ['at 18.30', '2026-11-23T18:30:00.000Z'],
    ['at noon tomorrow', '2026-11-24T12:00:00.000Z'],
    ['at 18:00 America/New_York', '2026-11-23T23:00:00.000Z'],
    ['um 18:00', '2026-11-23T18:00:00.000Z'],
    ['18 Uhr', '2026-11-23T18:00:00.000Z'],
    ['ab 18 Uhr', '2026-11-23T18:00:00.000Z'],
    ['Freitag 9:00', '2026-11-27T09:00:00.000Z'],
    ['am Freitag um 9 Uhr', '2026-11-27T09:00:00.000Z'],
    ['morgen 9 Uhr', '2026-11-24T09:00:00.000Z'],
  ])('%s', (text, at) => {
    expect(start(text)).toBe(at);
  });

  it('is in the zone of whoever says it, also over the change of its clocks', () => {
    expect(start('at 18:00', 'Europe/Berlin')).toBe('2026-11-23T17:00:00.000Z');
    expect(start('on 2027-03-29 9:00', 'Europe/Berlin')).toBe('2027-03-29T07:00:00.000Z');
  });

  it.each([
    'at',
    'at soon',
    'on friday',
    'at 25:00',
    'at 9',
    'on 2026-02-30 9:00',
    'at 9:00 10:00',
    'on friday monday 9:00',
    'at 18 30',
    'at 18,30',
    'at 18:00 JST',
    'on 3/11 9:00',
    '',
  ])('“%s” is refused', (text) => {
    expect(refusal(() => startOf(text, NOW, 'UTC')).code).toBe('malformedStart');
  });

  it('is no hour that the clock leaves out', () => {
    expect(refusal(() => startOf('on 2027-03-28 2:30', NOW, 'Europe/Berlin')).code).toBe('noSuchTime');
  });

  it.each(['at today 9:00', 'on 2026-11-22 9:00'])('“%s” is over', (text) => {
    expect(refusal(() => startOf(text, NOW, 'UTC')).code).toBe('startPast');
  });

  it.each([
    ['request web-1 22 at 18:00 for 1h because x', 'at 18:00'],
    ['request web-1 at tomorrow 9:00 22 for 1h because x', 'at tomorrow 9:00'],
    ['request web-1 for 1h on friday at 9:00, 22 because x', 'on friday at 9:00'],
  ])('is read among the rest: %s', (text, said) => {
    const ask = { machine: 'web-1', ports: [SSH], forMs: 3_600_000, start: said, justification: 'x' };
    expect(parseCommand(text, new Map())).toEqual({ verb: 'request', ask });
  });

  it.each([
    'request web-1 at because x',
    'request web-1 at soon because x',
    'request web-1 at 9:00 22 at 10:00 because x',
  ])('“%s” is refused', (text) => {
    expect(refusal(() => parseCommand(text, new Map())).code).toBe('malformedStart');
  });

  it('is nothing that breaking glass takes', () => {
    expect(refusal(() => parseCommand('break-glass web-1 at 18:00 because x', new Map())).code).toBe('notWithGlass');
  });
});
