import type { Instant } from '../language/instant.ts';
import type { Early } from './early.ts';
import { scheduled } from './life.ts';
import type { Request } from './request.ts';

/** The same commit, with an earlier end. Of what an approver saw nothing changes: they approved at most so long. */
export function endingEarly(request: Request, early: Early, now: Instant): Request {
  const { until } = early;
  if (request.status === 'activating') return scheduled({ ...request, early, lease: { ...request.lease, until } }, now);
  if (request.status === 'active') return scheduled({ ...request, early, lease: { ...request.lease, until } }, now);
  return { ...request, early };
}
