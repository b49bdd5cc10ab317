import { JitError } from '../core/errors.ts';
import type { Machine } from '../core/machine.ts';
import type { Person } from '../core/person.ts';
import { type Port, samePort } from '../core/port.ts';
import { isInForce } from '../core/workflow.ts';
import type { MachineState } from '../ports/cloud.ts';
import type { Deps } from './deps.ts';
import { answerInTime, cloudFor, inventory, match } from './find.ts';
import { mayProtect, whileProtecting } from './protect.ts';

/**
 * Ends the protection of a machine: what protecting wrote is taken away, and nobody can ask for its ports any more.
 * Refused with `stillLeased` while somebody has access, or access is being closed. `person` is absent for the command line.
 */
export async function unprotect(deps: Deps, typed: string, person?: Person): Promise<MachineState> {
  mayProtect(deps, person);
  const machine = match(await inventory(deps, answerInTime()), typed);
  return whileProtecting(deps, machine, async (signal) => {
    await refuseLeased(deps, machine);
    return cloudFor(deps, machine.id).unprotect(machine.id, signal);
  });
}

/** Throws `stillLeased` while somebody has access to one of these ports, any port unless told, or it is being closed. */
export async function refuseLeased(deps: Deps, machine: Machine, ports?: readonly Port[]): Promise<void> {
  const { requests } = await deps.store.liveOn(machine.id);
  const using = requests.find(
    (request) =>
      (isInForce(request.status) || request.status === 'closing') &&
      (!ports || request.ports.some((port) => ports.some((one) => samePort(one, port)))),
  );
  if (using) throw new JitError('stillLeased', { machine: machine.name, request: using.id });
}
