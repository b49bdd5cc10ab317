import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { ENGLISH, plain } from '../../src/core/language/text.ts';
import type { Quorum } from '../../src/core/policy/approval.ts';
import { closed, failed } from '../../src/core/request/closing.ts';
import { extensionAsked, extensionDenied } from '../../src/core/request/extending.ts';
import type { Extension } from '../../src/core/request/lease.ts';
import { troubled } from '../../src/core/request/life.ts';
import type { Approved, Request } from '../../src/core/request/request.ts';
import { viewIn } from '../../src/core/view/in-tongue.ts';
import { viewOf as shown } from '../../src/core/view/projection.ts';
import type { Tone, Verb } from '../../src/core/view/view.ts';
import { ADA, closingBecause, GRACE, inStatus, provenClosed, review, SAM, SSH, T0, who } from './samples.ts';

const viewOf = (request: Request) => viewIn(shown(request), ENGLISH);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = T0 + 10 * MINUTE;
const END = T0 + MINUTE + HOUR;
const busy = new JitError('cloudBusy', { cloud: 'AWS' });
const extension: Extension = { by: who(ADA), at: NOW, version: 5, forMs: HOUR, answerBy: END, reviews: [] };

function withTries(request: Approved, tries: number): Approved {
  return { ...request, trouble: { code: 'cloudBusy', say: 'AWS is busy.', since: NOW, tries } };
}

const one: Quorum = { policy: 'engineers', needs: 1, by: [], from: 'the manager' };
const three: Quorum = { policy: 'engineers', needs: 3, by: [], from: 'the manager, group security' };
const byPolicy = { ...inStatus('activating'), reviews: [] };
const waiting = extensionAsked(inStatus('active'), extension);
const byThree: Request = {
  ...inStatus('activating'),
  reviews: [GRACE, SAM, ADA].map((person) => review(person, T0 + MINUTE, 'approve')),
};

const unsure = closed(
  closingBecause('elapsed', busy),
  { at: END, verdict: 'unknown', ports: [{ port: SSH, verdict: 'unknown', why: 'a group could not be read' }] },
  END,
);

describe('where a request stands', () => {
  it.each<[string, Request, Tone, string, string]>([
    [
      'pending',
      inStatus('pending'),
      'waiting',
      'Ada Okafor asks for access to web-1',
      'Waiting for a decision until 14:00 UTC',
    ],
    [
      'pending, one of one',
      inStatus('pending', { quorum: [one] }),
      'waiting',
      'Ada Okafor asks for access to web-1',
      'Waiting for a decision until 14:00 UTC',
    ],
    [
      'pending, none of three',
      inStatus('pending', { quorum: [three] }),
      'waiting',
      'Ada Okafor asks for access to web-1',
      'Waiting for a decision until 14:00 UTC; 0 of 3 approved',
    ],
    [
      'pending, one of three',
      inStatus('pending', { quorum: [{ ...three, by: ['grace'] }] }),
      'waiting',
      'Ada Okafor asks for access to web-1',
      'Waiting for a decision until 14:00 UTC; 1 of 3 approved',
    ],
    [
      'pending, two policies',
      inStatus('pending', {
        quorum: [
          { ...one, by: ['grace'] },
          { ...three, policy: 'tier-0' },
        ],
      }),
      'waiting',
      'Ada Okafor asks for access to web-1',
      'Waiting for a decision until 14:00 UTC; approved: 1 of 1 for policy engineers, 0 of 3 for policy tier-0',
    ],
    ['denied', inStatus('denied'), 'refused', 'Access to web-1: denied', 'Denied by Grace Hopper'],
    ['withdrawn', inStatus('withdrawn'), 'refused', 'Access to web-1: withdrawn', 'Withdrawn by Ada Okafor'],
    ['expired', inStatus('expired'), 'refused', 'Access to web-1: expired', 'Expired without a decision'],
    [
      'activating',
      inStatus('activating'),
      'opening',
      'Access to web-1: opening',
      'Approved by Grace Hopper; opening now',
    ],
    [
      'activating by three',
      byThree,
      'opening',
      'Access to web-1: opening',
      'Approved by Grace Hopper, Sam Haddad and Ada Okafor; opening now',
    ],
    [
      'activating by policy',
      byPolicy,
      'opening',
      'Access to web-1: opening',
      'Approved by policy engineers; opening now',
    ],
    [
      'activating, an extension denied meanwhile',
      extensionDenied(inStatus('activating'), review(SAM, NOW, 'deny')),
      'opening',
      'Access to web-1: opening',
      'Approved by Grace Hopper; opening now',
    ],
    [
      'activating, in trouble',
      troubled(inStatus('activating'), busy, NOW),
      'opening',
      'Access to web-1: opening',
      'Approved by Grace Hopper; opening now',
    ],
    [
      'activating in vain for long',
      withTries(inStatus('activating'), 3),
      'alarm',
      'Access to web-1: opening',
      'Approved by Grace Hopper; opening now',
    ],
    ['active', inStatus('active'), 'open', 'Access to web-1: open', 'Open until 14:01 UTC'],
    [
      'active, an extension asked',
      waiting,
      'open',
      'Access to web-1: open',
      'Open until 14:01 UTC; more time was asked for',
    ],
    [
      'active, an extension half approved',
      extensionAsked(inStatus('active'), { ...extension, quorum: [{ ...three, by: ['sam'] }] }),
      'open',
      'Access to web-1: open',
      'Open until 14:01 UTC; more time was asked for; 1 of 3 approved',
    ],
    ['closing', inStatus('closing'), 'closing', 'Access to web-1: closing', 'Time is up; closing now'],
    [
      'closing, revoked',
      closingBecause('revoked', busy),
      'closing',
      'Access to web-1: closing',
      'Revoked by Grace Hopper; closing now',
    ],
    [
      'closing, failed',
      closingBecause('failed', busy),
      'closing',
      'Access to web-1: closing',
      'Could not be opened; closing now',
    ],
    [
      'closing, failed while open',
      failed(inStatus('active'), busy, END),
      'closing',
      'Access to web-1: closing',
      'Ended early; closing now',
    ],
    [
      'closing in vain',
      withTries(inStatus('closing'), 2),
      'closing',
      'Access to web-1: closing',
      'Time is up; closing now',
    ],
    [
      'closing in vain for long',
      withTries(inStatus('closing'), 3),
      'alarm',
      'Access to web-1: could not be closed yet',
      'Time is up; still trying to close',
    ],
    ['ended', inStatus('ended'), 'closed', 'Access to web-1: closed', 'Time is up; closed, proven (14:01 UTC)'],
    [
      'ended, revoked',
      closed(closingBecause('revoked', busy), provenClosed(END), undefined),
      'closed',
      'Access to web-1: closed',
      'Revoked by Grace Hopper; closed, proven (14:01 UTC)',
    ],
    [
      'ended, failed',
      closed(closingBecause('failed', busy), provenClosed(END), undefined),
      'refused',
      'Access to web-1: could not be opened',
      'Could not be opened; closed, proven (14:01 UTC)',
    ],
    [
      'ended, failed while open',
      closed(failed(inStatus('active'), busy, END), provenClosed(END), undefined),
      'closed',
      'Access to web-1: closed',
      'Ended early; closed, proven (14:01 UTC)',
    ],
  ])('%s', (_, request, tone, title, status) => {
    const view = viewOf(request);
    expect([view.tone, view.title, plain(view.status)]).toEqual([tone, title, status]);
    const lower = status.charAt(0).toLowerCase() + status.slice(1);
    expect(plain(view.summary)).toBe(`${request.status === 'pending' ? title : 'Access to web-1'}: ${lower}`);
  });
});

