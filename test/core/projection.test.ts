import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import {
  closed,
  extended,
  extensionAsked,
  extensionDenied,
  extensionUnanswered,
  opened,
  reminded,
  reviewed,
  revoked,
  troubled,
} from '../../src/core/request/life.ts';
import type { Active, Approved, Extension, Proof, Request } from '../../src/core/request/request.ts';
import type { Status } from '../../src/core/request/workflow.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import type { Tone, Verb } from '../../src/core/view/view.ts';
import { proofWords } from '../../src/core/view/words.ts';
import { ADA, closingBecause, GRACE, inStatus, review, SAM, T0, who } from './samples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = T0 + 10 * MINUTE;
const END = T0 + MINUTE + HOUR;
const busy = new JitError('cloudBusy', { cloud: 'AWS' });
const extension: Extension = { by: who(ADA), at: NOW, version: 5, forMs: HOUR, answerBy: END, reviews: [] };

function withTries(request: Approved, tries: number): Approved {
  return { ...request, trouble: { code: 'cloudBusy', say: 'AWS is busy.', since: NOW, tries } };
}

function withProof(proof: Omit<Proof, 'at'>, request = inStatus('closing')): Request {
  return closed(request, { at: END, ...proof }, undefined);
}

const byPolicy = { ...inStatus('activating'), reviews: [] };
const waiting = extensionAsked(inStatus('active'), extension);

describe('where a request stands', () => {
  it.each<[string, Request, Tone, string]>([
    ['pending', inStatus('pending'), 'waiting', 'Waiting for a decision until 14:00 UTC'],
    ['denied', inStatus('denied'), 'refused', 'Denied by Grace Hopper'],
    ['withdrawn', inStatus('withdrawn'), 'refused', 'Withdrawn by Ada Okafor'],
    ['expired', inStatus('expired'), 'refused', 'Expired: nobody answered in time'],
    ['activating', inStatus('activating'), 'opening', 'Approved by Grace Hopper; opening now'],
    ['activating by policy', byPolicy, 'opening', 'Approved by policy engineers; opening now'],
    [
      'activating, an extension denied meanwhile',
      extensionDenied(inStatus('activating'), review(SAM, NOW, 'deny')),
      'opening',
      'Approved by Grace Hopper; opening now',
    ],
    [
      'activating, in trouble',
      troubled(inStatus('activating'), busy, NOW),
      'opening',
      'Approved by Grace Hopper; opening now',
    ],
    [
      'activating in vain for long',
      withTries(inStatus('activating'), 3),
      'alarm',
      'Approved by Grace Hopper; opening now',
    ],
    ['active', inStatus('active'), 'open', 'Open until 14:01 UTC'],
    ['closing', inStatus('closing'), 'closing', 'Time is up; closing now'],
    ['closing, revoked', closingBecause('revoked', busy), 'closing', 'Revoked by Grace Hopper; closing now'],
    ['closing, failed', closingBecause('failed', busy), 'closing', 'Could not be opened; closing now'],
    ['closing in vain', withTries(inStatus('closing'), 2), 'closing', 'Time is up; closing now'],
    ['closing in vain for long', withTries(inStatus('closing'), 3), 'alarm', 'Time is up; closing now'],
    ['ended', inStatus('ended'), 'closed', 'Time is up: closed, proven (14:01 UTC)'],
    [
      'ended, revoked',
      withProof({ verdict: 'closed' }, closingBecause('revoked', busy)),
      'closed',
      'Revoked by Grace Hopper: closed, proven (14:01 UTC)',
    ],
    [
      'ended, failed',
      withProof({ verdict: 'closed' }, closingBecause('failed', busy)),
      'alarm',
      'Could not be opened: closed, proven (14:01 UTC)',
    ],
    [
      'ended, still open',
      withProof({ verdict: 'open', through: ['22: launch-wizard-1'] }),
      'alarm',
      'Time is up: our rule is gone; still open through 22: launch-wizard-1',
    ],
  ])('%s', (_, request, tone, status) => {
    const view = viewOf(request);
    expect([view.tone, plain(view.status)]).toEqual([tone, status]);
  });
});

