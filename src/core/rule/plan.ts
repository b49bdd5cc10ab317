import type { Instant } from '../language/instant.ts';
import { type MarkedRule, type Observed, type Placement, placementKey } from './rule.ts';

/** A rule that should exist, with the latest end of all leases in force on it. */
export interface Desired {
  readonly placement: Placement;
  readonly until: Instant;
  /** The requests that want it, the one that needs it longest first. */
  readonly requests?: readonly string[];
}

export type Step =
  | { readonly verb: 'open' | 'remark'; readonly placement: Placement; readonly until: Instant }
  | { readonly verb: 'close'; readonly placement: Placement; readonly why: 'retiring' | 'unmarked' }
  | { readonly verb: 'leave'; readonly placement: Placement };

/**
 * What to do to make the cloud equal to `desired`. Closing comes first.
 *
 * NB. A retiring placement that no lease in force wants is closed even when the read says that it is gone: a read after a
 * write may be stale, and leaving it out leaks rules.
 * A rule of ours by place without a valid mark is closed, unless it is wanted: then opening it marks it again.
 * A valid mark on a rule that nobody here knows is left: the patrol closes it when its time is over.
 */
export function plan(desired: readonly Desired[], observed: Observed, retiring: readonly Placement[]): readonly Step[] {
  const wanted = new Map(desired.map((d) => [placementKey(d.placement), d]));
  const found = new Map(observed.ours.map((rule) => [placementKey(rule.placement), rule]));
  const closing = new Map<string, Step>();
  for (const placement of retiring) {
    const key = placementKey(placement);
    if (!wanted.has(key)) {
      closing.set(key, { verb: 'close', placement: { ...found.get(key)?.placement, ...placement }, why: 'retiring' });
    }
  }
  for (const [key, rule] of found) {
    if (rule.mark !== 'valid' && !wanted.has(key) && !closing.has(key)) {
      closing.set(key, { verb: 'close', placement: rule.placement, why: 'unmarked' });
    }
  }
  const opening = [...wanted].map(([key, { placement, until, requests }]): Step => {
    const rule = found.get(key);
    if (!rule) return { verb: 'open', placement, until };
    return isRight(rule, until) && namesAll(rule, requests)
      ? { verb: 'leave', placement: rule.placement }
      : { verb: 'remark', placement: { ...placement, ...withId(rule) }, until };
  });
  return [...closing.values(), ...opening];
}

function isRight(rule: MarkedRule, until: Instant): boolean {
  if (rule.mark !== 'valid' || rule.until === undefined) return false;
  return rule.until === until || (rule.fixedEnd === true && rule.until > until);
}

/** Does it name those that want it and no others, where it names any? */
function namesAll(rule: MarkedRule, wanted: readonly string[] | undefined): boolean {
  if (rule.requests === undefined || wanted === undefined) return true;
  return String(rule.requests.toSorted()) === String(wanted.toSorted());
}

function withId(rule: MarkedRule): { id?: string } {
  return rule.placement.id === undefined ? {} : { id: rule.placement.id };
}
