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
  return whileProtecting(deps, machine, (signal) => cloudFor(deps, machine.id).protect(machine.id, USUAL, signal));
}

/** What is edited is shared with nobody else's leases, but two people may protect, or stop protecting, at once. */
export function whileProtecting<T>(deps: Deps, { id }: Machine, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(PROTECT_MS);
  const options = { ttlMs: 2 * cloudFor(deps, id).limits.callMs, waitMs: 5_000, closing: false, signal };
  return deps.lock.hold([`protect:${id}`], options, (held) => work(AbortSignal.any([held.signal, signal])));
}
