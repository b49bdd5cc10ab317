import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { outcomeOf, outcomesOf } from '../../../src/kit/outcome.ts';
import { type Polling, pollUntil } from '../../../src/kit/poll.ts';
import { CLOUD, isLocked, isNotFound, isSilent, isUndeletable } from '../errors.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import type { GroupRule } from './groups.ts';
import { partsOf } from './ids.ts';

/** How often it is looked whether the rules are gone, and at what distance. */
const TRIES = 10;
const BETWEEN_MS = SECOND_MS;
/** How often a group that takes no write yet is asked again before the next one has its turn, and at what distance. */
const BUSY: Omit<Polling, 'signal'> = { tries: 20, betweenMs: SECOND_MS / 2 };

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
    const { failed } = await outcomesOf(byGroup, (rules) => deleteEach(azure, site, rules, { allowed, instead }));
    // What was not answered may have been done. A group that somebody else writes to was waited for long enough.
    for (const { error } of failed) {
      if (!isSilent(error)) throw error;
      trouble = error;
    }
    left = await again();
    if (left.length > 0 && isSilent(trouble)) throw trouble;
    return left.length === 0 ? { done: undefined } : { notYet: trouble };
  });
}

interface Telling {
  /** Azure took the deletion, or has no such rule. */
  gone?(rule: GroupRule): void;
}

/**
 * One after the other, also of those who close on other machines behind the same group: it takes one write at a time. It is
 * read back, so the end of the operation is not waited for, except by the next one.
 */
export async function deleteEach(
  azure: Azure,
  site: Subscription,
  rules: readonly GroupRule[],
  { allowed, instead, gone }: Pick<Deleting, 'instead'> & Telling & { readonly allowed: Allowed },
): Promise<void> {
  for (const rule of rules) {
    const { group, name } = partsOf(rule.group);
    try {
      await azure.turns.inTurn(`rules of ${rule.group}`, () =>
        pollUntil({ ...BUSY, signal: allowed.signal }, azure, async () => {
          const deleted = await outcomeOf(() =>
            site.change(allowed, ({ network }, options) =>
              network.securityRules.delete(group, name, rule.name, options).submitted(),
            ),
          );
          if (deleted.ok) return { done: undefined };
          if (!isLocked(deleted.error)) throw deleted.error;
          return { notYet: deleted.error };
        }),
      );
      gone?.(rule);
    } catch (error) {
      if (isUndeletable(error) && instead) await instead(rule, error);
      else if (!isNotFound(error)) throw error;
      else gone?.(rule);
    }
  }
}
