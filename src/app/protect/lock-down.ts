import { JitError } from '../../core/errors/errors.ts';
import { type LockdownWay, type Stay, stayText } from '../../core/machine/lockdown.ts';
import type { Machine } from '../../core/machine/machine.ts';
import type { Port } from '../../core/rule/port.ts';
import type { MachineState } from '../../ports/cloud.ts';
import { type Attempt, act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { without } from './facts.ts';

/** Others' rules are split and written one group after the other. */
export const CLOSE_MS = 240_000;

/** One machine that was protected, with what could not be closed of what others let stand open. */
export interface Done extends MachineState {
  readonly stays?: readonly Stay[];
}

/** Throws `cannotClose` where the cloud has no lockdown. */
export function closerFor(deps: Deps, id: Machine['id'], machine: string) {
  const { lockDown: close } = cloudFor(deps, id);
  if (!close) throw new JitError('cannotClose', { machine });
  return close;
}

/** Closes what others let stand open at these ports of a machine. Which of their rules went is seen by looking again. */
export async function lockDown(
  deps: Deps,
  attempt: Attempt & { readonly way: LockdownWay },
  { state, ports }: { readonly state: MachineState; readonly ports: readonly Port[] },
  signal: AbortSignal,
): Promise<Done> {
  const { id, name } = state.machine;
  return act(deps, attempt, async (closing) => {
    const close = closerFor(deps, id, name);
    await closing.begin({ ports, standing: state.standing });
    const stays = await close({ machine: id, ports, how: attempt.way }, deps.undo, signal);
    const after = await cloudFor(deps, id).look(id, signal);
    await closing.done({ standing: without(state.standing, after.standing), stays: stays.map(stayText) });
    return { ...after, stays };
  });
}
