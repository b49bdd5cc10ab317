import { JitError } from '../errors/errors.ts';
import { isMeant, type Person, type Subject } from '../people/person.ts';
import type { Policy } from './policy.ts';

/** Throws unless this person may decide this requester's request under the policy as it is now. */
export function mayDecide(person: Person, requester: Person, policy: Policy): void {
  if (person.id === requester.id) throw new JitError('ownRequest');
  if (!isMeant(person, policy.approvers, requester)) {
    throw new JitError('notApprover', { policy: policy.name, who: subjectsText(policy.approvers) });
  }
}

/** Everybody in `people` who may decide for the requester, the requester's manager first. */
export function approversFor(people: readonly Person[], requester: Person, policy: Policy): readonly Person[] {
  return people
    .filter((person) => person.id !== requester.id && isMeant(person, policy.approvers, requester))
    .sort((a, b) => Number(b.id === requester.manager) - Number(a.id === requester.manager));
}

/** `the manager, group security`. */
export function subjectsText(subjects: readonly Subject[]): string {
  return subjects
    .map((subject) => (subject === 'manager' ? 'the manager' : subject.replace(':', ' ').replace(/^person /, '')))
    .join(', ');
}
