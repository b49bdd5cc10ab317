import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { closed, elapsed, failed, revoked, watched } from '../../src/core/request/closing.ts';
import {
  extended,
  extensionAsked,
  extensionDenied,
  extensionReviewed,
  extensionUnanswered,
} from '../../src/core/request/extending.ts';
import type { Ending, Extension } from '../../src/core/request/lease.ts';
import {
  approved,
  asked,
  denied,
  opened,
  placed,
  reminded,
  reviewed,
  troubled,
  unanswered,
  withdrawn,
} from '../../src/core/request/life.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import {
  type Activating,
  type Closing,
  type InForce,
  isApproved,
  type Pending,
  type Request,
  type Scheduled,
} from '../../src/core/request/request.ts';
import { begun, missed } from '../../src/core/request/starting.ts';
import { after, type Event, type Status, WORKFLOW } from '../../src/core/request/workflow.ts';
import { pending, placementOf } from '../conformance/fixtures.ts';
import { ADA, GRACE, inStatus, provenClosed, review, SAM, SSH, T0, who } from './samples.ts';

const NOW = T0 + 600_000;
const HOUR = 3_600_000;
const busy = new JitError('cloudBusy', { cloud: 'AWS' });
const gone = new JitError('machineGone', { machine: 'web-1' });
const statuses = Object.keys(WORKFLOW) as Status[];

/** A step that takes any request, also one of a status that it is not for. */
function anyOf<R extends Request>(step: (request: R) => Request): (request: Request) => Request {
  return (request) => step(request as R);
}

const steps: Readonly<Record<Event, (request: Request) => Request>> = {
  reviewed: anyOf((request: Pending) => reviewed(request, review(GRACE, NOW, 'approve'))),
  approved: anyOf(({ startsAt: _, ...request }: Pending) => approved(request, review(GRACE, NOW, 'approve'))),
  scheduled: anyOf((request: Pending) => approved({ ...request, startsAt: NOW + HOUR }, review(GRACE, NOW, 'approve'))),
  begun: anyOf((request: Scheduled) => begun(request, NOW)),
  missed: anyOf((request: Scheduled) => missed(request, NOW)),
  denied: anyOf((request: Pending) => denied(request, review(GRACE, NOW, 'deny', 'no'))),
  withdrawn: anyOf((request: Pending) => withdrawn(request, who(ADA), NOW)),
  unanswered: anyOf((request: Pending) => unanswered(request, NOW)),
  opened: anyOf((request: InForce) => opened(request, NOW, { placements: [placementOf(request)], standing: [] })),
  extended: anyOf((request: InForce) => extended(request, NOW + 2 * HOUR, { by: who(GRACE), at: NOW })),
  failed: anyOf((request: InForce) => failed(request, gone, NOW)),
  revoked: anyOf((request: InForce) => revoked(request, who(GRACE), NOW)),
  elapsed: anyOf((request: InForce) => elapsed(request, NOW)),
  closed: anyOf((request: Closing) => closed(request, provenClosed(NOW), undefined)),
};

/** In the status, with a lease whatever the status is: what is refused is refused for its status. */
function leased(status: Status): Request {
  return { lease: { from: T0, until: T0 + HOUR, placements: [] }, ...inStatus(status) } as Request;
}

describe('the functions that change a request', () => {
  const cells = statuses.flatMap((status) =>
    (Object.keys(steps) as Event[]).map((event) => ({ status, event, next: after(status, event) })),
  );

  it.each(cells.filter(({ next }) => next))('take $status by $event to $next', ({ status, event, next }) => {
    const before = leased(status);
    const trouble = { code: 'cloudBusy' as const, say: 'x', since: T0, tries: 2 };
    const request = steps[event](isApproved(before) ? { ...before, trouble } : before);
    expect(request.status).toBe(next);
    expect(request.version).toBe(before.version + 1);
    expect(request.timeline.at(-1)).toMatchObject({ at: NOW, event });
    expect(request.timeline).toHaveLength(before.timeline.length + 1);
    expect(request, 'trouble ends where the request goes on').not.toHaveProperty('trouble');
  });

  it.each(cells.filter(({ next }) => !next))('refuse $event in $status', ({ status, event }) => {
    expect(() => steps[event](leased(status))).toThrow(`no way from ${status} by ${event}`);
  });

  it('leave what they were given as it was', () => {
    for (const { status, event, next } of cells) {
      if (!next) continue;
      const before = leased(status);
      const copy = structuredClone(before);
      steps[event](before);
      expect(before).toEqual(copy);
    }
  });
});

