import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { closed, failed, owingCut, watched } from '../../core/request/closing.ts';
import { cutPorts } from '../../core/request/cut.ts';
import { opened, troubled } from '../../core/request/life.ts';
import { owes } from '../../core/request/owes.ts';
import { doubted, prove } from '../../core/request/proof.ts';
import {
  type Approved,
  type Closing,
  type Ended,
  type InForce,
  isApproved,
  isInForce,
  type Request,
} from '../../core/request/request.ts';
import { connectText } from '../../core/rule/connect.ts';
import { samePort } from '../../core/rule/port.ts';
import { type Observed, type Placement, placementKey } from '../../core/rule/rule.ts';
import type { CloudLimits, Opened } from '../../ports/cloud.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import type { Decision } from './commit.ts';
import { isUnsettled } from './not-now.ts';
import { asJitError } from './trouble.ts';
import type { Reached } from './witness.ts';

/** How long an ended lease is looked at again at least: a given-up call may land, and the lock may have been lost. */
const SECOND_LOOK_MS = 10_000;
/** After the lease's own end, where the product may write a rule again until then. */
const GRACE_MS = 120_000;
/** Opening that keeps failing is given up after this, measured from the approval. */
const GIVE_UP_MS = 15 * 60_000;

/** What was seen and done under the lock. */
export interface LeaseSeen {
  readonly now: Now;
  readonly limits: CloudLimits;
  /** The cloud can be told to cut sessions. */
  readonly canCut: boolean;
  readonly reached: Reached;
  /** As what this process looks at it. */
  readonly via: string | undefined;
  readonly before: Observed;
  readonly after: Observed;
  readonly opened: readonly Opened[];
  /** The end that leases in force want at a placement. */
  readonly wanted: ReadonlyMap<string, Instant>;
}

export type LookOutcome = Omit<Decision, 'by'>;

/** What came of it for one request; undefined where nothing did. */
export function outcomeOf(request: Request, seen: LeaseSeen): LookOutcome | undefined {
  if (isInForce(request)) return openedAs(request, seen);
  if (request.status === 'ended') return watchedAs(request, seen);
  return request.status === 'closing' ? closedAs(request, seen) : undefined;
}

function openedAs(request: InForce, { now, after, opened: done }: LeaseSeen): LookOutcome | undefined {
  // Elapsed but not committed as such, not placed yet, or nothing owed: another look's work.
  if (request.lease.until <= now.at || owes(request) !== 'opening') return undefined;
  const known = new Map([...after.ours, ...done].map((one) => [placementKey(one.placement), one]));
  const placements = request.lease.placements.map((placement) => ({
    ...placement,
    ...known.get(placementKey(placement))?.placement,
  }));
  const connect = connectText(placements.map((one) => ({ ...known.get(placementKey(one)), rule: one.rule })));
  const next = opened(request, now.at, {
    placements,
    standing: after.others.filter(({ port }) => request.ports.some((one) => samePort(one, port))),
    ...(connect === undefined ? {} : { connect }),
  });
  return { next, event: request.status === 'active' ? 'remarked' : 'opened' };
}

function watchedAs(request: Ended, { now, before, wanted }: LeaseSeen): LookOutcome {
  const there = new Set(before.ours.map((rule) => placementKey(rule.placement)));
  const again = request.lease.placements.map(placementKey).some((key) => !wanted.has(key) && there.has(key));
  return { next: watched(request, now.at, again), event: again ? 'closed again' : 'watched' };
}

function closedAs(request: Closing, seen: LeaseSeen): LookOutcome {
  const { now, after, limits, canCut, reached, via, wanted } = seen;
  const wantedUntil = (placement: Placement) => wanted.get(placementKey(placement));
  const read = prove(request, after, wantedUntil, now.at);
  const proof = read && doubted(read, reached);
  if (!proof) return troubledBy(request, new JitError('cloudBusy', { cloud: say`The cloud` }), now);
  const isPlaced = request.lease.placements.length > 0;
  const watch = isPlaced ? now.at + watchMs(limits, request, now.at) : undefined;
  const next = closed(request, proof, watch, via);
  const isOwing = canCut && request.cutsSessions && isPlaced && cutPorts(request).length > 0;
  return { next: isOwing ? owingCut(next, now.at) : next, event: 'closed', text: proof.verdict };
}

function watchMs(limits: CloudLimits, { lease }: Closing, now: Instant): number {
  const late = SECOND_LOOK_MS + 2 * limits.callMs + limits.readLagMs;
  return limits.returnsUntilEnd ? Math.max(late, lease.until + GRACE_MS - now) : late;
}

/** Opening fails for good on anything but `busy`, and on `busy` when it lasts; closing never does. */
export function troubleFor(deps: Deps, request: Request, error: unknown, now: Now): LookOutcome | undefined {
  const debt = owes(request);
  if (isUnsettled(error)) return undefined;
  if (!isApproved(request) || debt === undefined || debt === 'placement' || debt === 'cut') return undefined;
  const known = asJitError(deps, error, request);
  const hopeless = known.kind !== 'busy' && known.kind !== 'bug' && known.kind !== 'unjudged';
  const tooLong = now.at - request.lease.from > GIVE_UP_MS;
  if (request.status === 'activating' && (hopeless || tooLong))
    return { next: failed(request, known, now.at), event: 'failed', text: known.code };
  return troubledBy(request, known, now);
}

function troubledBy(request: Approved, error: JitError, now: Now): LookOutcome {
  return { next: troubled(request, error, now.at), event: 'trouble', text: error.code };
}
