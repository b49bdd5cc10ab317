import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Quorum } from '../../src/core/policy/approval.ts';
import { closed, failed, revoked } from '../../src/core/request/closing.ts';
import {
  extended,
  extensionAsked,
  extensionDenied,
  extensionReviewed,
  extensionUnanswered,
} from '../../src/core/request/extending.ts';
import type { Extension } from '../../src/core/request/lease.ts';
import { denied, opened, reminded, reviewed } from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import type { Active, Approved, Request } from '../../src/core/request/request.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ADA, GRACE, inStatus, RDP, review, SAM, SSH, T0, who } from './samples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = T0 + 10 * MINUTE;
const END = T0 + MINUTE + HOUR;
const extension: Extension = { by: who(ADA), at: NOW, version: 5, forMs: HOUR, answerBy: END, reviews: [] };
const LIN = { id: 'lin', name: 'Lin Moreau', groups: ['security'] };

function withTries(request: Approved, tries: number): Approved {
  return { ...request, trouble: { code: 'cloudBusy', say: 'AWS is busy.', since: NOW, tries } };
}

const byPolicy = { ...inStatus('activating'), reviews: [] };
const waiting = extensionAsked(inStatus('active'), extension);
const quorum: Quorum = { policy: 'engineers', needs: 3, by: ['grace'], from: 'the manager, group security' };
const asked = [GRACE, SAM, LIN].map(who);
const half: Request = { ...reviewed(inStatus('pending', { asked }), review(GRACE, NOW, 'approve')), quorum: [quorum] };
const halfExtended = extensionReviewed(
  extensionAsked(inStatus('active', { asked }), { ...extension, quorum: [quorum] }),
  review(GRACE, NOW, 'approve'),
);

