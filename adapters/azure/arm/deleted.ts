import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Azure } from './context.ts';
import type { GroupRule } from './groups.ts';
import { RuleTimes } from './rule-times.ts';

/** A closing whose readings have to wait comes back within this time (`Pacing`). */
const KNOWN_MS = MINUTE_MS;

/** When Azure last took the deletion of a rule; one that is forgotten is asked away once more. */
const deletions = new RuleTimes(KNOWN_MS);

/** Azure took the deletion, or has no such rule; of a closing alone, until that is over. */
export function noteDeleted(azure: Azure, rule: GroupRule): void {
  deletions.note(azure, rule);
}

/** It is about to be written, or its closing is over: whoever closes it then asks it away again. */
export function forgetDeleted(azure: Azure, rule: GroupRule): void {
  deletions.forget(azure, rule);
}

/**
 * Did Azure take its deletion a moment ago? Then a closing that waits for its readings does not ask for it again: each one would take
 * from the deletions of others (`ArmQuotas`). What a reading shows is deleted all the same.
 */
export function wasJustDeleted(azure: Azure, rule: GroupRule): boolean {
  const age = deletions.age(azure, rule) ?? Number.NaN;
  return age >= 0 && age < KNOWN_MS;
}
