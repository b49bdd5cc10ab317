import type { MachineId } from '../../core/machine/machine.ts';
import { elapsed, extensionUnanswered, reminded, unanswered } from '../../core/request/life.ts';
import { isReminded, owes, owesAt, remindAt } from '../../core/request/owes.ts';
import { isInForce, placementsOf, type Request } from '../../core/request/request.ts';
import type { Placement } from '../../core/rule/rule.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { applyUnderLock } from './apply.ts';
import { cloudFor } from './cloud.ts';
import { commitAll, type Decision, hint } from './commit.ts';
import { judgeOpenings } from './openings.ts';

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
  const work = { machine, requests: settled, found, allowed: NOTHING };
  // Closing is never judged, and does not wait for a judgement.
  if (found.length > 0 || settled.some((request) => isToClose(request, now))) await underLock(deps, work, signal);
  const ready = await judgeOpenings(deps, machine, { requests: settled.filter(isInForce), now }, signal);
  // What was judged and is not to be opened any more is closed, as far as it was begun.
  const isOwed = ready.requests.some((request) => isToClose(request, now) || isToOpen(request, ready.allowed));
  if (isOwed) await underLock(deps, { ...work, ...ready, found: [] }, signal);
  await deps.store.settle(machine);
}

/** What time alone does: requests expire, leases elapse, reminders fall due. Gives all requests as they are then. */
async function passTime(deps: Deps, requests: readonly Request[], now: Now): Promise<readonly Request[]> {
  const decisions = requests.flatMap((from): (Decision & { from: Request })[] => {
    const decision = timeDecision(from, now);
    return decision ? [{ ...decision, from, by: 'drawbridge' }] : [];
  });
  const saved = await commitAll(deps, decisions);
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

/** What was judged and may be opened, by its version. */
type Allowed = ReadonlyMap<string, number>;
const NOTHING: Allowed = new Map();

function isToClose(request: Request, { at }: Now): boolean {
  const debt = owesAt(request, at);
  return debt === 'closing' || debt === 'look';
}

/** An extension was judged when it was decided; a first opening is judged right before. */
function isToOpen(request: Request, allowed: Allowed): boolean {
  return owes(request) === 'opening' && isAllowed(request, allowed);
}

function isAllowed(request: Request, allowed: Allowed): boolean {
  return request.status !== 'activating' || allowed.get(request.id) === request.version;
}

interface Work {
  readonly machine: MachineId;
  readonly requests: readonly Request[];
  readonly found: readonly Placement[];
  readonly allowed: Allowed;
}

async function underLock(deps: Deps, work: Work, signal: AbortSignal): Promise<void> {
  const { machine, requests, found, allowed } = work;
  const cloud = cloudFor(deps, machine);
  const locks = locksOf(requests, found);
  const closing = found.length > 0 || requests.some((request) => !isInForce(request));
  // Longer than a call may take, renewed three times in between: a call that was begun ends before the lock can.
  const options = { ttlMs: 2 * cloud.limits.callMs, waitMs: WAIT_MS, closing, signal };
  await deps.lock.hold(locks.length > 0 ? locks : [machine], options, async (held) => {
    const startedMs = deps.monotonic();
    const fresh = await deps.store.liveOn(machine);
    // Placed by somebody else meanwhile, with other locks, or not judged as it is now: the next look takes those.
    const under = fresh.requests.filter(
      (request) => locksOf([request], []).every((lock) => locks.includes(lock)) && isAllowed(request, allowed),
    );
    await applyUnderLock(deps, cloud, { requests: under, now: fresh.now, startedMs, found, machine }, held);
  });
}

function locksOf(requests: readonly Request[], found: readonly Placement[]): readonly string[] {
  const placements = [...requests.flatMap(placementsOf), ...found];
  return [...new Set(placements.flatMap((placement) => placement.locks))].sort();
}
