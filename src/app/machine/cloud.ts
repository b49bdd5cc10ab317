import { JitError } from '../../core/errors/errors.ts';
import { cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';

/** How long a person waits for an inventory or a look at a machine. */
const ANSWER_MS = 10_000;

export function answerInTime(): AbortSignal {
  return AbortSignal.timeout(ANSWER_MS);
}

export function cloudFor(deps: Deps, machine: MachineId): Cloud {
  const cloud = deps.clouds.get(cloudOf(machine));
  if (!cloud) throw new JitError('unknownMachine', { typed: machine, near: 'That cloud is not configured.' });
  return cloud;
}
