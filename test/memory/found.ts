import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Indexes } from '../../src/core/request/record.ts';
import type { Counts, Finding } from '../../src/ports/store.ts';

/** Is a request with these indexes meant? */
export function isFound({ by, which }: Finding, indexes: Indexes): boolean {
  if (by === 'requester') return indexes.requester === which;
  if (by === 'machineName') return indexes.machineName === which.toLowerCase();
  if (by === 'state') {
    if (which === 'heldBack') return indexes.isHeldBack;
    if (which === 'useWatched') return indexes.isUseWatched;
    return which === 'ticketed' ? indexes.isTicketed : !indexes.isWaiting;
  }
  return (by === 'asked' ? indexes.asked : indexes.policies).includes(which);
}

/** How many of these are current for a person, on a machine, and in all. */
export function countsOf(all: readonly Indexes[], person: string, machine: MachineId): Counts {
  return {
    person: all.filter((one) => one.isCurrent && one.requester === person).length,
    machine: all.filter((one) => one.machine === machine).length,
    all: all.length,
  };
}

/** Takes machines that are due, the earliest first, and makes them due again later; gives them, and when the next one is. */
export function claimed(
  due: Map<MachineId, Instant>,
  now: Instant,
  { limit, againMs }: { readonly limit: number; readonly againMs: number },
) {
  const machines = dueUntil(due, now).slice(0, limit);
  for (const machine of machines) due.set(machine, now + againMs);
  const next = byTime(due)[0]?.[1];
  return { machines, ...(next === undefined ? {} : { next }) };
}

export function dueUntil(due: ReadonlyMap<MachineId, Instant>, until: Instant): readonly MachineId[] {
  return byTime(due).flatMap(([machine, at]) => (at <= until ? [machine] : []));
}

function byTime(due: ReadonlyMap<MachineId, Instant>) {
  return [...due].sort(([a, one], [b, two]) => one - two || (a < b ? -1 : 1));
}