describe('the buttons', () => {
  it.each<[string, Request, Verb[], string[]]>([
    [
      'pending',
      inStatus('pending'),
      ['approve', 'less', 'ask', 'deny', 'nudge', 'withdraw'],
      ['Approve', 'Approve for less', 'Ask', 'Deny', 'Nudge', 'Withdraw'],
    ],
    ['activating', inStatus('activating'), ['revoke'], ['Close now']],
    ['active', inStatus('active'), ['extend', 'why', 'revoke'], ['Extend', 'Why can’t I get in?', 'Close now']],
    [
      'active, an extension asked',
      waiting,
      ['approve', 'deny', 'nudge', 'why', 'revoke'],
      ['Approve extension', 'Deny extension', 'Nudge', 'Why can’t I get in?', 'Close now'],
    ],
    ['closing', inStatus('closing'), [], []],
    ['closing, in vain', withTries(closingBecause('elapsed', busy), 99), ['why'], ['Can it still get in?']],
    ['ended', inStatus('ended'), ['again'], ['Ask again']],
    ['ended, and nobody can tell', unsure, ['why', 'again'], ['Can it still get in?', 'Ask again']],
    ['denied', inStatus('denied'), ['again'], ['Ask again']],
    ['withdrawn', inStatus('withdrawn'), ['again'], ['Ask again']],
    ['expired', inStatus('expired'), ['again'], ['Ask again']],
  ])('%s', (_, request, verbs, labels) => {
    const { buttons } = viewOf(request);
    expect(buttons.map(({ verb }) => verb)).toEqual(verbs);
    expect(buttons.map(({ label }) => label)).toEqual(labels);
  });

  it('are of both sides while something is offered and asked; then nobody is reminded but the requester', () => {
    const by = { id: 'grace', name: 'Grace' };
    const request = inStatus('pending');
    const { ports, source, forMs } = request;
    const offer = { by, at: T0, version: 2, ports, source, forMs, seen: 'x' };
    const all = viewOf({ ...request, offer, questions: [{ by, at: T0, text: 'why?' }] }).buttons;
    const verbs = ['approve', 'less', 'accept', 'decline', 'ask', 'answer', 'deny', 'withdraw'];
    expect(all.map(({ verb }) => verb)).toEqual(verbs);
  });

  it('ask before they take something away', () => {
    expect(viewOf(inStatus('active')).buttons.at(-1)).toMatchObject({
      style: 'danger',
      confirm: 'Close access to web-1 now?',
    });
    expect(viewOf(inStatus('pending')).buttons.at(-1)?.confirm).toBe('Withdraw this request?');
  });
});
