import type { Instant } from '../../core/language/instant.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { isInForce, placementsOf } from '../../core/request/request.ts';
import { placementKey } from '../../core/rule/rule.ts';
import type { Found } from '../../ports/cloud.ts';
import type { Store } from '../../ports/store.ts';
import { soon } from '../soon.ts';
import type { Remembered } from './memory.ts';

/** A store that does not answer soon is not asked. */
const ASK_MS = 2_000;
/** Machines asked about at a time. */
const TOGETHER = 20;

/** The latest ends of leases that the store says are in force, by the keys of their placements. */
export type InForceUntil = ReadonlyMap<string, Instant>;

/**
 * Why a rule goes, in words for the audit; undefined where it stays. `inForceUntil` is what a store said that could be read
 * just now, `remembered` what this process knows of before.
 */
export function whyGo(
  { mark, until, cloudNow }: Found,
  remembered: Remembered | undefined,
  inForceUntil: Instant | undefined,
): string | undefined {
  if (inForceUntil !== undefined && (cloudNow === undefined || inForceUntil > cloudNow)) return undefined;
  const isMarked = mark === 'valid' && until !== undefined;
  // A revocation beats a mark; but one that ends later than what was revoked is another lease's.
  if (remembered?.isRevoked && (!isMarked || until <= remembered.until)) return 'it was revoked';
  if (cloudNow === undefined) return undefined;
  if (isMarked) return until <= cloudNow ? 'its time is over' : undefined;
  // A remembered end counts only where no mark says otherwise.
  return remembered && remembered.until <= cloudNow ? 'its time is over, as far as it is remembered' : undefined;
}

/** Asks a store that can be read, though not written, what is in force on these machines. One that is away says nothing. */
export async function askStore(store: Store, machines: readonly MachineId[]): Promise<InForceUntil> {
  const known = new Map<string, Instant>();
  try {
    for (let from = 0; from < machines.length; from += TOGETHER) {
      const asking = machines.slice(from, from + TOGETHER).map((machine) => store.liveOn(machine));
      const answers = await soon(Promise.all(asking), ASK_MS);
      for (const request of answers.flatMap(({ requests }) => requests)) {
        // Of what nobody here wrote, the mark says until when.
        if (!isInForce(request) || request.isUnsealed) continue;
        for (const key of placementsOf(request).map(placementKey))
          known.set(key, Math.max(known.get(key) ?? 0, request.lease.until));
      }
    }
    return known;
  } catch {
    return known;
  }
}
