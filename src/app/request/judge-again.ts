import { JitError } from '../../core/errors/errors.ts';
import type { Person } from '../../core/people/person.ts';
import { judge, type Policy } from '../../core/policy/policy.ts';
import type { Request } from '../../core/request/request.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';

/** The requester and the machine as they are now. Whoever left or whatever is gone makes it a refusal. */
export async function present(
  deps: Deps,
  request: Request,
): Promise<{ readonly requester: Person; readonly state: MachineState }> {
  const requester = await deps.directory.byId(request.requester.id);
  if (!requester) throw new JitError('noPolicy', { machine: request.machineName });
  try {
    return { requester, state: await cloudFor(deps, request.machine).look(request.machine, answerInTime()) };
  } catch (error) {
    const gone = error instanceof JitError && error.code === 'machineGone';
    throw gone ? new JitError('machineGone', { machine: request.machineName }, { cause: error }) : error;
  }
}

/** The policy that allows this now: the one of the request if it still does, else any other that does. Throws what is against it. */
export function policyNow(
  deps: Deps,
  request: Request,
  requester: Person,
  { machine, cutsSessions = false }: MachineState,
  forMs: number,
): Policy {
  const first = deps.rules.policies.filter((policy) => request.policies.includes(policy.name));
  const others = deps.rules.policies.filter((policy) => !request.policies.includes(policy.name));
  return judge([...first, ...others], {
    person: requester,
    machine,
    ports: request.ports,
    source: request.source,
    isBastion: request.bastion !== undefined,
    forMs,
    cutsSessions,
  });
}
