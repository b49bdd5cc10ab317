import { JitError } from '../../core/errors/errors.ts';
import { CLOUD_NAMES, cloudOf, type MachineId } from '../../core/machine/machine.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import type { Placement } from '../../core/rule/rule.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { applyUnderLock } from './apply.ts';
import { together, WAIT_MS } from './batch.ts';
import { cloudFor } from './cloud.ts';
import { commitAll, hint } from './commit.ts';
import { cutSessions } from './cut.ts';
import { escalate } from './escalate.ts';
import { judgeOpenings } from './openings.ts';
import { troubleFor } from './outcome.ts';
import { allowedOf, foundToClose, isToClose, isToOpen, locksOf, NOTHING_JUDGED } from './owed.ts';
import { isOfOthers } from './theirs.ts';
import { passTime } from './time.ts';
import { tracedFor } from './traced.ts';

/**
 * Makes one machine right: the cloud equal to the union of all leases in force on it. The same function opens, closes,
 * retries and repairs; run twice, the second time does nothing. `found` are rules that the patrol came across.
 *
 * Where this process is at work already behind one of its locks, it is left to that batch, and this comes back at once.
 */
export async function converge(
  deps: Deps,
  machine: MachineId,
  signal: AbortSignal,
  found: readonly Placement[] = [],
): Promise<void> {
  const { requests, now } = await deps.store.liveOn(machine);
  const settled = await passTime(deps, requests, now);
  if (await isOfOthers(deps, machine)) return;
  if (!deps.clouds.has(cloudOf(machine))) return elsewhere(deps, machine, settled, now);
  // Closing is never judged, and does not wait for a judgement.
  if (found.length > 0) await closeFound(deps, machine, found, signal);
  else if (settled.some((request) => isToClose(request, now))) {
    const part = { machine, locks: locksOf(settled), allowed: NOTHING_JUDGED, isClosing: true };
    if (!(await together(deps, part, signal))) return;
  }
  const ready = await tracedFor(deps, settled, () => judgeOpenings(deps, machine, { requests: settled, now }, signal));
  // What was judged and is not to be opened any more is closed, as far as it was begun.
  const isClosing = ready.requests.some((request) => isToClose(request, now));
  if (isClosing || ready.requests.some((request) => isToOpen(request, ready.allowed))) {
    const part = { machine, locks: locksOf(ready.requests), allowed: ready.allowed, isClosing };
    if (!(await together(deps, part, signal))) return;
  }
  await escalate(deps, settled, now, signal);
  // Last, and on its own: no closing waits for it.
  if (settled.some((request) => request.cutsSessions)) {
    const cutting = cutSessions(deps, machine, signal);
    if (deps.aside) deps.aside(cutting);
    else await cutting;
  }
  await deps.store.settle(machine);
}

/** Its cloud is configured no more: nothing can be done, and whoever waits is told why. It is tried again, as it may come back. */
async function elsewhere(deps: Deps, machine: MachineId, requests: readonly Request[], now: Now): Promise<void> {
  const error = new JitError('notConfigured', { where: CLOUD_NAMES[cloudOf(machine)] });
  const decisions = requests.flatMap((from) => {
    const told = isToClose(from, now) || isInForce(from) ? troubleFor(deps, from, error, now) : undefined;
    return told ? [{ ...told, from, by: 'drawbridge' }] : [];
  });
  await hint(deps, await commitAll(deps, decisions));
  await deps.store.settle(machine);
}

/** What the patrol found goes at once, with whatever else is owed on its machine under the same locks. */
async function closeFound(
  deps: Deps,
  machine: MachineId,
  found: readonly Placement[],
  signal: AbortSignal,
): Promise<void> {
  const cloud = cloudFor(deps, machine);
  const before = await deps.store.liveOn(machine);
  const locks = locksOf(before.requests, found);
  const options = { ttlMs: 2 * cloud.limits.callMs, waitMs: WAIT_MS, closing: true, removes: true, signal };
  await deps.lock.hold(locks.length > 0 ? locks : [machine], options, async (held) => {
    const startedMs = deps.monotonic();
    const { requests, now } = await deps.store.liveOn(machine);
    const locked = requests.filter((request) => locksOf([request]).every((lock) => locks.includes(lock)));
    const under = allowedOf(locked, NOTHING_JUDGED, now);
    const going = foundToClose(found, locked, now);
    const work = () => applyUnderLock(deps, cloud, { requests: under, now, startedMs, found: going, machine }, held);
    await (deps.inOnePiece?.(work, true) ?? work());
  });
}
