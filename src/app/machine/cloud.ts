import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import { CLOUD_NAMES, type CloudName, cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Placement, Rule } from '../../core/rule/rule.ts';
import type { Cloud, CloudAdapter, MachineState } from '../../ports/cloud.ts';

/** How long a person waits for an inventory or a look at a machine. */
const ANSWER_MS = 10_000;

export function answerInTime(): AbortSignal {
  return AbortSignal.timeout(ANSWER_MS);
}

/** Where these rules of a machine will be written, by what was just read of it where that is known. */
export async function locateBy(
  cloud: CloudAdapter,
  state: MachineState | undefined,
  rules: readonly Rule[],
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  return (await state?.locate?.(rules, signal)) ?? cloud.locate(rules, signal);
}

export function cloudFor<C = Cloud>(deps: { readonly clouds: ReadonlyMap<CloudName, C> }, machine: MachineId): C {
  const cloud = deps.clouds.get(cloudOf(machine));
  if (!cloud)
    throw new JitError('unknownMachine', {
      typed: machine,
      near: say`Drawbridge is not set up for ${CLOUD_NAMES[cloudOf(machine)]}.`,
    });
  return cloud;
}
