import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import { type Azure, siteIn } from './arm/context.ts';
import { scopeText } from './arm/ids.ts';
import { lockOver, type ManagementLock, recentLocks } from './arm/locks.ts';
import type { SeenPresent } from './backend.ts';
import type { Look } from './reading.ts';

type Found = Pick<Look<SeenPresent>, 'seen' | 'current'>;

/**
 * What management locks say beforehand: what cannot be closed again is not opened. Where only deleting is forbidden, a rule
 * of our own can still be turned into one that denies, and the approver is told so.
 */
export async function lockState(
  azure: Azure,
  { seen, current }: Found,
  signal: AbortSignal,
): Promise<Pick<MachineState, 'against' | 'warnings'>> {
  const edits = current.edits(seen);
  // A firewall, and its policy, may be in another subscription than the machine.
  const sites = new Set(edits.flatMap(({ id }) => siteIn(azure, id) ?? []));
  const locks = (await Promise.all([...sites].map((site) => recentLocks(azure, site, signal)))).flat();
  if (locks.length === 0) return {};
  const over = edits.flatMap(({ id, endsBy }) => {
    const lock = lockOver(locks, id);
    return lock ? [{ lock, isHeld: lock.isReadOnly || endsBy === 'delete' }] : [];
  });
  const held = over.find(({ isHeld }) => isHeld)?.lock;
  if (held) return { against: [refusal(held, seen)] };
  const [kept] = over;
  return kept ? { warnings: [warning(kept.lock)] } : {};
}

/** Throws `lockedAgainst` for a machine that could not be closed again. */
export async function refuseLocked(azure: Azure, found: Found, signal: AbortSignal): Promise<void> {
  const [held] = (await lockState(azure, found, signal)).against ?? [];
  if (held) throw held;
}

function refusal({ name, scope }: ManagementLock, { vm }: SeenPresent): JitError {
  return new JitError('lockedAgainst', { lock: name, scope: scopeText(scope), machine: vm.machine.name });
}

function warning({ name, scope }: ManagementLock): string {
  return `The lock “${name}” on ${scopeText(scope)} forbids deleting rules. At the end Drawbridge turns its rule into one that denies; it stays until the lock is gone.`;
}
