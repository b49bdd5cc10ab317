import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Azure } from './context.ts';
import type { GroupRule } from './groups.ts';

/** A closing whose readings have to wait comes back within this time (`Pacing`). */
const KNOWN_MS = MINUTE_MS;
/** So many are remembered; those that were deleted first are forgotten first, and then asked away once more. */
const MOST = 10_000;

/** When Azure last took the deletion of a rule from this process, by rule. */
const deletions = new WeakMap<Azure, Map<string, number>>();

function deletionsOf(azure: Azure): Map<string, number> {
  const known = deletions.get(azure) ?? new Map<string, number>();
  deletions.set(azure, known);
  return known;
}

function keyOf({ group, name }: GroupRule): string {
  return `${group}/${name}`.toLowerCase();
}

/** Azure took the deletion, or has no such rule; of a closing alone, until that is over. */
export function noteDeleted(azure: Azure, rule: GroupRule): void {
  const all = deletionsOf(azure);
  all.delete(keyOf(rule));
  all.set(keyOf(rule), azure.now());
  for (const key of all.keys()) {
    if (all.size <= MOST) break;
    all.delete(key);
  }
}

/** It is about to be written, or its closing is over: whoever closes it then asks it away again. */
export function forgetDeleted(azure: Azure, rule: GroupRule): void {
  deletionsOf(azure).delete(keyOf(rule));
}

/**
 * Did Azure take its deletion a moment ago? Then a closing that waits for its readings does not ask for it again: each one would take
 * from the deletions of others (`ArmQuotas`). What a reading shows is deleted all the same.
 */
export function wasJustDeleted(azure: Azure, rule: GroupRule): boolean {
  const at = deletionsOf(azure).get(keyOf(rule));
  const age = at === undefined ? Number.NaN : azure.now() - at;
  return age >= 0 && age < KNOWN_MS;
}
