import type { Instant } from '../../src/core/language/instant.ts';
import type { Approval } from '../../src/ports/store.ts';
import { KEEP } from '../../src/redis/limits.ts';

export type KeptApproval = Approval & { readonly id: string };

/** The newest first, each request once. */
export function withApproval(
  all: readonly KeptApproval[],
  approval: KeptApproval,
  now: Instant,
): readonly KeptApproval[] {
  if (all.some(({ id }) => id === approval.id)) return all;
  return [...all, approval]
    .filter(({ at }) => at > now - KEEP.endedMs)
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    .slice(0, KEEP.approvals);
}
