import { JitError } from '../core/errors.ts';
import { isMeant, type Person } from '../core/person.ts';
import { isInForce } from '../core/workflow.ts';
import type { MachineState } from '../ports/cloud.ts';
import type { Deps } from './deps.ts';
import { answerInTime, cloudFor, inventory, match } from './find.ts';
import { whileProtecting } from './protect.ts';

/**
 * Ends the protection of a machine: what protecting wrote is taken away, and nobody can ask for its ports any more.
 * Refused with `stillLeased` while somebody has access, or access is being closed. `person` is absent for the command line.
 */
export async function unprotect(deps: Deps, typed: string, person?: Person): Promise<MachineState> {
  if (person && !isMeant(person, deps.rules.protectors)) throw new JitError('notProtector');
  const machine = match(await inventory(deps, answerInTime()), typed);
  return whileProtecting(deps, machine, async (signal) => {
    const { requests } = await deps.store.liveOn(machine.id);
    const using = requests.find(({ status }) => isInForce(status) || status === 'closing');
    if (using) throw new JitError('stillLeased', { machine: machine.name, request: using.id });
    return cloudFor(deps, machine.id).unprotect(machine.id, signal);
  });
}
