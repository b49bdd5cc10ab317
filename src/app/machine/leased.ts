import { JitError } from '../../core/errors/errors.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { isInForce } from '../../core/request/request.ts';
import { type Port, samePort } from '../../core/rule/port.ts';
import type { Deps } from '../deps.ts';

/** Throws `stillLeased` while somebody has access to one of these ports, any port unless told, or it is being closed. */
export async function refuseLeased(deps: Deps, machine: Machine, ports?: readonly Port[]): Promise<void> {
  const { requests } = await deps.store.liveOn(machine.id);
  const using = requests.find(
    (request) =>
      (isInForce(request) || request.status === 'closing') &&
      (!ports || request.ports.some((port) => ports.some((one) => samePort(one, port)))),
  );
  if (!using) return;
  const choices = isInForce(using) ? [using.id] : [];
  throw new JitError('stillLeased', { machine: machine.name, request: using.id }, { choices });
}
