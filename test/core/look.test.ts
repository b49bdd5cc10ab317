import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { closed, elapsed, watched } from '../../src/core/request/closing.ts';
import { extended, extensionAsked } from '../../src/core/request/extending.ts';
import type { Lease } from '../../src/core/request/lease.ts';
import { opened, placed, reminded, reviewed, troubled } from '../../src/core/request/life.ts';
import { remindAt } from '../../src/core/request/owes.ts';
import type { Approved } from '../../src/core/request/request.ts';
import { GRACE, inStatus, provenClosed, review, T0, who } from './samples.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = T0 + 10 * MINUTE;
/** The end of a sample's lease: approved a minute after it was asked, for an hour. */
const END = T0 + MINUTE + HOUR;
const busy = (retryAfterMs?: number) =>
  new JitError('cloudBusy', { cloud: 'AWS' }, retryAfterMs === undefined ? {} : { retryAfterMs });

function withLease<R extends Approved>(request: R, patch: Partial<Lease>): R {
  return { ...request, lease: { ...request.lease, ...patch } };
}

describe('when a request is looked at next', () => {
  it('pending: when nobody has answered in time', () => {
    const pending = inStatus('pending');
    expect(pending.lookAt).toBe(pending.answerBy);
    expect(reviewed(pending, review(GRACE, NOW, 'approve')).lookAt).toBe(pending.answerBy);
  });

  it('activating: soon, should the hint be lost', () => {
    expect(inStatus('activating').lookAt).toBe(T0 + MINUTE + 5 * SECOND);
    expect(placed(inStatus('activating'), [], [], NOW).lookAt).toBe(NOW + 5 * SECOND);
  });

  it('activating: never after its end', () => {
    const now = END - 2 * SECOND;
    expect(placed(inStatus('activating'), [], [], now).lookAt).toBe(END);
  });

  it('active: to give the warning, then at the end', () => {
    const active = inStatus('active');
    expect(active.lookAt).toBe(END - 5 * MINUTE);
    expect(reminded(active, END - 5 * MINUTE).lookAt).toBe(END);
  });

  it('active: soon while the cloud does not carry the end yet', () => {
    const longer = extended(inStatus('active'), END + HOUR, { by: who(GRACE), at: NOW });
    expect(longer.lookAt).toBe(NOW + 5 * SECOND);
    expect(opened(longer, NOW, { placements: [], standing: [] }).lookAt).toBe(END + HOUR - 5 * MINUTE);
  });

  it('active: to warn again before a new end', () => {
    const warned = reminded(inStatus('active'), END - 5 * MINUTE);
    const longer = extended(warned, END + HOUR, { by: who(GRACE), at: END - 4 * MINUTE });
    expect(opened(longer, END - 4 * MINUTE, { placements: [], standing: [] }).lookAt).toBe(END + HOUR - 5 * MINUTE);
  });

  it('active: when nobody has answered about an extension', () => {
    const extension = { by: who(GRACE), at: NOW, version: 4, forMs: HOUR, answerBy: NOW + MINUTE, reviews: [] };
    expect(extensionAsked(inStatus('active'), extension).lookAt).toBe(NOW + MINUTE);
  });

  it('closing: soon, should the hint be lost', () => {
    expect(elapsed(inStatus('active'), END).lookAt).toBe(END + 5 * SECOND);
  });

  it.each(['denied', 'withdrawn', 'expired', 'ended'] as const)('%s: never', (status) => {
    expect(inStatus(status)).not.toHaveProperty('lookAt');
  });

  it('ended: until the watch is over, every five minutes at least, never at once', () => {
    const closing = inStatus('closing');
    const ended = (watchUntil: number) => closed(closing, provenClosed(END), watchUntil);
    expect(ended(END + MINUTE).lookAt).toBe(END + MINUTE);
    expect(ended(END + HOUR).lookAt).toBe(END + 5 * MINUTE);
    expect(watched(ended(END + HOUR), END + 5 * MINUTE, false).lookAt).toBe(END + 10 * MINUTE);
    expect(watched(ended(END + HOUR), END + HOUR - MINUTE, false).lookAt).toBe(END + HOUR);
    expect(ended(END).lookAt).toBe(END + SECOND);
  });
});

describe('the warning of the end', () => {
  it.each([
    ['3 h', 3 * HOUR, 5 * MINUTE],
    ['10 min', 10 * MINUTE, 5 * MINUTE],
    ['9 min', 9 * MINUTE, 4.5 * MINUTE],
    ['5 min', 5 * MINUTE, 2.5 * MINUTE],
    ['3 s', 3 * SECOND, 1.5 * SECOND],
    ['an odd time', 3, 1],
  ])('of a lease of %s', (_, length, before) => {
    expect(remindAt({ from: NOW, until: NOW + length, placements: [] })).toBe(NOW + length - before);
  });

  it('is noted for the end that it was given for', () => {
    expect(reminded(inStatus('active'), NOW).remindedFor).toBe(END);
  });
});

