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

/** How far the approvals that one policy wants have come. */
export interface Quorum {
  readonly policy: string;
  readonly needs: number;
  /** Those of its approvers who approved, by id. */
  readonly by: readonly string[];
  /** Who may approve, in the policy's words: `the manager, group security`. */
  readonly from: string;
}

/** How far each policy's approvals have come with these people. One person counts once for each policy. */
export function quorumOf(policies: readonly Policy[], requester: Person, people: readonly Person[]): readonly Quorum[] {
  return policies.map((policy) => {
    const own = people.filter((person) => isApprover(person, requester, policy));
    const by = [...new Set(own.map(({ id }) => id))];
    return { policy: policy.name, needs: policy.approvals, by, from: subjectsText(policy.approvers) };
  });
}

/** A policy that not enough people have approved, or could. */
export interface Missing {
  readonly policy: Policy;
  /** How many of its own approvers there are. */
  readonly have: number;
}

/** The policies that want more approvals than these people can give. */
export function missing(policies: readonly Policy[], requester: Person, people: readonly Person[]): readonly Missing[] {
  const quorum = quorumOf(policies, requester, people);
  return policies.flatMap((policy, i) => {
    const have = quorum[i]?.by.length ?? 0;
    return have < policy.approvals ? [{ policy, have }] : [];
  });
}

/** `the manager, group security`. */
export function subjectsText(subjects: readonly Subject[]): string {
  return subjects
    .map(
      (subject) =>
        SPOKEN[subject] ??
        subject
          .replace(/^person:/, '')
          .replace(/^entra:/, 'Entra group ')
          .replace(/^slack:/, 'Slack group ')
          .replace(':', ' '),
    )
    .join(', ');
}

const SPOKEN: Readonly<Record<string, string>> = { manager: 'the manager', managersManager: 'the manager’s manager' };
