import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';

/** Priorities of custom rules ("Network security groups overview"): lower goes first, each once in a direction. */
const FIRST = 100;
export const LAST = 4096;
/** Where rules of leases begin: Defender takes 100 and what follows. */
const USUAL = 150;

/** The number for an allow rule: before the first rule that would deny the same; undefined when there is none left. */
export function priorityToAllow(rules: readonly NsgRule[], denies: (rule: NsgRule) => boolean): number | undefined {
  const custom = rules.filter(({ priority }) => priority <= LAST);
  const end = Math.min(LAST + 1, ...custom.filter(denies).map(({ priority }) => priority));
  const taken = new Set(custom.map(({ priority }) => priority));
  return free(USUAL, end, taken) ?? free(FIRST, Math.min(USUAL, end), taken);
}

/**
 * The number for a deny rule: as late as can be, so that the customer's own rules for these ports keep their say.
 * Undefined when one of these stands at the very end.
 */
export function priorityToDeny(rules: readonly NsgRule[], concerns: (rule: NsgRule) => boolean): number | undefined {
  const custom = rules.filter(({ priority }) => priority <= LAST);
  const taken = new Set(custom.map(({ priority }) => priority));
  const begin = Math.max(FIRST, ...custom.filter(concerns).map(({ priority }) => priority + 1));
  for (let priority = LAST; priority >= begin; priority -= 1) if (!taken.has(priority)) return priority;
  return undefined;
}

/** Nothing of ours fits before, or behind, a rule of somebody else. */
export function noPlace(where: 'before' | 'behind', rule: NsgRule | undefined, group: ArmId): JitError {
  const { name } = partsOf(group);
  const named = rule ? say`rule ${rule.name} (${String(rule.priority)}) of ${name}` : say`the rules of ${name}`;
  return new JitError('azureInTheWay', {
    why: where === 'before' ? say`no priority is free before ${named}` : say`no priority is free behind ${named}`,
  });
}

/** The last number that is free. */
export function lastFree(rules: readonly NsgRule[]): number | undefined {
  return priorityToDeny(rules, () => false);
}

/**
 * The number for a deny rule that closes what others opened: right before their first, with a number left in front of it
 * for leases. Undefined when there is none.
 */
export function priorityBefore(rules: readonly NsgRule[], end: number): number | undefined {
  const taken = new Set(rules.map(({ priority }) => priority));
  for (let priority = end - 1; priority > FIRST; priority -= 1)
    if (!taken.has(priority)) return free(FIRST, priority, taken) === undefined ? undefined : priority;
  return undefined;
}

function free(from: number, end: number, taken: ReadonlySet<number>): number | undefined {
  for (let priority = from; priority < end; priority += 1) if (!taken.has(priority)) return priority;
  return undefined;
}
