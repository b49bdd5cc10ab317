import { DAY_MS, type Instant } from '../language/instant.ts';
import type { MachineId } from '../machine/machine.ts';
import type { Earlier, Request } from './request.ts';

/** Of so many of somebody's last requests it is counted. */
export const LOOKED_BACK = 50;

/** How often the same person asked for this machine within the last day, and was denied; undefined where they did not. */
export function earlierOf(recent: readonly Request[], machine: MachineId, now: Instant): Earlier | undefined {
  const same = recent.filter((one) => one.machine === machine && one.askedAt > now - DAY_MS && !one.offer?.accepted);
  const denied = same.filter(({ status }) => status === 'denied').length;
  return same.length === 0 ? undefined : { count: same.length, denied };
}

/** The tags that the configuration names, as the machine has them. */
export function shownTags(
  tags: Readonly<Record<string, string>>,
  named: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const own = named.flatMap((key) => (Object.hasOwn(tags, key) ? [[key, tags[key] ?? ''] as const] : []));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}