describe('after trouble', () => {
  /** The waits after so many tries in a row. */
  function waits(request: Approved, error: JitError, tries: number): number[] {
    const seen: number[] = [];
    let now = NOW;
    let next = request;
    for (let n = 0; n < tries; n += 1) {
      next = troubled(next, error, now);
      seen.push((next.lookAt ?? Number.NaN) - now);
      now = next.lookAt ?? Number.NaN;
    }
    return seen.map((ms) => ms / SECOND);
  }

  const watching = closed(inStatus('closing'), provenClosed(NOW), NOW + 10 * SECOND);
  const remarking = withLease(inStatus('active'), { seenUntil: 0 });

  it.each([
    ['opening', inStatus('activating'), [1, 2, 4, 8, 16, 20, 20]],
    ['remarking', remarking, [1, 2, 4, 8, 16, 20, 20]],
    ['closing', inStatus('closing'), [1, 2, 4, 8, 16, 32, 60, 60]],
    ['watching', watching, [1, 2, 4, 8, 16, 32, 60, 60]],
  ])('%s is tried again ever later, up to a limit', (_, request, seconds) => {
    expect(waits(request, busy(), seconds.length)).toEqual(seconds);
  });

  it('waits as long as it was told, up to the same limit', () => {
    expect(waits(inStatus('activating'), busy(7 * SECOND), 5)).toEqual([7, 7, 7, 8, 16]);
    expect(waits(inStatus('activating'), busy(HOUR), 1)).toEqual([20]);
    expect(waits(inStatus('closing'), busy(HOUR), 1)).toEqual([60]);
    expect(waits(watching, busy(HOUR), 1)).toEqual([60]);
  });

  it('comes when its turn is, however often it was sent away', () => {
    const queued = (retryAfterMs: number) =>
      new JitError('cloudBusy', { cloud: 'AWS' }, { retryAfterMs, isQueued: true });
    expect(waits(inStatus('closing'), queued(1_200), 6)).toEqual([1.2, 1.2, 1.2, 1.2, 1.2, 1.2]);
    expect(waits(inStatus('closing'), queued(HOUR), 1)).toEqual([60]);
  });

  it('counts no try in vain while it waits for its turn, for two minutes: nobody is alarmed by each of many ends', () => {
    const queued = new JitError('cloudBusy', { cloud: 'Azure' }, { retryAfterMs: 1_000, isQueued: true });
    let request = inStatus('closing');
    const triesAfter = (ms: number, error: JitError) => {
      request = troubled(request, error, NOW + ms);
      return request.trouble?.tries;
    };
    expect(triesAfter(0, queued)).toBe(0);
    expect(triesAfter(119_000, queued)).toBe(0);
    expect(triesAfter(119_500, busy())).toBe(1);
    expect([120_000, 121_000].map((ms) => triesAfter(ms, queued))).toEqual([2, 3]);
  });

  it('backs off from what failed, and not from the turns before it', () => {
    const queued = new JitError('cloudBusy', { cloud: 'Azure' }, { retryAfterMs: 1_000, isQueued: true });
    let request = inStatus('closing');
    for (let n = 0; n < 6; n += 1) request = troubled(request, queued, NOW + n * SECOND);
    expect(troubled(request, busy(), NOW + 6 * SECOND).lookAt).toBe(NOW + 7 * SECOND);
  });

  it('never waits past the end', () => {
    const late = withLease(inStatus('activating'), { until: NOW + 3 * SECOND });
    expect(troubled(late, busy(20 * SECOND), NOW).lookAt).toBe(NOW + 3 * SECOND);
  });

  it('counts the tries since the first, with the latest words', () => {
    const first = troubled(inStatus('closing'), busy(), NOW);
    const second = troubled(first, new JitError('cloudSilent', { cloud: 'AWS' }), NOW + SECOND);
    expect(first.trouble).toEqual({
      ...{ code: 'cloudBusy', say: 'AWS is busy.', words: { cloud: 'AWS' } },
      ...{ since: NOW, tries: 1 },
    });
    expect(second.trouble).toEqual({
      code: 'cloudSilent',
      say: 'AWS did not respond.',
      words: { cloud: 'AWS' },
      since: NOW,
      tries: 2,
    });
    expect(second.version).toBe(first.version + 1);
  });

  it('keeps growing no number without end', () => {
    const trouble = { code: 'cloudBusy' as const, say: 'x', since: T0, tries: 5_000 };
    expect(troubled({ ...inStatus('closing'), trouble }, busy(), NOW).lookAt).toBe(NOW + MINUTE);
  });
});