describe('what people are notified of', () => {
  const active = inStatus('active');
  const longer = extended(active, END + HOUR, { by: who(GRACE), at: NOW });
  const warned = reminded(active, END - 5 * MINUTE);

  it.each<[string, Request, string, string]>([
    [
      'pending: enough to decide by',
      inStatus('pending', { location: 'eu-west-1a' }),
      'asked',
      'Ada Okafor asks for access to web-1: port 22 (SSH) for 1 h. “deploy the fix for the login page” From 203.0.113.7, on AWS, eu-west-1a. Decide by 14:00 UTC.',
    ],
    [
      'pending, several ports from everywhere',
      inStatus('pending', { ports: [SSH, RDP], source: '0.0.0.0/0' }),
      'asked',
      'Ada Okafor asks for access to web-1: ports 22 (SSH), 3389 (RDP) from anywhere (0.0.0.0/0) for 1 h. “deploy the fix for the login page” On AWS. Decide by 14:00 UTC.',
    ],
    [
      'one approval of three',
      half,
      'reviewed-1',
      'Ada Okafor: access to web-1 was approved by Grace Hopper; 1 of 3 approved. Still needed: Sam Haddad and Lin Moreau.',
    ],
    [
      'one approval of nobody knows how many',
      reviewed(inStatus('pending'), review(GRACE, NOW, 'approve')),
      'reviewed-1',
      'Ada Okafor: access to web-1 was approved by Grace Hopper; more approvals are needed.',
    ],
    [
      'denied',
      inStatus('denied'),
      'denied',
      'Ada Okafor: access to web-1 was denied by Grace Hopper. Reason: “not on a Saturday”',
    ],
    [
      'denied with the longest reason',
      denied(inStatus('pending'), review(GRACE, NOW, 'deny', 'x'.repeat(500))),
      'denied',
      `Ada Okafor: access to web-1 was denied by Grace Hopper. Reason: “${'x'.repeat(500)}”`,
    ],
    ['withdrawn', inStatus('withdrawn'), 'withdrawn', 'Ada Okafor withdrew the request for access to web-1.'],
    [
      'expired',
      inStatus('expired'),
      'expired',
      'Ada Okafor: the request for access to web-1 expired without a decision. Ask again if you still need it.',
    ],
    [
      'activating',
      inStatus('activating'),
      'decided',
      'Ada Okafor: access to web-1 was approved by Grace Hopper; opening now.',
    ],
    ['by policy', byPolicy, 'decided', 'Ada Okafor: access to web-1 was approved by policy engineers; opening now.'],
    [
      'active',
      active,
      `open-${END}`,
      'Ada Okafor: web-1 is open: port 22 (SSH) from 203.0.113.7 until 14:01 UTC, approved by Grace Hopper. If you cannot get in: `/jit why web-1`.',
    ],
    [
      'active, approved by three',
      { ...active, reviews: [GRACE, SAM, LIN].map((person) => review(person, NOW, 'approve')) },
      `open-${END}`,
      'Ada Okafor: web-1 is open: port 22 (SSH) from 203.0.113.7 until 14:01 UTC, approved by Grace Hopper, Sam Haddad and Lin Moreau. If you cannot get in: `/jit why web-1`.',
    ],
    [
      'active, behind a firewall',
      opened(active, NOW, { placements: [], standing: [], connect: '198.51.100.4:2222' }),
      `open-${END}`,
      'Ada Okafor: web-1 is open: port 22 (SSH) from 203.0.113.7 until 14:01 UTC, approved by Grace Hopper. Connect to 198.51.100.4:2222. If you cannot get in: `/jit why web-1`.',
    ],
    [
      'extended',
      longer,
      `open-${END + HOUR}`,
      'Ada Okafor: web-1 is open: port 22 (SSH) from 203.0.113.7 until 15:01 UTC, approved by Grace Hopper. If you cannot get in: `/jit why web-1`.',
    ],
    [
      'warned',
      reminded(active, END - 5 * MINUTE),
      `ending-${END}`,
      'Ada Okafor: your access to web-1 ends within 5 min (14:01 UTC). Open sessions continue; new connections are refused. To extend it or close it now, use the card.',
    ],
    [
      'extended after the warning',
      extended(reminded(active, END - 5 * MINUTE), END + HOUR, { by: who(GRACE), at: END - MINUTE }),
      `open-${END + HOUR}`,
      'Ada Okafor: web-1 is open: port 22 (SSH) from 203.0.113.7 until 15:01 UTC, approved by Grace Hopper. If you cannot get in: `/jit why web-1`.',
    ],
    [
      'an extension asked',
      waiting,
      `extension-${NOW}`,
      'Ada Okafor asks for 1 h more on web-1, until 15:01 UTC instead of 14:01 UTC. Reason for the access: “deploy the fix for the login page” Port 22 (SSH) from 203.0.113.7.',
    ],
    [
      'an extension approved by one of three',
      halfExtended,
      `extension-${NOW}-1`,
      'Ada Okafor: 1 h more on web-1; 1 of 3 approved. Still needed: Sam Haddad and Lin Moreau.',
    ],
    [
      'an extension denied',
      extensionDenied(waiting, review(SAM, NOW + 1, 'deny', 'enough')),
      `extension-denied-${NOW + 1}`,
      'Ada Okafor: more time on web-1 was denied by Sam Haddad. It stays open until 14:01 UTC. Reason: “enough”',
    ],
    [
      'an extension unanswered',
      extensionUnanswered(waiting, NOW + 1),
      `extension-unanswered-${NOW + 1}`,
      'Ada Okafor: nobody decided about more time on web-1. It stays open until 14:01 UTC.',
    ],
    [
      'warned after an extension was denied',
      { ...warned, reviews: [...warned.reviews, review(SAM, NOW + 1, 'deny')] },
      `ending-${END}`,
      'Ada Okafor: your access to web-1 ends within 5 min (14:01 UTC). Open sessions continue; new connections are refused. To extend it or close it now, use the card.',
    ],
    ['closing', inStatus('closing'), 'closing', 'Ada Okafor: your access to web-1 has ended. Closing now.'],
    [
      'closing, revoked by the requester',
      revoked(active, who(ADA), NOW),
      'closing',
      'Ada Okafor ended the access to web-1. Closing now.',
    ],
    [
      'closing, revoked for a reason',
      revoked(active, who(GRACE), NOW, 'the deploy is over'),
      'closing',
      'Ada Okafor: your access to web-1 was revoked by Grace Hopper. Closing now. Reason: “the deploy is over”',
    ],
    [
      'closing, never opened',
      failed(inStatus('activating'), new JitError('machineGone', { machine: 'web-1' }), NOW),
      'closing',
      'Ada Okafor: access to web-1 could not be opened. web-1 no longer exists. Nothing was opened. If it was replaced, request the new machine.',
    ],
    [
      'closing, ended early',
      failed(active, new JitError('machineGone', { machine: 'web-1' }), NOW),
      'closing',
      'Ada Okafor: your access to web-1 has ended early. web-1 no longer exists. Nothing was opened. If it was replaced, request the new machine. Closing now.',
    ],
    [
      'ended',
      inStatus('ended'),
      'ended',
      'Ada Okafor: your access to web-1 has ended. Port 22 (SSH) is closed, proven (14:01 UTC).',
    ],
    ...(
      [
        [{ code: '7f3a912b0c' }, 'Receipt: 7f3a912b0c.'],
        [
          { code: '7f3a912b0c', cloudAt: T0 + HOUR + MINUTE + 3_000 },
          'Receipt: 7f3a912b0c (read back at 14:01:03 UTC, by the cloud’s clock).',
        ],
      ] as const
    ).map(([receipt, says]): [string, Request, string, string] => {
      const ended = inStatus('ended');
      return [
        `ended, ${says}`,
        { ...ended, proof: { ...ended.proof, receipt } } as Request,
        'ended',
        `Ada Okafor: your access to web-1 has ended. Port 22 (SSH) is closed, proven (14:01 UTC). ${says}`,
      ];
    }),
    [
      'ended, and another request uses the rule',
      closed(inStatus('closing'), proofOf(END, [{ port: SSH, verdict: 'shared', until: END + HOUR }]), undefined),
      'ended',
      'Ada Okafor: your access to web-1 has ended. Port 22 (SSH) stays open until 15:01 UTC because another request uses the same rule.',
    ],
  ])('%s', (_, request, announce, headline) => {
    const view = viewOf(request);
    expect([view.announce, plain(view.headline)]).toEqual([announce, headline]);
  });

  it.each([
    ['azure', '203.0.113.7/32', 'Open sessions continue; new connections are refused.'],
    ['azure', '0.0.0.0/0', 'Open sessions continue; new connections are refused.'],
    ['aws', '203.0.113.7/32', 'Open sessions continue; new connections are refused.'],
    ['aws', '0.0.0.0/0', 'Open sessions may be cut then.'],
    ['aws', '::/0', 'Open sessions may be cut then.'],
  ])('says what becomes of open sessions: %s, from %s', (cloud, source, words) => {
    const machine =
      cloud === 'aws'
        ? 'aws:123456789012:eu-west-1:i-0123456789abcdef0'
        : 'azure:/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/web-1';
    const active = inStatus('active');
    const ending = { ...active, machine, source, remindedFor: active.lease.until } as Active;
    expect(plain(viewOf(ending).headline)).toContain(words);
    expect(plain(viewOf({ ...ending, cutsSessions: true }).headline)).toContain('Open sessions are cut then.');
  });

  it('grows louder at each doubling while closing fails', () => {
    const announced = Array.from({ length: 24 }, (_, n) => viewOf(withTries(inStatus('closing'), n + 1)).announce);
    expect([...new Set(announced)]).toEqual(['closing', 'alarm-0', 'alarm-1', 'alarm-2', 'alarm-3']);
    expect(['alarm-0', 'alarm-1', 'alarm-2', 'alarm-3'].map((key) => announced.indexOf(key) + 1)).toEqual([
      3, 6, 12, 24,
    ]);
    expect(plain(viewOf(withTries(inStatus('closing'), 3)).headline)).toBe(
      'Access to web-1 could not be closed yet (tried 3 times). AWS is busy. Drawbridge keeps trying. As far as is known, 203.0.113.7 still gets in on port 22 (SSH). Whoever manages web-1 in AWS can remove that rule there.',
    );
    // Of what was never seen to be open nobody says that it is.
    const closing = inStatus('closing');
    const { openedAt: _, ...lease } = closing.lease;
    const failed = { ...closing, lease, ending: { ...closing.ending, why: 'failed' } } as Approved;
    expect(plain(viewOf(withTries(failed, 3)).headline)).toContain(
      'Drawbridge keeps trying. Nobody can tell whether 203.0.113.7 gets in on port 22 (SSH). Whoever manages web-1 in AWS can look, and remove that rule there.',
    );
    const words = { cloud: 'AWS', code: 'UnauthorizedOperation' };
    const trouble = { code: 'cloudDenied', say: 'AWS does not.', words, since: NOW, tries: 3 } as const;
    expect(plain(viewOf({ ...inStatus('closing'), trouble }).headline)).toContain(
      '(UnauthorizedOperation). Check the role that Drawbridge has there; the folder manifests lists what it needs. Drawbridge keeps trying.',
    );
  });
});

describe('whoever is asked only now', () => {
  const asked =
    'Ada Okafor asks for access to web-1: port 22 (SSH) for 1 h. “deploy the fix for the login page” From 203.0.113.7, on AWS. Decide by 14:00 UTC.';
  it.each([
    [
      'when others have approved',
      half,
      `${asked} Ada Okafor: access to web-1 was approved by Grace Hopper; 1 of 3 approved.`,
    ],
    [
      'when more time was approved by others',
      halfExtended,
      ' more on web-1, until 15:01 UTC instead of 14:01 UTC. Reason for the access: ',
    ],
  ])('reads the question first: %s', (_, request, beginning) => {
    const { first = [], headline } = viewOf(request);
    expect(plain(first)).toContain(beginning);
    expect(plain(first).endsWith(plain(headline))).toBe(true);
  });

  it('reads it once', () => {
    for (const request of [inStatus('pending'), inStatus('denied'), inStatus('active')])
      expect(viewOf(request).first).toBeUndefined();
  });
});
