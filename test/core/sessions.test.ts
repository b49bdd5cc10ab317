import { describe, expect, it } from 'vitest';
import { ENGLISH, plain } from '../../src/core/language/text.ts';
import { cutAs } from '../../src/core/request/closing.ts';
import { type Cut, cutText, type PortCut } from '../../src/core/request/cut.ts';
import type { Request } from '../../src/core/request/request.ts';
import { viewIn } from '../../src/core/view/in-tongue.ts';
import { viewOf as shown } from '../../src/core/view/projection.ts';
import { inStatus, RDP, SSH, T0 } from './samples.ts';

const viewOf = (request: Request) => viewIn(shown(request), ENGLISH);

const AT = T0 + 3_600_000;
const AZURE = 'azure:/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/web-1';

const done = (...ports: readonly PortCut[]): Cut => ({ state: 'done', at: AT, ports });

describe('what a card says of sessions before the decision', () => {
  it.each([
    [{}, 'continue after the end; `aws.cutSessions` is not configured'],
    [{ cutsSessions: true }, 'cut when access ends'],
    [{ sessionsStay: 'it has no Systems Manager agent' }, 'continue after the end: it has no Systems Manager agent'],
    [
      { machine: AZURE } as const,
      'continue after the end; to have them cut: `az network nsg update --resource-group <group> --name <nsg> --set flushConnection=true`',
    ],
  ])('%j', (patch, said) => {
    const fact = (status: 'pending' | 'ended') =>
      viewOf({ ...inStatus(status), ...patch }).facts.find(({ label }) => label === 'Sessions')?.value;
    expect(fact('pending')).toEqual([said]);
    expect(fact('ended')).toBeUndefined();
  });
});

describe('what is said of sessions after the end', () => {
  it.each<[string, Cut, string, string, string]>([
    [
      'none was open',
      done({ port: SSH, found: 0, left: 0 }),
      'ended',
      'closed',
      'No connection from 203.0.113.7 was open any more.',
    ],
    [
      'one was cut',
      done({ port: SSH, found: 1, left: 0 }),
      'sessions',
      'closed',
      '1 open connection from 203.0.113.7 was cut; none is left (read back 14:00 UTC).',
    ],
    [
      'some go on',
      done({ port: SSH, found: 3, left: 2 }, { port: RDP, found: 1, left: 0 }),
      'sessions',
      'notice',
      '2 open connections from 203.0.113.7 were cut. 2 connections go on at port 22 (SSH) and could not be cut (read back 14:00 UTC).',
    ],
    [
      'another lease needs them',
      done({ port: SSH, keptUntil: AT }),
      'sessions',
      'notice',
      'Connections from 203.0.113.7 to port 22 (SSH) were not cut: another request lets that source in until 14:00 UTC.',
    ],
    [
      'nobody can tell',
      { state: 'unknown', at: AT, say: 'AWS did not respond.' },
      'sessions',
      'notice',
      'Whether connections from 203.0.113.7 to web-1 still go on is not known. AWS did not respond.',
    ],
    [
      'it is under way',
      { state: 'owed', since: AT, at: AT, tries: 0 },
      'ended',
      'closed',
      'Connections from 203.0.113.7 to port 22 (SSH) that are still open are being cut.',
    ],
  ])('%s', (_, cut, announce, tone, said) => {
    const view = viewOf(cutAs(inStatus('ended'), cut, AT));
    expect([view.announce, view.tone]).toEqual([announce, tone]);
    expect(view.notes.map(({ text }) => plain(text))).toContain(said);
    if (announce === 'sessions') expect(plain(view.headline)).toContain(`is closed, proven (14:01 UTC). ${said}`);
  });

  it('is in the audit in a few words', () => {
    expect(
      cutText([
        { port: SSH, found: 3, left: 2 },
        { port: RDP, keptUntil: AT },
      ]),
    ).toBe('22: found 3, left 2; 3389: kept for another lease');
  });
});
