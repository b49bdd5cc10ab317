import { JitError } from '../../core/errors/errors.ts';
import type { AuditSize } from '../../ports/audit.ts';
import type { Deps } from '../deps.ts';

/** From this share of the memory on, operators are told. */
export const ALARM_SHARE = 0.7;
/** From this one on, nothing new is taken: what is left is for deciding and closing. */
export const FULL_SHARE = 0.85;

/** How much of its memory the store uses, all of it at most: a limit may be set below what is used. Undefined where it does not say. */
export function shareOf({ usedBytes, mostBytes }: AuditSize): number | undefined {
  return usedBytes === undefined || mostBytes === undefined ? undefined : Math.min(1, usedBytes / mostBytes);
}

/** Throws `storeFull` long before there is no memory left to close what is open. */
export async function mustHaveRoom({ audit }: Pick<Deps, 'audit'>): Promise<void> {
  const share = shareOf(await audit.size());
  if (share !== undefined && share >= FULL_SHARE) throw new JitError('storeFull', { percent: Math.floor(100 * share) });
}
