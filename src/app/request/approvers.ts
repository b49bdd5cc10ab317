import { JitError } from '../../core/errors/errors.ts';
import { isGroupSubject, managerOf, type Person, type Subject } from '../../core/people/person.ts';
import { decidersOf } from '../../core/policy/approval.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { type Approver, type Circle, isOnCall, meaningOf, scheduleOf } from '../../core/policy/stage.ts';
import type { Judging } from './judging.ts';

/** Who is on call by the schedules that these policies name, and why nobody can tell it of some. */
export async function onCallFor(
  { onCall, log }: Pick<Judging, 'onCall' | 'log'>,
  policies: readonly Policy[],
  signal: AbortSignal,
): Promise<{ readonly onCall: Circle['onCall']; readonly failed: readonly JitError[] }> {
  const found = new Map<string, readonly string[]>();
  const failed: JitError[] = [];
  for (const approver of decidersOf(policies)) {
    if (!isOnCall(approver)) continue;
    const schedule = scheduleOf(approver);
    try {
      if (!onCall) throw new Error('no schedules are configured');
      found.set(schedule, await onCall.now(schedule, signal));
    } catch (error) {
      log.warn({ schedule, error }, 'who is on call could not be told');
      const policy = namesOf(policies, approver);
      failed.push(new JitError('onCallUnknown', { schedule, policy, why: reasonOf(error) }, { cause: error }));
    }
  }
  return { onCall: found, failed };
}

/** What is no error of ours is for the log alone. */
function reasonOf(error: unknown): string {
  return error instanceof JitError ? error.sentence : 'Try again. If it stays so, ask your Drawbridge administrator.';
}

function namesOf(policies: readonly Policy[], approver: Approver): string {
  const own = policies.filter((policy) => decidersOf([policy]).includes(approver));
  return own.map(({ name }) => name).join(', ');
}

/** Everybody who is named by the policies, in whatever stage, as far as they can be listed. Whether one may is judged of each. */
export async function namedByPolicies(
  deps: Pick<Judging, 'directory'>,
  policies: readonly Policy[],
  circle: Circle,
): Promise<readonly Person[]> {
  const people = new Map<string, Person>();
  const subjects = new Set(decidersOf(policies).flatMap((approver) => meaningOf(approver, circle)));
  for (const subject of subjects) {
    const found = isGroupSubject(subject)
      ? await deps.directory.members(subject)
      : await namedBy(deps, circle.requester, subject);
    for (const person of present(found)) {
      // Each list knows of its own group.
      const groups = [...new Set([...(people.get(person.id)?.groups ?? []), ...person.groups])];
      people.set(person.id, { ...person, groups });
    }
  }
  return [...people.values()];
}

/** Whom a subject that is no group names. Nobody lists those with an attribute: they may decide, and are not told. */
async function namedBy({ directory }: Pick<Judging, 'directory'>, requester: Person, subject: Subject) {
  const isAbove = subject === 'manager' || subject === 'managersManager';
  const id = isAbove ? managerOf(requester, subject) : /^person:(.+)$/.exec(subject)?.[1];
  return id === undefined ? [] : [await directory.byId(id)];
}

export function present(people: readonly (Person | undefined)[]): readonly Person[] {
  return people.flatMap((person) => person ?? []);
}