describe('a request', () => {
  it('begins as version 1, with one line of who asked', () => {
    const first = pending('k7m3q9w', T0);
    expect(first).toMatchObject({ version: 1, status: 'pending', reviews: [], lookAt: first.answerBy });
    expect(first.timeline).toEqual([{ at: T0, event: 'asked', by: 'ada' }]);
    const { version: _, status: __, reviews: ___, timeline: ____, lookAt: _____, ...given } = first;
    expect(asked(given)).toEqual(first);
  });

  it('keeps each review, with who and why', () => {
    const once = reviewed(inStatus('pending'), review(GRACE, NOW, 'approve'));
    const twice = denied(once, review(SAM, NOW + 1, 'deny', 'too wide'));
    expect(twice.reviews.map(({ by, verdict }) => [by.id, verdict])).toEqual([
      ['grace', 'approve'],
      ['sam', 'deny'],
    ]);
    expect(twice.timeline.slice(1)).toEqual([
      { at: NOW, event: 'reviewed', by: 'grace' },
      { at: NOW + 1, event: 'denied', by: 'sam', text: 'too wide' },
    ]);
  });

  it('has its end fixed at the approval, however slow the cloud is', () => {
    const request = approved(inStatus('pending'), review(GRACE, NOW, 'approve')) as Activating;
    expect(request.lease).toEqual({ from: NOW, until: NOW + HOUR, placements: [] });
    const late = opened(request, NOW + 1_200_000, { placements: [], standing: [] });
    expect(late.lease).toMatchObject({
      from: NOW,
      until: NOW + HOUR,
      openedAt: NOW + 1_200_000,
      seenUntil: NOW + HOUR,
    });
  });

  it('keeps its placements before the cloud is called', () => {
    const before = inStatus('activating');
    const standing = [{ port: { number: 22, protocol: 'tcp' as const }, source: '0.0.0.0/0', through: 'wizard' }];
    const request = placed(before, [placementOf(before)], standing, NOW);
    expect(request).toMatchObject({ status: 'activating', version: before.version + 1, standing });
    expect(request.lease.placements).toEqual([placementOf(before)]);
    expect(request.timeline).toEqual(before.timeline);
  });

  it('keeps the first opening, and where to connect, when it is opened again', () => {
    const active = inStatus('active');
    const again = opened(active, NOW, { placements: [], standing: [], connect: '198.51.100.4:2222' });
    expect(again.lease).toMatchObject({ openedAt: active.lease?.openedAt, connect: '198.51.100.4:2222' });
    expect(opened(again, NOW, { placements: [], standing: [] }).lease?.connect).toBe('198.51.100.4:2222');
  });

  it.each<[string, (request: InForce) => Closing, Ending]>([
    ['elapsed', (request) => elapsed(request, NOW), { why: 'elapsed', at: NOW }],
    [
      'revoked',
      (request) => revoked(request, who(GRACE), NOW),
      { why: 'revoked', at: NOW, by: { id: 'grace', name: 'Grace Hopper' } },
    ],
    [
      'revoked for a reason',
      (request) => revoked(request, who(GRACE), NOW, 'done early'),
      { why: 'revoked', at: NOW, by: { id: 'grace', name: 'Grace Hopper' }, say: 'done early' },
    ],
    [
      'failed',
      (request) => failed(request, gone, NOW),
      {
        why: 'failed',
        at: NOW,
        code: 'machineGone',
        say: 'web-1 no longer exists. Nothing was opened. If it was replaced, request the new machine.',
        words: { machine: 'web-1' },
      },
    ],
  ])('says why it ends: %s', (_, step, ending) => {
    expect(step(inStatus('active')).ending).toEqual(ending);
  });

  it('says what was proven when it is closed', () => {
    const request = closed(
      inStatus('closing'),
      proofOf(NOW, [{ port: SSH, verdict: 'open', ways: [{ through: 'x' }] }]),
      NOW + 60_000,
    );
    expect(request).toMatchObject({ status: 'ended', proof: { verdict: 'open' }, watchUntil: NOW + 60_000 });
    expect(request.timeline.at(-1)).toEqual({ at: NOW, event: 'closed', text: 'open' });
  });
});

