import { JitError } from '../errors/errors.ts';
import { isMeant, type Person, type Subject } from '../people/person.ts';
import type { Policy } from './policy.ts';

/** May this person decide this requester's request, as far as this policy goes? Nobody decides their own. */
export function isApprover(person: Person, requester: Person, policy: Policy): boolean {
  return person.id !== requester.id && isMeant(person, policy.approvers, requester);
}

/** Throws unless this person may decide this requester's request under one of its policies as they are now. */
export function mayDecide(person: Person, requester: Person, policies: readonly Policy[]): void {
  if (person.id === requester.id) throw new JitError('ownRequest');
  if (policies.some((policy) => isApprover(person, requester, policy))) return;
  const subjects = [...new Set(policies.flatMap((policy) => policy.approvers))];
  const names = policies.map(({ name }) => name).join(', ');
  throw new JitError('notApprover', { policy: names, who: subjectsText(subjects) });
}

/** Everybody in `people` who may decide for the requester, the requester's manager first. */
export function approversFor(
  people: readonly Person[],
  requester: Person,
  policies: readonly Policy[],
): readonly Person[] {
  return people
    .filter((person) => policies.some((policy) => isApprover(person, requester, policy)))
    .sort((a, b) => Number(b.id === requester.manager) - Number(a.id === requester.manager));
}

/** A policy that not enough people have approved, or could. */
export interface Missing {
  readonly policy: Policy;
  /** How many of its own approvers there are. */
  readonly have: number;
}

/** The policies that want more approvals than these people can give. One person counts once for each policy. */
export function missing(policies: readonly Policy[], requester: Person, people: readonly Person[]): readonly Missing[] {
  return policies.flatMap((policy) => {
    const own = people.filter((person) => isApprover(person, requester, policy));
    const have = new Set(own.map(({ id }) => id)).size;
    return have < policy.approvals ? [{ policy, have }] : [];
  });
}

/** `the manager, group security`. */
export function subjectsText(subjects: readonly Subject[]): string {
  return subjects
    .map((subject) => (subject === 'manager' ? 'the manager' : subject.replace(':', ' ').replace(/^person /, '')))
    .join(', ');
}
