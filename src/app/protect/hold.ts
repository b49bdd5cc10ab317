import type { Machine } from '../../core/machine/machine.ts';
import type { CloudAdapter } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';

const PROTECT_MS = 60_000;
const WAIT_MS = 20_000;

/** What is written for a machine, and where others' rules are edited what it shares with other machines. */
export async function keysOf(deps: Deps, { id }: Machine, locksDown: boolean): Promise<readonly string[]> {
  const cloud = cloudFor(deps, id);
  const own = await cloud.protectKey(id, AbortSignal.timeout(PROTECT_MS));
  const shared = locksDown ? cloud.lockdownKey?.(id) : undefined;
  return shared === undefined || shared === own ? [own] : [own, shared];
}

/** Two people may protect, or stop protecting, at once, on two replicas, and machines share what is written for them. */
export async function whileProtecting<T>(
  deps: Deps,
  machine: Machine,
  work: (signal: AbortSignal) => Promise<T>,
  { forMs = PROTECT_MS, locksDown = false } = {},
): Promise<T> {
  const signal = AbortSignal.timeout(forMs);
  return holding(deps, cloudFor(deps, machine.id), await keysOf(deps, machine, locksDown), { signal, work });
}

interface Holding<T> {
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => Promise<T>;
}

export function holding<T>(
  deps: Deps,
  { limits }: Pick<CloudAdapter, 'limits'>,
  keys: readonly string[],
  { signal, work }: Holding<T>,
): Promise<T> {
  const options = { ttlMs: 2 * limits.callMs, waitMs: WAIT_MS, closing: false, signal };
  const names = keys.map((key) => `protect:${key}`);
  return deps.lock.hold(names, options, (held) => work(AbortSignal.any([held.signal, signal])));
}
