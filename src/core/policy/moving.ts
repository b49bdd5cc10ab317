import { contains, isGroup, type NamedSource } from '../rule/source.ts';
import type { Policy } from './policy.ts';

/** So many sources may a policy name: approvers are shown each of them. */
export const MOST_MOVES = 10;

/** Where access that all these policies judge may be moved to: within what each of them names. Empty: nowhere. */
export function moveWithin(policies: readonly Policy[]): readonly NamedSource[] {
  const [first, ...more] = policies.map((policy) => policy.moveWithin ?? []);
  return more.reduce((all, others) => all.flatMap((one) => narrower(one, others)), first ?? []);
}

/** Is every address of the source in one of them? */
export function isWithin(within: readonly NamedSource[], source: string): boolean {
  return !isGroup(source) && within.some((one) => contains(one.source, source));
}

/** What one of them and some of the others have in common. */
function narrower(one: NamedSource, others: readonly NamedSource[]): readonly NamedSource[] {
  if (others.some((other) => contains(other.source, one.source))) return [one];
  return others.filter((other) => contains(one.source, other.source));
}
