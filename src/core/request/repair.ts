import type { Instant } from '../language/instant.ts';
import type { Moment, Request } from './request.ts';

/** What somebody took away, or put in the way of it, was put right. */
export function isRepair({ event }: Moment): boolean {
  return event === 'reattached' || event === 'followed';
}

/** When what lets it in was put back last, after somebody had taken it away; undefined when nobody did. */
export function reattachedAt({ timeline }: Request): Instant | undefined {
  return timeline.findLast(isRepair)?.at;
}
