import type { Placement, Rule } from '../../src/core/rule/rule.ts';
import type { Azure } from './arm/context.ts';
import type { SeenPresent } from './backend.ts';
import { refuseLocked } from './locks.ts';
import type { Look } from './reading.ts';
import { refuseUnread } from './unread.ts';

/** Where rules of a machine that was looked at will be written. Throws what would keep them from being closed again. */
export async function locateIn(
  azure: Azure,
  found: Look<SeenPresent>,
  rules: readonly Rule[],
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  refuseUnread(found);
  const placements = await found.current.locate(found.seen, rules, signal);
  await refuseLocked(azure, found, signal);
  return placements;
}
