import { JitError } from '../../core/errors/errors.ts';
import { cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Deps } from '../deps.ts';

/**
 * Does this error say that a place is not configured here, while processes live that go by another configuration, as in a deploy? They may
 * have it: what is to be done there stays due for them, and nobody is told of it or has to wait for it longer.
 */
export async function isTheirs(deps: Pick<Deps, 'mustAgree'>, error: unknown): Promise<boolean> {
  return error instanceof JitError && error.code === 'notConfigured' && (await mayDiffer(deps));
}

/** The same before anything is locked, asked of a cloud, or written into the audit. */
export async function isOfOthers(deps: Pick<Deps, 'clouds' | 'mustAgree'>, machine: MachineId): Promise<boolean> {
  return !isHere(deps, machine) && (await mayDiffer(deps));
}

/** Where nobody can tell, they may. */
async function mayDiffer({ mustAgree }: Pick<Deps, 'mustAgree'>): Promise<boolean> {
  try {
    await mustAgree?.();
    return false;
  } catch {
    return true;
  }
}

/** Is its place configured here? Asks nothing of the cloud. */
export function isHere({ clouds }: Pick<Deps, 'clouds'>, machine: MachineId): boolean {
  const cloud = clouds.get(cloudOf(machine));
  try {
    cloud?.mustHave?.(machine);
    return cloud !== undefined;
  } catch {
    return false;
  }
}
