import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { match } from '../../core/machine/match.ts';
import {
  type ProtectedPort,
  portLines,
  readPortLines,
  sameProtection,
  USUAL_PORTS,
} from '../../core/machine/protection.ts';
import type { Person } from '../../core/people/person.ts';
import { samePort } from '../../core/rule/port.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { FilledPorts, PortsForm } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { refuseLeased } from '../machine/leased.ts';
import { mayProtect, putBackFor, refuseOthers, whileProtecting } from './protect.ts';

/** The ports of a machine with their limits, to be edited; the usual ones where it is not protected. */
export async function portsFormFor(deps: Deps, typed: string, person: Person): Promise<PortsForm> {
  mayProtect(deps, person);
  const signal = answerInTime();
  const machine = match(await inventory(deps, signal), typed);
  const ports = (await cloudFor(deps, machine.id).look(machine.id, signal)).protection?.ports ?? [];
  const lines = portLines(ports.length > 0 ? ports : USUAL_PORTS);
  return { machine: machine.id, name: machine.name, lines, version: versionOf(ports) };
}

/**
 * Makes the protection of a machine exactly what was filled in: ports are added, get other limits, or are taken away.
 * Throws what is wrong with a line, `changedMeanwhile` when it is not what the form showed any more, and `stillLeased`
 * while somebody has access to a port that is to be taken away.
 */
export async function submitPorts(
  deps: Deps,
  filled: FilledPorts,
  person: Person,
): Promise<MachineState & { readonly notes?: readonly string[] }> {
  mayProtect(deps, person);
  const wanted = readPortLines(filled.ports);
  const machine = match(await inventory(deps, answerInTime()), filled.machine);
  return whileProtecting(deps, machine, async (signal) => {
    const cloud = cloudFor(deps, machine.id);
    const now = await cloud.look(machine.id, signal);
    const known = now.protection?.ports ?? [];
    if (versionOf(known) !== filled.version) throw new JitError('changedMeanwhile', { machine: machine.name });
    refuseOthers(now);
    const changed = wanted.filter((port) => !known.some((one) => sameProtection(one, port)));
    const removed = known.map(({ port }) => port).filter((port) => !wanted.some((one) => samePort(one.port, port)));
    if (removed.length > 0) await refuseLeased(deps, machine, removed);
    // What is to be protected comes first: nothing is uncovered in between.
    const after = changed.length > 0 ? await cloud.protect(machine.id, { ports: changed }, signal) : now;
    if (removed.length === 0) return after;
    await cloud.unprotect(machine.id, signal, removed);
    const notes = await putBackFor(deps, machine, signal, removed);
    return { ...(await cloud.look(machine.id, signal)), notes };
  });
}

function versionOf(ports: readonly ProtectedPort[]): string {
  return createHash('sha256').update(portLines(ports)).digest('hex').slice(0, 12);
}
