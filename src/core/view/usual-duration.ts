import { parseDuration } from '../language/duration.ts';
import { HOUR_MS } from '../language/instant.ts';

/** What a form begins with: an hour where it is offered, else the longest that is not longer, else the shortest. The shortest comes first. */
export function usualDuration(offered: readonly string[]): string | undefined {
  const within = offered.filter((text) => (parseDuration(text) ?? Number.POSITIVE_INFINITY) <= HOUR_MS);
  return within.at(-1) ?? offered[0];
}
