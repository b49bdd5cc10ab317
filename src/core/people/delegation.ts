import type { Instant } from '../language/instant.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Somebody lets somebody else decide for them, from `since` until `until`. A person has one at most. */
export interface Delegation {
  readonly from: Named;
  readonly to: Named;
  readonly since: Instant;
  readonly until: Instant;
}

/** Is it in force? At its end it is over. */
export function isInForceAt({ since, until }: Delegation, at: Instant): boolean {
  return since <= at && at < until;
}

/** Ids of those whom somebody may decide for. Whoever a delegate delegates to decides for the delegate alone, so chains are not followed. */
export function delegatorsOf(all: readonly Delegation[], person: string, at: Instant): readonly string[] {
  return all.flatMap((one) => (one.to.id === person && isInForceAt(one, at) ? [one.from.id] : []));
}

/** Who decides for somebody now. */
export function delegateOf(all: readonly Delegation[], person: string, at: Instant): Named | undefined {
  return all.find((one) => one.from.id === person && isInForceAt(one, at))?.to;
}
