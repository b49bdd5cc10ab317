import type { Instant } from '../language/instant.ts';
import { scheduled, step } from './life.ts';
import type { Activating, Refused, Scheduled } from './request.ts';

/** When it is over, whenever it was approved or opened. */
export function endOfStart({ startsAt, forMs, early }: Pick<Scheduled, 'startsAt' | 'forMs' | 'early'>): Instant {
  return early?.until ?? startsAt + forMs;
}

/** Its time has come, however late that is seen: the end stays what was asked for. */
export function begun(request: Scheduled, now: Instant): Activating {
  const { startsAt: from } = request;
  const lease = { from, until: endOfStart(request), placements: [] };
  return scheduled({ ...request, ...step(request, 'begun', now), status: 'activating', lease }, now);
}

/** Nobody looked before its time was over. */
export function missed(request: Scheduled, now: Instant): Refused {
  const { lookAt: _, ...rest } = request;
  return { ...rest, ...step(request, 'missed', now), status: 'expired' };
}
