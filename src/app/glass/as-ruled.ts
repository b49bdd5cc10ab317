import type { Person } from '../../core/people/person.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { MOST_PLACES } from '../../core/policy/floods.ts';
import type { BreakGlass, Policy } from '../../core/policy/policy.ts';
import type { Activating } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { glassTold } from './told.ts';

/** The rule that lets it in; of several ports' rules the one that wants its review first. */
export function ruleOf(rules: readonly BreakGlass[], policies: readonly Policy[]): BreakGlass {
  const names = new Set(policies.map(({ name }) => name));
  const [rule] = rules.filter(({ name }) => names.has(name)).toSorted((a, b) => a.review.withinMs - b.review.withinMs);
  if (!rule) throw new Error('judged by a rule that is none');
  return rule;
}

/**
 * Broken glass with what its rule says now: it is reviewed no later, and whoever the rule names is told, whatever the record says.
 * `judged`: who broke it, and the rules that let them in.
 */
export async function asRuled(
  deps: Deps,
  request: Activating,
  judged: { readonly requester?: Person; readonly policies: readonly Policy[] },
): Promise<Activating> {
  const { breakGlass, lease } = request;
  if (!breakGlass || !judged.requester) return request;
  const rule = ruleOf(deps.rules.breakGlass ?? [], judged.policies);
  const { people, channels } = await glassTold(deps, judged.requester, rule, undefined);
  const told = [...channels, ...people.flatMap((one) => deps.directory.reach(one).slice(0, 1))];
  const known = new Set(request.asked.map(({ id }) => id));
  const more = people.filter(({ id }) => !known.has(id)).map(({ id, name }) => ({ id, name }));
  return {
    ...request,
    asked: [...request.asked, ...more],
    places: uniquePlaces([...request.places, ...told].slice(0, 2 * MOST_PLACES)),
    breakGlass: { ...breakGlass, reviewBy: Math.min(breakGlass.reviewBy, lease.until + rule.review.withinMs) },
  };
}
