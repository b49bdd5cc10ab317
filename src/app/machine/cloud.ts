import { JitError } from '../../core/errors/errors.ts';
import { cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Person } from '../../core/people/person.ts';
import type { Bastions } from '../../ports/bastions.ts';
import type { CloudAdapter, Protector } from '../../ports/cloud.ts';
import type { Entitlement } from '../../ports/entitlement.ts';
import type { Lockdown } from '../../ports/lockdown.ts';
import type { Deps } from '../deps.ts';

/** How long a person waits for an inventory or a look at a machine. */
const ANSWER_MS = 10_000;

export function answerInTime(): AbortSignal {
  return AbortSignal.timeout(ANSWER_MS);
}

export function cloudFor(
  deps: Deps,
  machine: MachineId,
): CloudAdapter & Protector & Partial<Bastions & Lockdown & Entitlement> {
  const cloud = deps.clouds.get(cloudOf(machine));
  if (!cloud) throw new JitError('unknownMachine', { typed: machine, near: 'That cloud is not configured.' });
  return cloud;
}

/** Resolves when the machine's cloud, where it is asked, would let this person ask for it. Throws what is against it, or that it cannot be told. */
export async function mustBeEntitled(
  deps: Deps,
  person: Person,
  machine: MachineId,
  signal: AbortSignal,
): Promise<void> {
  await cloudFor(deps, machine).mayRequest?.(person, machine, signal);
}
