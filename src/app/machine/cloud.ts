import { JitError } from '../../core/errors/errors.ts';
import { type CloudName, cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Cloud } from '../../ports/cloud.ts';

/** How long a person waits for an inventory or a look at a machine. */
const ANSWER_MS = 10_000;

export function answerInTime(): AbortSignal {
  return AbortSignal.timeout(ANSWER_MS);
}

export function cloudFor<C = Cloud>(deps: { readonly clouds: ReadonlyMap<CloudName, C> }, machine: MachineId): C {
  const cloud = deps.clouds.get(cloudOf(machine));
  if (!cloud) throw new JitError('unknownMachine', { typed: machine, near: 'That cloud is not configured.' });
  return cloud;
}
