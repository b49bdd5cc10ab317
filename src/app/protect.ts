import { durationText } from '../core/duration.ts';
import { JitError } from '../core/errors.ts';
import type { Limits } from '../core/grammar.ts';
import { DAY_MS, MINUTE_MS } from '../core/instant.ts';
import type { Machine } from '../core/machine.ts';
import { isMeant, type Person } from '../core/person.ts';
import { MANAGEMENT_PORTS, samePort } from '../core/port.ts';
import { isAny } from '../core/source.ts';
import type { MachineState, Protection } from '../ports/cloud.ts';
import type { Deps } from './deps.ts';
import { answerInTime, cloudFor, inventory, match } from './find.ts';

/** The usual management ports, from any source and for at most a day: what a person may have is the policies' matter. */
const USUAL = { ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: DAY_MS })) };
const PROTECT_MS = 60_000;
/** "Just-in-time VM access", maxRequestAccessDuration: five minutes to a day. */
const SHORTEST_MS = 5 * MINUTE_MS;

/**
 * Protects a machine: at the usual ports, where it is not yet, or at those of `limits` with exactly these limits. Throws
 * `tooShort` and `tooLong` for a time outside of five minutes to a day, which is what Defender takes. `person` is absent for
 * the command line, whose user has the program's own rights.
 */
export async function protect(deps: Deps, typed: string, person?: Person, limits?: Limits): Promise<MachineState> {
  if (person && !isMeant(person, deps.rules.protectors)) throw new JitError('notProtector');
  const machine: Machine = match(await inventory(deps, answerInTime()), typed);
  const chosen = limits && protectionOf(limits);
  return whileProtecting(deps, machine, async (signal) => {
    const cloud = cloudFor(deps, machine.id);
    if (chosen) return cloud.protect(machine.id, chosen, signal);
    const now = await cloud.look(machine.id, signal);
    const known = now.protection?.ports ?? [];
    const missing = USUAL.ports.filter(({ port }) => !known.some((one) => samePort(one.port, port)));
    return missing.length > 0 || known.length === 0 ? cloud.protect(machine.id, { ports: missing }, signal) : now;
  });
}

function protectionOf({ ports, source, forMs = DAY_MS }: Limits): Protection {
  const [asked, shortest, longest] = [durationText(forMs), durationText(SHORTEST_MS), durationText(DAY_MS)];
  if (forMs < SHORTEST_MS) throw new JitError('tooShort', { asked, shortest });
  if (forMs > DAY_MS) throw new JitError('tooLong', { asked, longest });
  const sources = source === undefined || isAny(source) ? [] : [source];
  return { ports: ports.map((port) => ({ port, sources, longestMs: forMs })) };
}

/** What is edited is shared with nobody else's leases, but two people may protect, or stop protecting, at once. */
export function whileProtecting<T>(deps: Deps, { id }: Machine, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(PROTECT_MS);
  const options = { ttlMs: 2 * cloudFor(deps, id).limits.callMs, waitMs: 5_000, closing: false, signal };
  return deps.lock.hold([`protect:${id}`], options, (held) => work(AbortSignal.any([held.signal, signal])));
}
