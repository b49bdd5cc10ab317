import { JitError } from '../../core/errors/errors.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import {
  elapsed,
  extensionUnanswered,
  failed,
  placed,
  reminded,
  troubled,
  unanswered,
} from '../../core/request/life.ts';
import { isReminded, owesAt, remindAt } from '../../core/request/owes.ts';
import { type Activating, isInForce, placementsOf, type Request } from '../../core/request/request.ts';
import type { Placement } from '../../core/rule/rule.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { applyUnderLock } from './apply.ts';
import { cloudFor, mustBeEntitled } from './cloud.ts';
import { commitAll, type Decision, hint } from './commit.ts';
import { asJitError } from './trouble.ts';

/** How long a converge waits for others who edit the same security group, policy or firewall. */
const WAIT_MS = 3_000;

/**
 * Makes one machine right: the cloud equal to the union of all leases in force on it. The same function opens, closes,
 * retries and repairs; run twice, the second time does nothing. `found` are rules that the patrol came across.
 */
export async function converge(
  deps: Deps,
  machine: MachineId,
  signal: AbortSignal,
  found: readonly Placement[] = [],
): Promise<void> {
  const { requests, now } = await deps.store.liveOn(machine);
  const settled = await passTime(deps, requests, now);
  const located = await locate(deps, settled, now, signal);
  // What has no placement yet is another look's work.
  const isOwed = located.some((request) => !['placement', undefined].includes(owesAt(request, now.at)));
  if (isOwed || found.length > 0) await underLock(deps, machine, located, found, signal);
  await deps.store.settle(machine);
}

/** What time alone does: requests expire, leases elapse, reminders fall due. Gives all requests as they are then. */
async function passTime(deps: Deps, requests: readonly Request[], now: Now): Promise<readonly Request[]> {
  const decisions = requests.flatMap((from): (Decision & { from: Request })[] => {
    const decision = timeDecision(from, now);
    return decision ? [{ ...decision, from, by: 'drawbridge' }] : [];
  });
  const saved = await commitAll(deps, decisions, now);
  // The cloud's part comes right after this: only the cards want a hint. An end waits for its outcome to be told.
  await hint(
    deps,
    saved.filter((request) => request.status !== 'closing'),
    false,
  );
  const newest = new Map([...requests, ...saved].map((request) => [request.id, request]));
  return [...newest.values()];
}

function timeDecision(request: Request, { at }: Now): Omit<Decision, 'by'> | undefined {
  if (request.status === 'pending' && at >= request.answerBy)
    return { next: unanswered(request, at), event: 'unanswered' };
  if (!isInForce(request)) return undefined;
  const { lease, extension } = request;
  if (at >= lease.until) return { next: elapsed(request, at), event: 'elapsed' };
  if (extension && at >= extension.answerBy)
    return { next: extensionUnanswered(request, at), event: 'extension unanswered' };
  if (request.status === 'active' && !isReminded(request) && at >= remindAt(lease)) {
    return { next: reminded(request, at), event: 'reminded' };
  }
  return undefined;
}

/** Finds out where the rules of newly approved requests go, and keeps that in their leases before the cloud is called. */
async function locate(
  deps: Deps,
  requests: readonly Request[],
  now: Now,
  signal: AbortSignal,
): Promise<readonly Request[]> {
  const newest = new Map(requests.map((request) => [request.id, request]));
  for (const request of requests) {
    if (request.status !== 'activating' || request.lease.placements.length > 0) continue;
    const decision = await locateOne(deps, request, now, signal);
    const [saved] = await commitAll(deps, [{ ...decision, from: request, by: 'drawbridge' }], now);
    // Somebody else was faster: leave it to the next look.
    if (saved) newest.set(saved.id, saved);
    else newest.delete(request.id);
    if (saved && decision.event !== 'placed') await hint(deps, [saved], false);
  }
  return [...newest.values()];
}

async function locateOne(
  deps: Deps,
  request: Activating,
  { at }: Now,
  signal: AbortSignal,
): Promise<Omit<Decision, 'by'>> {
  try {
    const requester = await deps.directory.byId(request.requester.id);
    if (!requester) throw new JitError('noPolicy', { machine: request.machineName });
    await mustBeEntitled(deps, requester, request.machine, signal);
    const rules = request.ports.map((port) => ({ machine: request.machine, port, source: request.source }));
    const placements = await cloudFor(deps, request.machine).locate(rules, signal);
    return { next: placed(request, placements, request.standing, at), event: 'placed' };
  } catch (error) {
    const known = asJitError(deps, error, request);
    return known.kind === 'busy' || known.kind === 'unjudged'
      ? { next: troubled(request, known, at), event: 'trouble', text: known.code }
      : { next: failed(request, known, at), event: 'failed', text: known.code };
  }
}

async function underLock(
  deps: Deps,
  machine: MachineId,
  requests: readonly Request[],
  found: readonly Placement[],
  signal: AbortSignal,
): Promise<void> {
  const cloud = cloudFor(deps, machine);
  const locks = locksOf(requests, found);
  const closing = found.length > 0 || requests.some((request) => !isInForce(request));
  // Longer than a call may take, renewed three times in between: a call that was begun ends before the lock can.
  const options = { ttlMs: 2 * cloud.limits.callMs, waitMs: WAIT_MS, closing, signal };
  await deps.lock.hold(locks.length > 0 ? locks : [machine], options, async (held) => {
    const startedMs = deps.monotonic();
    const fresh = await deps.store.liveOn(machine);
    // Placed by somebody else meanwhile, with other locks: the next look takes those.
    const under = fresh.requests.filter((request) => locksOf([request], []).every((lock) => locks.includes(lock)));
    await applyUnderLock(deps, cloud, machine, { requests: under, now: fresh.now, startedMs, found }, held);
  });
}

function locksOf(requests: readonly Request[], found: readonly Placement[]): readonly string[] {
  const placements = [...requests.flatMap(placementsOf), ...found];
  return [...new Set(placements.flatMap((placement) => placement.locks))].sort();
}