describe('what was proven', () => {
  it.each<[Omit<Proof, 'at'>, string]>([
    [{ verdict: 'closed' }, 'closed, proven (14:01 UTC)'],
    [{ verdict: 'open', through: ['22: a', '3389: b'] }, 'our rule is gone; still open through 22: a, 3389: b'],
    [{ verdict: 'open' }, 'our rule is gone; still open through something else'],
    [{ verdict: 'shared', until: T0 + 3 * HOUR }, 'over for you; still open through another lease until 16:00 UTC'],
    [{ verdict: 'unknown', through: ['22: stopped'] }, 'our rule is gone, effective state unknown (22: stopped)'],
    [{ verdict: 'unknown' }, 'our rule is gone, effective state unknown (not read)'],
  ])('%j', (proof, words) => {
    expect(plain(proofWords({ at: END, ...proof }))).toBe(words);
  });

  it('is “closed, proven” for the verdict “closed” alone, wherever it is told', () => {
    for (const verdict of ['closed', 'open', 'shared', 'unknown'] as const) {
      const view = viewOf(withProof({ verdict }));
      for (const line of [view.status, view.headline])
        expect(plain(line).includes('closed, proven')).toBe(verdict === 'closed');
      // A port that another lease still needs is no alarm: nothing failed.
      expect(view.tone).toBe(verdict === 'closed' || verdict === 'shared' ? 'closed' : 'alarm');
    }
    const others: Status[] = ['pending', 'activating', 'active', 'closing', 'denied', 'expired', 'withdrawn'];
    for (const status of others) expect(JSON.stringify(viewOf(inStatus(status)))).not.toMatch(/proven/i);
  });
});

describe('the buttons', () => {
  it.each<[string, Request, Verb[], string[]]>([
    ['pending', inStatus('pending'), ['approve', 'deny', 'withdraw'], ['Approve', 'Deny', 'Withdraw']],
    ['activating', inStatus('activating'), ['revoke'], ['Close now']],
    ['active', inStatus('active'), ['extend', 'revoke'], ['Extend', 'Close now']],
    [
      'active, an extension asked',
      waiting,
      ['approve', 'deny', 'revoke'],
      ['Approve extension', 'Deny extension', 'Close now'],
    ],
    ['closing', inStatus('closing'), [], []],
    ['ended', inStatus('ended'), [], []],
    ['denied', inStatus('denied'), [], []],
    ['withdrawn', inStatus('withdrawn'), [], []],
    ['expired', inStatus('expired'), [], []],
  ])('%s', (_, request, verbs, labels) => {
    const { buttons } = viewOf(request);
    expect(buttons.map(({ verb }) => verb)).toEqual(verbs);
    expect(buttons.map(({ label }) => label)).toEqual(labels);
  });

  it('ask before they take something away', () => {
    expect(viewOf(inStatus('active')).buttons.at(-1)).toMatchObject({
      style: 'danger',
      confirm: 'Close access to web-1 now?',
    });
    expect(viewOf(inStatus('pending')).buttons.at(-1)?.confirm).toBe('Withdraw this request?');
  });
});

