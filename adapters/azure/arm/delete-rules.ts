import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { CLOUD, isLocked, isNotFound, isSilent } from '../errors.ts';
import type { Allowed, Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import { type ArmId, partsOf } from './ids.ts';
import type { GroupRule } from './reading.ts';

/** How often it is looked whether the rules are gone, and at what distance. */
const TRIES = 10;
const BETWEEN_MS = SECOND_MS;

/** Deletes what was found until `again` finds nothing more. */
export async function deleteUntilGone(
  azure: Azure,
  site: Subscription,
  found: readonly GroupRule[],
  again: () => Promise<readonly GroupRule[]>,
  allowed: Allowed,
): Promise<void> {
  let left = found;
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD });
  for (let tries = 1; left.length > 0; tries += 1) {
    if (tries > TRIES) throw trouble;
    if (tries > 1) await azure.pause(BETWEEN_MS, allowed.signal);
    const byGroup = Map.groupBy(left, ({ group }) => group);
    const done = await Promise.allSettled(
      [...byGroup].map(([group, rules]) =>
        deleteFrom(
          site,
          group,
          rules.map(({ name }) => name),
          allowed,
        ),
      ),
    );
    const failed = done.find((one) => one.status === 'rejected');
    // What was not answered may have been done, and a group that somebody else writes to is free again soon.
    if (failed) {
      if (!isLocked(failed.reason) && !isSilent(failed.reason)) throw failed.reason;
      trouble = failed.reason;
    }
    left = await again();
    if (left.length > 0 && isSilent(trouble)) throw trouble;
  }
}

/** One after the other: a group takes one write at a time. It is read back, so the end of the operation is not waited for. */
export async function deleteFrom(
  site: Subscription,
  id: ArmId,
  names: readonly string[],
  allowed: Allowed,
): Promise<void> {
  const { group, name } = partsOf(id);
  for (const rule of names) {
    try {
      await site.change(allowed, ({ network }, options) =>
        network.securityRules.delete(group, name, rule, options).submitted(),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
