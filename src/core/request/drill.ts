import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import type { Proof } from './lease.ts';
import { lookAt } from './owes.ts';
import type { Activating } from './request.ts';
import type { Who } from './review.ts';

/** The patrol's period and 20 s, as docs/reliability.md promises for closing without Redis: a killed process may cost no more. */
export const DRILL_BOUND_MS = 3 * MINUTE_MS + 20 * SECOND_MS;
/** A drill that has no outcome so long after its end has lost the process that watched it. */
const LOST_MS = MINUTE_MS;

/** A drill, as far as it has come: a canary is opened, whoever closes it is killed, and it is watched who closes it then. */
export interface Drill {
  /** The canary's id. */
  readonly request: string;
  readonly machineName: string;
  /** `port 22 from 192.0.2.1`. */
  readonly what: string;
  readonly by: Who;
  readonly startedAt: Instant;
  readonly dueAt: Instant;
  /** When the cloud was read and had it. */
  readonly openedAt?: Instant;
  readonly killedAt?: Instant;
  readonly closedAt?: Instant;
  readonly proof?: Proof['verdict'];
  /** The cloud's own clock, in the answer that no longer had it. */
  readonly cloudAt?: Instant;
  /** Who closed it. */
  readonly closer?: string;
  /** Absent while it is under way. */
  readonly outcome?: 'passed' | 'failed';
  /** Why it failed, as a sentence. */
  readonly why?: string;
}

/** Its lease is over, and whoever watched it is gone. */
export function isLost({ outcome, dueAt }: Drill, now: Instant): boolean {
  return outcome === undefined && now > dueAt + DRILL_BOUND_MS + LOST_MS;
}

/** How long after its end it was proven closed, in milliseconds. */
export function drillLateness({ dueAt, closedAt }: Drill): number | undefined {
  return closedAt === undefined ? undefined : Math.max(0, closedAt - dueAt);
}

type Wanted = Pick<
  Activating,
  'id' | 'askedAt' | 'requester' | 'machine' | 'machineName' | 'location' | 'identity' | 'ports' | 'source' | 'forMs'
>;

/** The lease of a drill. No policy and no approval stands behind it: it is opened where `drill` in the settings says so, and nowhere else. */
export function canary(wanted: Wanted): Activating {
  const { askedAt: at, requester, forMs } = wanted;
  const request: Activating = {
    ...wanted,
    version: 1,
    status: 'activating',
    drill: true,
    justification: 'Drill',
    policies: [],
    asked: [],
    places: [],
    reviews: [],
    standing: [],
    timeline: [{ at, event: 'drill', by: requester.id }],
    lease: { from: at, until: at + forMs, placements: [] },
    lookAt: at,
  };
  return { ...request, lookAt: lookAt(request, at) };
}
