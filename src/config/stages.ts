import { durationText } from '../core/language/duration.ts';
import { isOnCall, isOwner, type Stage } from '../core/policy/stage.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { subjectFaults } from './named.ts';
import { onCallFaults } from './on-call.ts';
import { neverFilled, oneHuman } from './seats.ts';
import { oneStage, stageOf } from './stage.ts';

type KnownPolicy = NonNullable<NonNullable<Known['policies']>[number]>;
type KnownStage = NonNullable<NonNullable<KnownPolicy['stages']>[number]>;
type Approvers = KnownPolicy['approvers'];

/** What is wrong with who decides: both forms or none, names that lead nowhere, and stages that contradict themselves. */
export function deciderFaults(config: Known, policy: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const { approvers, approvals, stages, hours } = policy;
  const outside = stageListFaults(config, policy, hours?.outside?.stages, [...path, 'hours', 'outside', 'stages']);
  if (!stages) {
    const missing = [{ path: [...path, 'approvers'], message: 'is missing; name who decides here, or in stages' }];
    const own = approvers === undefined ? missing : approverFaults(config, approvers, [...path, 'approvers']);
    return [...own, ...shortFaults(policy, path), ...outside];
  }
  const both = (['approvers', 'approvals'] as const).filter((key) => policy[key] !== undefined);
  const said = { approvers, approvals };
  return [
    ...both.flatMap((key) =>
      said[key] === undefined ? [] : [{ path: [...path, key], message: 'cannot be set together with stages' }],
    ),
    ...stageListFaults(config, policy, stages, [...path, 'stages']),
    ...outside,
  ];
}

function stageListFaults(
  config: Known,
  policy: KnownPolicy,
  stages: KnownPolicy['stages'] = [],
  path: Fault['path'],
): readonly Fault[] {
  const all = stages.map((stage) => (stage ? wholeStage(stage) : undefined));
  const never = neverFilled(all, oneHuman);
  return [
    ...stages.flatMap((stage, i) => (stage ? stageFaults(config, policy, stage, [...path, i]) : [])),
    ...(never ? [{ path: [...path, never.at], message: never.message }] : []),
  ];
}

/** The short form that one person, or several, can never fill. */
function shortFaults({ approvers = [], approvals = 1 }: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const known = approvers.filter((one) => one !== undefined);
  const never = known.length === approvers.length ? neverFilled([oneStage(known, approvals)], oneHuman) : undefined;
  return never && approvals > 1 ? [{ path: [...path, 'approvals'], message: never.message }] : [];
}

/** Undefined where a part of it is wrong: that is said, and nothing of what may follow from it. */
function wholeStage({ anyOf, allOf, n, of, then, escalate }: KnownStage): Stage | undefined {
  const lists = [anyOf, allOf, of, then, ...(escalate ?? []).map((step) => step?.to ?? [undefined])];
  const forms = [anyOf, allOf, n ?? of].filter((form) => form !== undefined);
  const isWhole = lists.every((list) => !list?.includes(undefined));
  if (!isWhole || forms.length !== 1 || (of === undefined) !== (n === undefined) || isTwiceIn(allOf)) return undefined;
  const known = (list: Approvers) => list?.flatMap((one) => one ?? []);
  const late = [then, ...(escalate ?? []).map((step) => step?.to)].flatMap((list) => known(list) ?? []);
  return { ...stageOf({ anyOf: known(anyOf), allOf: known(allOf), n, of: known(of) }), later: late };
}

function stageFaults(config: Known, policy: KnownPolicy, stage: KnownStage, path: Fault['path']): readonly Fault[] {
  const { anyOf, allOf, n, of, answerIn, then, escalate } = stage;
  const forms = [anyOf, allOf, n ?? of].filter((form) => form !== undefined);
  const lists = (['anyOf', 'allOf', 'of', 'then'] as const).flatMap((key) =>
    approverFaults(config, stage[key], [...path, key]),
  );
  const isLate = answerIn !== undefined && policy.unanswered !== undefined && answerIn >= policy.unanswered;
  const never = `is not before the request expires (unanswered: ${durationText(policy.unanswered ?? 0)})`;
  return [
    ...lists,
    ...(forms.length === 1 ? [] : [{ path, message: 'must have exactly one of anyOf, allOf, and n with of' }]),
    ...(n !== undefined && !of
      ? [{ path: [...path, 'of'], message: 'is missing; n needs it: who may be one of them' }]
      : []),
    ...(of && n === undefined ? [{ path: [...path, 'n'], message: 'is missing; of needs it: how many of them' }] : []),
    ...((allOf?.length ?? 0) > 5 ? [{ path: [...path, 'allOf'], message: 'must name five or less' }] : []),
    ...twiceIn(allOf, [...path, 'allOf']),
    ...(then && answerIn === undefined ? [{ path: [...path, 'then'], message: 'needs answerIn: from when on' }] : []),
    ...(answerIn !== undefined && !then ? [{ path: [...path, 'answerIn'], message: 'needs then: who else' }] : []),
    ...(isLate ? [{ path: [...path, 'answerIn'], message: never }] : []),
    ...ladderFaults(config, policy, escalate, [...path, 'escalate']),
  ];
}

/** Steps that come too late, or before the one above them. */
function ladderFaults(
  config: Known,
  { unanswered }: KnownPolicy,
  steps: KnownStage['escalate'] = [],
  path: Fault['path'],
): readonly Fault[] {
  return steps.flatMap((step, i): readonly Fault[] => {
    const { after, to } = step ?? {};
    const before = steps[i - 1]?.after;
    const at = [...path, i, 'after'];
    const never = `is not before the request expires (unanswered: ${durationText(unanswered ?? 0)})`;
    return [
      ...approverFaults(config, to, [...path, i, 'to']),
      ...(after !== undefined && unanswered !== undefined && after >= unanswered ? [{ path: at, message: never }] : []),
      ...(after !== undefined && before !== undefined && after <= before
        ? [{ path: at, message: 'must be longer than that of the step before' }]
        : []),
    ];
  });
}

function isTwiceIn(list: Approvers): boolean {
  return twiceIn(list, []).length > 0;
}

/** Two seats for one person are one too many. */
function twiceIn(list: Approvers = [], path: Fault['path']): readonly Fault[] {
  return list.flatMap((approver, i) => {
    const isOne = approver !== undefined && /^(?:person:|manager|managersManager)/.test(approver);
    return isOne && list.indexOf(approver) < i
      ? [{ path: [...path, i], message: `${approver} is listed twice, and one person counts once` }]
      : [];
  });
}

function approverFaults(config: Known, list: Approvers = [], path: Fault['path']): readonly Fault[] {
  const subjects = list.map((one) => (one === undefined || isOwner(one) || isOnCall(one) ? undefined : one));
  return [...subjectFaults(config, subjects, path), ...onCallFaults(config.onCall?.schedules, list, path)];
}
