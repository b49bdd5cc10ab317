import { JitError } from '../core/errors.ts';
import { DAY_MS } from '../core/instant.ts';
import type { Machine } from '../core/machine.ts';
import { isMeant, type Person } from '../core/person.ts';
import { MANAGEMENT_PORTS } from '../core/port.ts';
import type { MachineState } from '../ports/cloud.ts';
import type { Deps } from './deps.ts';
import { answerInTime, cloudFor, inventory, match } from './find.ts';

/** The usual management ports, from any source and for at most a day: what a person may have is the policies' matter. */
const USUAL = { ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: DAY_MS })) };
const PROTECT_MS = 60_000;

/** Protects a machine at the usual ports. `person` is absent for the command line, whose user has the program's own rights. */
export async function protect(deps: Deps, typed: string, person?: Person): Promise<MachineState> {
  if (person && !isMeant(person, deps.rules.protectors)) throw new JitError('notProtector');
  const machine: Machine = match(await inventory(deps, answerInTime()), typed);
  const cloud = cloudFor(deps, machine.id);
  const signal = AbortSignal.timeout(PROTECT_MS);
  // What is edited is shared with nobody else's leases, but two people may protect at once.
  return deps.lock.hold(
    [`protect:${machine.id}`],
    { ttlMs: 2 * cloud.limits.callMs, waitMs: 5_000, closing: false, signal },
    (held) => cloud.protect(machine.id, USUAL, AbortSignal.any([held.signal, signal])),
  );
}
