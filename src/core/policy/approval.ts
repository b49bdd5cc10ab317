import { JitError } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import { cloudOf, type Machine } from '../machine/machine.ts';
import { tagsNamed } from '../machine/tags.ts';
import type { Person, Subject } from '../people/person.ts';
import { decidersWords } from './deciders.ts';
import { reachedBy, rungTimes } from './ladder.ts';
import { everyStage } from './needs.ts';
import type { Policy } from './policy.ts';
import type { Lack, Progress, StageState } from './progress.ts';
import {
  type Approver,
  approversText,
  type Circle,
  isOnCall,
  isOneOf,
  isOwner,
  isParty,
  namedIn,
  ownerTag,
  stageText,
} from './stage.ts';

/** Everybody whom the policies let decide, in whatever stage. */
export function decidersOf(policies: readonly Policy[]): readonly Approver[] {
  return [...new Set(policies.flatMap((policy) => everyStage(policy).flatMap(namedIn)))];
}

/** A machine's tags, with those that name its owners as these policies write them. */
export function ownersTags({ id, tags }: Pick<Machine, 'id' | 'tags'>, policies: readonly Policy[]): Machine['tags'] {
  return tagsNamed(cloudOf(id), tags, decidersOf(policies).filter(isOwner).map(ownerTag));
}

/** Those of them that one can tell without looking at a machine or a schedule. */
export function knownDeciders(policies: readonly Policy[]): readonly Subject[] {
  return decidersOf(policies).flatMap((approver) => (isOwner(approver) || isOnCall(approver) ? [] : [approver]));
}

/** Throws unless this person decides under one of these policies as they are now, whichever stage it is. */
export function mayDecide(person: Person, policies: readonly Policy[], circle: Circle): void {
  const { name, owner } = circle.requester;
  if (person.id === owner) throw new JitError('ownService', { service: name });
  if (isParty(circle, person.id)) throw new JitError('ownRequest');
  const deciders = decidersOf(policies);
  if (isOneOf(person, deciders, circle)) return;
  const names = policies.map(({ name }) => name).join(', ');
  throw new JitError('notApprover', { policy: names, who: decidersWords(approversText(deciders)) });
}

/** How far the approvals that one stage wants have come. */
export interface Quorum {
  /** The policy, or policies, that want them. */
  readonly policy: string;
  readonly needs: number;
  /** Those who took a seat of it, by id. */
  readonly by: readonly string[];
  /** Who may approve, in the policy's words: `the manager, group security`. */
  readonly from: string;
  /** Which of how many stages it is; absent where there is one. */
  readonly stage?: { readonly no: number; readonly of: number };
  /** It has not begun. */
  readonly isLater?: true;
}

export function quorumOf({ stages }: Progress, now: Instant): readonly Quorum[] {
  return stages.map((one) => ({
    policy: one.policies.join(', '),
    needs: one.stage.seats.length,
    by: one.by,
    from: fromText(one, now),
    ...(one.of > 1 ? { stage: { no: one.no, of: one.of } } : {}),
    ...(one.state === 'later' ? { isLater: true as const } : {}),
  }));
}

/** What the stages demand whoever approved so far, a line for each: `2 of group security`. */
export function demandsOf({ stages }: Progress): readonly string[] {
  return stages.map(({ stage }) => {
    const { seats, later } = stage;
    const who = seats.length > 1 ? `${seats.length} of ${stageText(stage)}` : stageText(stage);
    return later ? `${who} (later ${approversText(later)})` : who;
  });
}

/** Whoever may approve as well by now is named. */
function fromText(state: StageState, now: Instant): string {
  const { stage } = state;
  const late = reachedBy(stage, state, now);
  return late.length > 0 ? `${stageText(stage)}, or ${approversText(late)}` : stageText(stage);
}

/** When the next of its open stages lets others approve as well; undefined where none will. */
export function escalatesAt({ stages }: Progress, now: Instant): Instant | undefined {
  const times = stages.flatMap((one) => (one.state === 'open' ? rungTimes(one.stage, one) : []));
  const next = Math.min(...times.filter((at) => at > now));
  return Number.isFinite(next) ? next : undefined;
}

/** When those who are asked by its open stages are reminded, what is over left out. */
export function remindersOf({ stages }: Progress, policies: readonly Policy[], now: Instant): readonly Instant[] {
  const times = stages.flatMap(({ policies: names, since, state }) => {
    if (state !== 'open' || since === undefined) return [];
    const own = policies.filter(({ name }) => names.includes(name));
    return own.flatMap(({ remindMs = [] }) => remindMs.map((ms) => since + ms));
  });
  return [...new Set(times.filter((at) => at > now))].sort((a, b) => a - b);
}

/** The stages that still want approvals. */
export function lackOf({ stages }: Progress): readonly Lack[] {
  return stages.flatMap(({ policies, no, of, stage, state, by }) =>
    state === 'done' ? [] : [{ policies, no, of, needs: stage.seats.length, have: by.length }],
  );
}

/** `production`, or `production, stage 2 of 3,` where it has several. */
export function lackText({ policies, no, of }: Lack): string {
  return of > 1 ? `${policies.join(', ')}, stage ${no} of ${of},` : policies.join(', ');
}