describe('what people are notified of', () => {
  const active = inStatus('active');
  const longer = extended(active, END + HOUR, { by: who(GRACE), at: NOW });

  it.each<[string, Request, string, string]>([
    ['pending', inStatus('pending'), 'asked', 'Ada Okafor asks for access to web-1.'],
    [
      'one approval of two',
      reviewed(inStatus('pending'), review(GRACE, NOW, 'approve')),
      'asked',
      'Ada Okafor asks for access to web-1.',
    ],
    ['denied', inStatus('denied'), 'denied', 'Ada Okafor: access to web-1 was denied by Grace Hopper.'],
    ['withdrawn', inStatus('withdrawn'), 'withdrawn', 'Ada Okafor withdrew the request for web-1.'],
    ['expired', inStatus('expired'), 'expired', 'Ada Okafor: nobody answered the request for web-1 in time.'],
    ['activating', inStatus('activating'), 'decided', 'Ada Okafor: access to web-1 was approved by Grace Hopper.'],
    ['by policy', byPolicy, 'decided', 'Ada Okafor: access to web-1 was approved by policy engineers.'],
    [
      'active',
      active,
      `open-${END}`,
      'Ada Okafor: web-1 is open from 203.0.113.7 until 14:01 UTC, approved by Grace Hopper.',
    ],
    [
      'remarked to the same end',
      opened(active, NOW, { placements: [], standing: [] }),
      `open-${END}`,
      'Ada Okafor: web-1 is open from 203.0.113.7 until 14:01 UTC, approved by Grace Hopper.',
    ],
    [
      'extended',
      longer,
      `open-${END + HOUR}`,
      'Ada Okafor: web-1 is open from 203.0.113.7 until 15:01 UTC, approved by Grace Hopper.',
    ],
    [
      'warned',
      reminded(active, END - 5 * MINUTE),
      `ending-${END}`,
      'Ada Okafor: web-1 closes within 5 min (14:01 UTC). Open sessions go on after that; new ones are refused. Extend or close now on the card.',
    ],
    [
      'extended after the warning',
      extended(reminded(active, END - 5 * MINUTE), END + HOUR, { by: who(GRACE), at: END - MINUTE }),
      `open-${END + HOUR}`,
      'Ada Okafor: web-1 is open from 203.0.113.7 until 15:01 UTC, approved by Grace Hopper.',
    ],
    ['an extension asked', waiting, `extension-${NOW}`, 'Ada Okafor asks for 1 h more on web-1.'],
    [
      'an extension denied',
      extensionDenied(waiting, review(SAM, NOW + 1, 'deny', 'enough')),
      `extension-denied-${NOW + 1}`,
      'Ada Okafor: more time on web-1 was denied by Sam Haddad; it stays open until 14:01 UTC.',
    ],
    [
      'an extension unanswered',
      extensionUnanswered(waiting, NOW + 1),
      `extension-unanswered-${NOW + 1}`,
      'Ada Okafor: nobody answered about more time on web-1.',
    ],
    [
      'warned after an extension was denied',
      reminded(extensionDenied(waiting, review(SAM, NOW + 1, 'deny')) as Active, END - 5 * MINUTE),
      `ending-${END}`,
      'Ada Okafor: web-1 closes within 5 min (14:01 UTC). Open sessions go on after that; new ones are refused. Extend or close now on the card.',
    ],
    ['closing', inStatus('closing'), 'closing', 'Ada Okafor: web-1: Time is up; closing now.'],
    [
      'closing, revoked by the requester',
      revoked(active, who(ADA), NOW),
      'closing',
      'Ada Okafor: web-1: Revoked by Ada Okafor; closing now.',
    ],
    ['ended', inStatus('ended'), 'ended', 'Ada Okafor: web-1: Time is up: closed, proven (14:01 UTC).'],
  ])('%s', (_, request, announce, headline) => {
    const view = viewOf(request);
    expect([view.announce, plain(view.headline)]).toEqual([announce, headline]);
  });

  it.each([
    ['azure', '203.0.113.7/32', 'Open sessions go on after that; new ones are refused.'],
    ['azure', '0.0.0.0/0', 'Open sessions go on after that; new ones are refused.'],
    ['aws', '203.0.113.7/32', 'Open sessions go on after that; new ones are refused.'],
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
      'web-1 could not be closed yet, tried 3 times. AWS is busy. Drawbridge goes on trying.',
    );
  });
});
