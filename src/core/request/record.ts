import type { Instant } from '../language/instant.ts';
import type { MachineId } from '../machine/machine.ts';
import { placementKey } from '../rule/rule.ts';
import { isApproved, placementsOf, type Request } from './request.ts';

/** All that a store keeps beside a request, derived from it alone: written in the same script as the record. */
export interface Indexes {
  readonly machine: MachineId;
  readonly requester: string;
  readonly askedAt: Instant;
  /** Still to be looked at: in `live`, in the machine's own set with its time, and so in the due index. */
  readonly lookAt?: Instant;
  /** Keys of the placements, for the patrol, and how long they are worth knowing. */
  readonly placed: readonly string[];
  readonly placedUntil: Instant;
  /** Offered the next time: a person's own address, or the name of a source. Absent where it is the subnet of a Bastion. */
  readonly source?: string;
  /** When it was approved, if it was: who opened which machine last. */
  readonly approvedAt?: Instant;
}

const REMEMBER_PLACED_MS = 2 * 24 * 60 * 60 * 1_000;

export function indexesOf(request: Request): Indexes {
  return {
    machine: request.machine,
    requester: request.requester.id,
    askedAt: request.askedAt,
    ...('lookAt' in request && request.lookAt !== undefined ? { lookAt: request.lookAt } : {}),
    placed: placementsOf(request).map(placementKey),
    placedUntil: (isApproved(request) ? request.lease.until : request.askedAt) + REMEMBER_PLACED_MS,
    ...(request.bastion === undefined ? { source: request.sourceName ?? request.source } : {}),
    ...(isApproved(request) ? { approvedAt: request.lease.from } : {}),
  };
}
