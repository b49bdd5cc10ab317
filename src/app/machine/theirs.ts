import { JitError } from '../../core/errors/errors.ts';
import { cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Deps } from '../deps.ts';

/**
 * Does this error say that a place is not configured here, while processes live that go by another configuration, as in a deploy? They may
 * have it: what is to be done there stays due for them, and nobody is told of it or has to wait for it longer.
 */
export async function isTheirs(deps: Pick<Deps, 'mustAgree'>, error: unknown): Promise<boolean> {
  if (!(error instanceof JitError && error.code === 'notConfigured')) return false;
  try {
    await deps.mustAgree?.();
    return false;
  } catch {
    return true;
  }
}

/** The same before anything is locked, asked of a cloud, or written into the audit. */
export async function isOfOthers(deps: Pick<Deps, 'clouds' | 'mustAgree'>, machine: MachineId): Promise<boolean> {
  try {
    deps.clouds.get(cloudOf(machine))?.mustHave?.(machine);
    return false;
  } catch (error) {
    return isTheirs(deps, error);
  }
}
