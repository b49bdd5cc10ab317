import { sayOf } from '../../core/errors/errors.ts';
import type { ProtectAsk } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import { NO_LOCKDOWN } from '../../core/machine/lockdown.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { type ProtectedPort, sameProtection, USUAL_PORTS, withLimits } from '../../core/machine/protection.ts';
import { samePort, uniquePorts } from '../../core/rule/port.ts';
import type { ProtectChange } from '../../core/view/protect-page.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';

/** The ports of an ask with its limits; undefined for the usual ones, or for those that are protected. */
export function wantedBy({ ports }: ProtectAsk): readonly ProtectedPort[] | undefined {
  return typeof ports === 'object' ? withLimits(ports) : undefined;
}

/** What an ask that names no ports adds to a machine's protection: nothing to one that has some, unless the usual ones are meant. */
export function missing(known: readonly ProtectedPort[], { ports }: ProtectAsk): readonly ProtectedPort[] {
  if (ports === undefined && known.length > 0) return [];
  return USUAL_PORTS.filter(({ port }) => !known.some((one) => samePort(one.port, port)));
}

/** What protecting would change on these machines, read now, and what closing would on top. What cannot be read says why. */
export function changesOf(
  deps: Deps,
  machines: readonly Machine[],
  ask: ProtectAsk,
  signal: AbortSignal,
): Promise<readonly ProtectChange[]> {
  return Promise.all(machines.map((machine) => changeOf(deps, machine, ask, signal)));
}

async function changeOf(deps: Deps, machine: Machine, ask: ProtectAsk, signal: AbortSignal): Promise<ProtectChange> {
  try {
    const wanted = wantedBy(ask);
    const cloud = cloudFor(deps, machine.id);
    const { protection, standing } = await cloud.look(machine.id, signal);
    const known = protection?.ports ?? [];
    const ports = wanted
      ? wanted.filter((port) => !known.some((one) => sameProtection(one, port)))
      : missing(known, ask);
    const open = standing.filter(({ port }) => ports.some((one) => samePort(one.port, port)));
    const all = uniquePorts([...known, ...ports].map(({ port }) => port));
    const how = ask.standing === 'copy' ? 'copy' : 'close';
    const plan = (await cloud.planLockdown?.({ machine: machine.id, ports: all, how }, signal)) ?? NO_LOCKDOWN;
    return { machine, ports, open, plan };
  } catch (error) {
    deps.log.info({ machine: machine.id, error }, 'what protecting would change could not be read');
    return { machine, ports: [], open: [], plan: NO_LOCKDOWN, fault: say`${sayOf(error, 'in the log').line}` };
  }
}
