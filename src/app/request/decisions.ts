import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { Machine } from '../../core/machine/machine.ts';
import type { Person } from '../../core/people/person.ts';
import type { Quorum } from '../../core/policy/approval.ts';
import {
  decidersOf,
  demandsOf,
  escalatesAt,
  lackOf,
  lackText,
  quorumOf,
  remindersOf,
} from '../../core/policy/approval.ts';
import type { Hurried } from '../../core/policy/hurried.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { type ApprovalGiven, type Lack, lacking, type Progress, progressOf } from '../../core/policy/progress.ts';
import { type AskedNow, routed } from '../../core/policy/routing.ts';
import { type Approver, type Chain, type Circle, isOneOf } from '../../core/policy/stage.ts';
import { isSteppedUp, type StepUp, stepUpOf } from '../../core/policy/step-up.ts';
import type { Who } from '../../core/request/review.ts';
import { absencesOf } from './absences.ts';
import { namedByPolicies, onCallFor } from './approvers.ts';
import { Deputies } from './deputies.ts';
import type { Judging } from './judging.ts';

interface Reviewed extends Who {
  readonly at: Instant;
  readonly person: Person | undefined;
  readonly stepUp: StepUp | undefined;
}

/** What decisions are judged by. */
interface Deciding {
  readonly policies: readonly Policy[];
  /** The stages that they demand of it. */
  readonly chains: readonly Chain[];
  readonly requester: Person;
  readonly askedBy: Who | undefined;
  readonly tags: Machine['tags'];
  /** Who approved it and when, as they are now; without `person` where they are gone. */
  readonly reviews: readonly Reviewed[];
  readonly now: Instant;
  /** When the question that waits was asked. */
  readonly askedAt: Instant;
  /** When others were asked before their time. */
  readonly hurried?: readonly Hurried[] | undefined;
}

/** Who has to approve something, who may, and how far that is. */
export interface Decisions {
  /** Why it could never be approved, or nobody can tell. */
  readonly against: readonly JitError[];
  /** Who is asked to approve it now, the requester's manager first. */
  readonly approvers: readonly Person[];
  /** As what each of them is asked, by id. */
  readonly because?: ReadonlyMap<string, Approver>;
  /** In whose place somebody is asked, by the id of whoever is. */
  readonly insteadOf?: ReadonlyMap<string, Who>;
  /** Whom those who reviewed it decide for, by their own ids, where it is not themselves. */
  readonly standIns?: ReadonlyMap<string, Person>;
  /** Who could approve it now, and is not asked, as they are not there. */
  readonly leftOut?: readonly (Who & { readonly why: 'away' | 'off work' })[];
  /** How far its stages are, by people who may decide now; absent when the requester is gone. */
  readonly progress?: Progress;
  /** What gives the words of its stages their meaning. */
  readonly circle?: Circle;
  /** The stages that want more approvals than were given by people who may decide now. */
  readonly missing: readonly Lack[];
  /** The same for people to see. */
  readonly quorum: readonly Quorum[];
  /** What the stages demand, whoever approved so far; absent when the requester is gone. */
  readonly demands?: readonly string[];
  /** When others may approve as well. */
  readonly escalatesAt?: Instant;
  /** When those who are asked are reminded. */
  readonly reminders?: readonly Instant[];
  /** Who approved it and may decide it no more: that does not count. */
  readonly voided: readonly Who[];
}

export const NOTHING_DECIDED: Decisions = { against: [], approvers: [], missing: [], quorum: [], voided: [] };

export async function decisions(deps: Judging, deciding: Deciding, signal: AbortSignal): Promise<Decisions> {
  const { policies, chains, requester, askedBy, tags, reviews, now, askedAt, hurried = [] } = deciding;
  const { onCall, failed } = await onCallFor(deps, policies, signal);
  const circle = { requester, tags, onCall, now, hurried, ...(askedBy ? { askedBy: askedBy.id } : {}) };
  const named = await namedByPolicies(deps, policies, circle);
  const demanded = stepUpOf(policies);
  const deciders = decidersOf(policies);
  const deputies = await Deputies.of(deps, policies);
  const seats = (given: readonly ApprovalGiven[]) =>
    new Set(progressOf(chains, given, circle, askedAt).stages.flatMap(({ by }) => by));
  const stepped = reviews.filter(({ stepUp }) => isSteppedUp(stepUp, demanded));
  const stood = await deputies.stoodFor(stepped, { deciders, circle, seats });
  const given = stood.flatMap(({ as: person, at }) => (person ? [{ person, at }] : []));
  const progress = progressOf(chains, given, circle, askedAt);
  const next = escalatesAt(progress, now);
  const everybody = routed(named, progress, circle, new Map()).asked.map(({ person }) => person);
  const absences = await absencesOf(deps, everybody, now);
  const { asked, leftOut } = routed(named, progress, circle, absences);
  return {
    against: failed.length > 0 ? failed : lacking(chains, named, circle).map(tooFew),
    ...(await askedOrInstead(asked, deputies, circle)),
    standIns: new Map(stood.flatMap(({ id, as }) => (as && as.id !== id ? [[id, as] as const] : []))),
    leftOut: leftOut.map(({ id, name }) => ({ id, name, why: absences.get(id) ?? 'away' })),
    progress,
    circle,
    missing: lackOf(progress),
    quorum: quorumOf(progress, now),
    demands: demandsOf(progress),
    ...(next === undefined ? {} : { escalatesAt: next }),
    reminders: remindersOf(progress, policies, now),
    voided: reviews
      .filter((one) => {
        const as = stood.find(({ id, at }) => id === one.id && at === one.at)?.as;
        return !as || !isOneOf(as, deciders, circle);
      })
      .map(({ id, name }) => ({ id, name })),
  };
}

/** Whoever lets somebody else decide is not asked; that one is. */
async function askedOrInstead(
  asked: readonly AskedNow[],
  deputies: Deputies,
  circle: Circle,
): Promise<Pick<Decisions, 'approvers' | 'because' | 'insteadOf'>> {
  const approvers = new Map<string, Person>();
  const because = new Map<string, Approver>();
  const insteadOf = new Map<string, Who>();
  for (const { person, as } of asked) {
    const other = await deputies.insteadOf(person, circle);
    const whom = other ?? person;
    // Somebody who is asked for themselves decides for themselves.
    if (approvers.has(whom.id)) continue;
    approvers.set(whom.id, whom);
    if (as !== undefined) because.set(whom.id, as);
    if (other && !asked.some((one) => one.person.id === other.id))
      insteadOf.set(other.id, { id: person.id, name: person.name });
  }
  return { approvers: [...approvers.values()], because, insteadOf };
}

function tooFew(lack: Lack): JitError {
  return new JitError('noApprover', { policy: lackText(lack), needs: lack.needs, have: lack.have });
}