describe('an extension', () => {
  const active = inStatus('active');
  const { until } = active.lease;
  const extension: Extension = {
    by: who(ADA),
    at: NOW,
    version: active.version + 1,
    forMs: HOUR,
    answerBy: until,
    reviews: [],
  };
  const waiting = extensionAsked(active, extension);

  it('waits while the old end holds', () => {
    expect(waiting).toMatchObject({ status: 'active', version: active.version + 1, extension, lease: { until } });
    expect(waiting.timeline.at(-1)).toEqual({ at: NOW, event: 'extension asked', by: 'ada' });
  });

  it('moves the end when it is approved, and is over', () => {
    const longer = extended(waiting, until + HOUR, review(GRACE, NOW, 'approve'));
    expect(longer.lease).toMatchObject({ from: active.lease?.from, until: until + HOUR, seenUntil: until });
    expect(longer).not.toHaveProperty('extension');
    expect(longer.reviews).toHaveLength(2);
    expect(extended(active, until + HOUR, { by: who(ADA), at: NOW }).reviews).toHaveLength(1);
  });

  it('keeps reviews of its own until there are enough', () => {
    const once = extensionReviewed(waiting, review(GRACE, NOW, 'approve'));
    expect(once.extension?.reviews).toHaveLength(1);
    expect(once.reviews).toEqual(active.reviews);
    expect(extensionReviewed(active, review(GRACE, NOW, 'approve'))).not.toHaveProperty('extension');
  });

  it('is over when it is denied or unanswered, with the old end', () => {
    const no = extensionDenied(waiting, review(GRACE, NOW, 'deny', 'enough'));
    expect(no).not.toHaveProperty('extension');
    expect(no).toMatchObject({ status: 'active', lease: { until }, reviews: [{}, { verdict: 'deny' }] });
    expect(no.timeline.at(-1)).toEqual({ at: NOW, event: 'extension denied', by: 'grace', text: 'enough' });
    const silent = extensionUnanswered(waiting, NOW);
    expect(silent).not.toHaveProperty('extension');
    expect(silent.timeline.at(-1)).toEqual({ at: NOW, event: 'extension unanswered' });
    expect(silent.lease?.until).toBe(until);
  });

  it.each(['elapsed', 'revoked', 'failed'] as const)('is over when the access is %s', (event) => {
    expect(steps[event](waiting)).not.toHaveProperty('extension');
  });
});

describe('a timeline', () => {
  it('keeps its first lines and its latest, forty in all', () => {
    let request: InForce = inStatus('active');
    for (let n = 0; n < 60; n += 1)
      request = extended(request, request.lease.until + 1, { by: who(GRACE), at: NOW + n });
    expect(request.timeline).toHaveLength(40);
    expect(request.timeline.slice(0, 4).map(({ event }) => event)).toEqual(['asked', 'approved', 'opened', 'extended']);
    expect(request.timeline.at(5)?.at).toBe(NOW + 60 - 35);
    expect(request.timeline.at(-1)?.at).toBe(NOW + 59);
  });

  it('does not grow by what people need not know', () => {
    const active = inStatus('active');
    for (const next of [reminded(active, NOW), troubled(active, busy, NOW)])
      expect(next.timeline).toEqual(active.timeline);
    const activating = inStatus('activating');
    expect(placed(activating, [], [], NOW).timeline).toEqual(activating.timeline);
  });
});

describe('the watch after the end', () => {
  const ended = closed(inStatus('closing'), provenClosed(NOW), NOW + 60_000);

  it('goes on until its time, and is then over', () => {
    expect(watched(ended, NOW + 59_999, false)).toMatchObject({ watchUntil: NOW + 60_000 });
    const over = watched(ended, NOW + 60_000, false);
    expect(over).not.toHaveProperty('watchUntil');
    expect(over).not.toHaveProperty('lookAt');
  });

  it('goes on after its time when a rule was found and closed again', () => {
    const again = watched(ended, NOW + 61_000, true);
    expect(again).toMatchObject({ status: 'ended', watchUntil: NOW + 60_000, lookAt: NOW + 62_000 });
    expect(again.timeline.at(-1)).toEqual({ at: NOW + 61_000, event: 'closed again' });
  });

  it('ends the trouble that it had', () => {
    const trouble = troubled(ended, busy, NOW);
    expect(trouble.trouble).toBeDefined();
    expect(watched(trouble, NOW + 1, false)).not.toHaveProperty('trouble');
    expect(watched(trouble, NOW + 1, true)).not.toHaveProperty('trouble');
  });
});
