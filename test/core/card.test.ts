import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { type Line, plain } from '../../src/core/language/text.ts';
import { extended, extensionAsked, opened, revoked, troubled } from '../../src/core/request/life.ts';
import type { Extension, Request } from '../../src/core/request/request.ts';
import { standingNotes, viewOf } from '../../src/core/view/projection.ts';
import { ADA, closingBecause, GRACE, inStatus, RDP, SSH, T0, who } from './samples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = T0 + 10 * MINUTE;
const END = T0 + MINUTE + HOUR;
const busy = new JitError('cloudBusy', { cloud: 'AWS' });
const extension: Extension = { by: who(ADA), at: NOW, version: 5, forMs: HOUR, answerBy: END, reviews: [] };
const waiting = extensionAsked(inStatus('active'), extension);

describe('a card', () => {
  const facts = (request: Request) =>
    Object.fromEntries(viewOf(request).facts.map(({ label, value }) => [label, plain(value)]));
  const notes = (request: Request) => viewOf(request).notes.map((line: Line) => plain(line));

  it('names who, what, from where and for how long', () => {
    const view = viewOf(inStatus('pending'));
    expect(view).toMatchObject({
      request: 'k7m3q9w',
      version: 1,
      title: 'Ada Okafor asks for access to web-1',
      justification: 'deploy the fix for the login page',
    });
    expect(facts(inStatus('pending'))).toEqual({
      Machine: 'web-1',
      Port: '22 (SSH)',
      From: '203.0.113.7',
      For: '1 h',
      Requester: 'Ada Okafor',
      Asked: 'Grace Hopper',
      Policy: 'engineers',
      Request: 'k7m3q9w',
    });
  });

  it('names who approved, all ports and where to connect', () => {
    const active = inStatus('active', { ports: [SSH, RDP] });
    const connected = opened(active, NOW, { placements: [], standing: [], connect: '198.51.100.4:2222' });
    expect(facts(connected)).toMatchObject({
      Ports: '22 (SSH), 3389 (RDP)',
      Approved: 'Grace Hopper',
      'Connect to': '198.51.100.4:2222',
    });
    expect(facts(connected)).not.toHaveProperty('Asked');
    expect(facts(revoked(connected, who(ADA), NOW))).not.toHaveProperty('Connect to');
    expect(facts(inStatus('denied'))).not.toHaveProperty('Approved');
  });

  it('counts down only while it is in force', () => {
    expect(viewOf(inStatus('active')).until).toBe(END);
    expect(viewOf(inStatus('activating')).until).toBe(END);
    for (const status of ['pending', 'closing', 'ended', 'denied'] as const)
      expect(viewOf(inStatus(status))).not.toHaveProperty('until');
  });

  it('names an extension that waits, and the new length once it is given', () => {
    expect(facts(waiting)).toMatchObject({ For: '1 h', 'Extension asked': '1 h more' });
    expect(facts(extended(waiting, END + HOUR, { by: who(GRACE), at: NOW }))).toMatchObject({ For: '2 h' });
  });

  it('tells why it was denied, why it ended, and what goes wrong', () => {
    expect(notes(inStatus('denied'))).toEqual(['Grace Hopper: “not on a Saturday”']);
    expect(notes(closingBecause('revoked', busy))).toEqual(['done early']);
    expect(notes(troubled(inStatus('closing'), busy, NOW))).toEqual(['AWS is busy. (try 1, since 13:10 UTC)']);
  });

  it('warns of a source that is everybody', () => {
    expect(notes(inStatus('pending', { source: '0.0.0.0/0' }))).toEqual([
      'This opens the port to everybody (0.0.0.0/0).',
    ]);
    expect(facts(inStatus('pending', { source: '::/0' })).From).toBe('anywhere (::/0)');
  });

  it('names each rule of others that keeps a port open', () => {
    const standing = [
      { port: SSH, source: '0.0.0.0/0', through: 'launch-wizard-1' },
      { port: { number: 22, protocol: 'udp' as const }, source: 'sg-0a1b', through: 'default' },
    ];
    const words = [
      '22 is also open to 0.0.0.0/0 through launch-wizard-1, which Drawbridge did not write.',
      '22/udp is also open to sg-0a1b through default, which Drawbridge did not write.',
    ];
    expect(standingNotes({ standing }).map(plain)).toEqual(words);
    expect(notes(inStatus('pending', { standing }))).toEqual(words);
  });
});
