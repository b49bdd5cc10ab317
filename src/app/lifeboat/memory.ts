import type { Instant } from '../../core/language/instant.ts';
import { isInForce, placementsOf, type Request } from '../../core/request/request.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';

/** A few kilobytes each. */
const MOST = 20_000;

/** What a process remembers of one spot. */
export interface Remembered {
  readonly placement: Placement;
  /** The latest end of the leases on it. */
  readonly until: Instant;
  /** Every lease on it was taken back before its end, or failed. */
  readonly isRevoked: boolean;
}

/** A lease that must not be open. */
export interface Revoked {
  readonly id: string;
  readonly placements: readonly Placement[];
}

interface Kept {
  readonly version: number;
  readonly isInForce: boolean;
  readonly isRevoked: boolean;
  readonly until: Instant;
  readonly placements: readonly Placement[];
}

/** What a process remembers of the leases that it came across, to be able to close without the store: the newest, and so many at most. */
export class LeaseMemory {
  readonly #leases = new Map<string, Kept>();
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  get size(): number {
    return this.#leases.size;
  }

  see(request: Request): void {
    const { id, version } = request;
    const before = this.#leases.get(id);
    // What is older, as from a store that went back, changes nothing: a revocation stays remembered.
    if (before && before.version >= version) return;
    this.#leases.delete(id);
    const isOwed = isInForce(request) || request.status === 'closing';
    if (!isOwed || placementsOf(request).length === 0) return;
    this.#leases.set(id, {
      version,
      isInForce: isInForce(request),
      isRevoked: request.status === 'closing' && request.ending.why !== 'elapsed',
      until: request.lease.until,
      placements: request.lease.placements,
    });
    const [oldest] = this.#leases.keys();
    if (this.#leases.size > this.#most && oldest !== undefined) this.#leases.delete(oldest);
  }

  /** Leases that were taken back, or failed, as far as they are not known to be closed. */
  revoked(): readonly Revoked[] {
    return [...this.#leases].flatMap(([id, { isRevoked, placements }]) => (isRevoked ? [{ id, placements }] : []));
  }

  /** By the keys of their placements. */
  spots(): ReadonlyMap<string, Remembered> {
    const spots = new Map<string, Remembered & { readonly isInForce: boolean }>();
    for (const { placements, ...lease } of this.#leases.values()) {
      for (const placement of placements) {
        const key = placementKey(placement);
        const before = spots.get(key);
        // Whoever is in force counts before all who are not.
        if (before?.isInForce && !lease.isInForce) continue;
        const isSame = before?.isInForce === lease.isInForce;
        spots.set(key, {
          placement: { ...before?.placement, ...placement },
          until: isSame ? Math.max(before.until, lease.until) : lease.until,
          isRevoked: isSame ? before.isRevoked && lease.isRevoked : lease.isRevoked,
          isInForce: lease.isInForce,
        });
      }
    }
    return spots;
  }
}
