import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { outcomesOf } from '../../../src/kit/outcome.ts';
import { pollUntil } from '../../../src/kit/poll.ts';
import { CLOUD, isLocked, isNotFound, isSilent, isUndeletable } from '../errors.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import type { GroupRule } from './groups.ts';
import { partsOf } from './ids.ts';

/** How often it is looked whether the rules are gone, and at what distance. */
const TRIES = 10;
const BETWEEN_MS = SECOND_MS;

/** What is to go, and what is done instead where a lock or a policy forbids deleting (`instead` throws where nothing can be). */
export interface Deleting {
  readonly found: readonly GroupRule[];
  again(): Promise<readonly GroupRule[]>;
  instead?(rule: GroupRule, why: unknown): Promise<void>;
}

/** Deletes what was found until `again` finds nothing more. */
export async function deleteUntilGone(
  azure: Azure,
  site: Subscription,
  { found, again, instead }: Deleting,
  allowed: Allowed,
): Promise<void> {
  let left = found;
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD });
  if (left.length === 0) return;
  await pollUntil({ tries: TRIES, betweenMs: BETWEEN_MS, signal: allowed.signal }, azure, async () => {
    const byGroup = [...Map.groupBy(left, ({ group }) => group).values()];
    const { failed } = await outcomesOf(byGroup, (rules) => deleteEach(site, rules, allowed, instead));
    // What was not answered may have been done, and a group that somebody else writes to is free again soon.
    for (const { error } of failed) {
      if (!isLocked(error) && !isSilent(error)) throw error;
      trouble = error;
    }
    left = await again();
    if (left.length > 0 && isSilent(trouble)) throw trouble;
    return left.length === 0 ? { done: undefined } : { notYet: trouble };
  });
}

/** One after the other: a group takes one write at a time. It is read back, so the end of the operation is not waited for. */
export async function deleteEach(
  site: Subscription,
  rules: readonly GroupRule[],
  allowed: Allowed,
  instead?: Deleting['instead'],
): Promise<void> {
  for (const rule of rules) {
    const { group, name } = partsOf(rule.group);
    try {
      await site.change(allowed, ({ network }, options) =>
        network.securityRules.delete(group, name, rule.name, options).submitted(),
      );
    } catch (error) {
      if (isUndeletable(error) && instead) await instead(rule, error);
      else if (!isNotFound(error)) throw error;
    }
  }
}
