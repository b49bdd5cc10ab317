import type { Line } from '../language/text.ts';
import type { Quorum } from '../policy/approval.ts';
import type { StepUp } from '../policy/step-up.ts';
import { extensionOf, type Request } from '../request/request.ts';
import type { Review } from '../request/review.ts';
import { approving, listed, MOST_NAMES } from './words.ts';

/** What waits for approvals: the request, or its extension. */
interface Question {
  readonly quorum: readonly Quorum[];
  readonly reviews: readonly Review[];
}

/** The question that waits, as far as it is known who has to answer it. */
function questionOf(request: Request): Question | undefined {
  const { quorum, reviews } = request.status === 'pending' ? request : (extensionOf(request) ?? { reviews: [] });
  return quorum === undefined || quorum.length === 0 ? undefined : { quorum, reviews };
}

/** `1 of 3 approved`; of several stages, of those that are open; of several policies, each with its name. Empty where one approval is all that it takes. */
export function countText(request: Request): string {
  const { quorum = [] } = questionOf(request) ?? {};
  const [only, ...more] = quorum;
  if (!only || (more.length === 0 && only.needs === 1)) return '';
  if (more.length === 0) return `${have(only)} of ${only.needs} approved`;
  if (!quorum.some(({ stage }) => stage))
    return `approved: ${quorum.map((one) => `${have(one)} of ${one.needs} for policy ${one.policy}`).join(', ')}`;
  return openOf(quorum)
    .map((one) => `${stageName(quorum, one)}: ${have(one)} of ${one.needs} approved`)
    .join(', ');
}

/** Who is still needed now: `Sam and Lin`, `any 2 of Sam, Lin or Eve`, in the policy's words where several stages are open; empty when nobody is. */
export function neededLine(request: Request): Line {
  const { quorum, reviews } = questionOf(request) ?? { quorum: [], reviews: [] };
  const open = openOf(quorum);
  const [only, ...more] = open;
  if (!only) return [];
  const isSideBySide = more.length > 0 || (quorum.length > 1 && !quorum.some(({ stage }) => stage));
  if (isSideBySide) {
    const each = open.map((one) => `${one.needs - have(one)} of ${one.from} (policy ${one.policy})`);
    return [each.join(' and ')];
  }
  const given = new Set(approving(reviews).map(({ id }) => id));
  const left = request.asked.filter(({ id }) => !given.has(id));
  const count = only.needs - have(only);
  if (left.length > 0 && left.length <= count) return listed(left, 'and');
  const people = left.length === 0 || left.length > MOST_NAMES ? [only.from] : listed(left, 'or');
  return [count === 1 ? 'any one of ' : `any ${count} of `, ...people];
}

/** The stages that come after, in the policy's words: `2 of group security`; empty where none does. */
export function laterText(request: Request): string {
  const { quorum } = questionOf(request) ?? { quorum: [] };
  const later = quorum.filter(({ isLater }) => isLater);
  return later.map(({ needs, from }) => (needs > 1 ? `${needs} of ${from}` : from)).join(', then ');
}

/** Who has to approve besides, after somebody has: `Afterwards 2 of group security still have to approve.` Empty where nobody has. */
export function afterwardsText(quorum: readonly Quorum[], name: string, stepUp?: StepUp): string {
  const left = quorum.filter((one) => have(one) < one.needs);
  const others = left.map((one) =>
    one.needs - have(one) > 1 ? `${one.needs - have(one)} of ${one.from}` : oneOf(one),
  );
  const own = stepUp === undefined ? [] : [name];
  const all = [...own, ...others];
  if (all.length === 0) return '';
  const has = all.length > 1 || left.some((one) => one.needs - have(one) > 1) ? 'have' : 'has';
  const how = stepUp === undefined ? '' : stepUp === 'signIn' ? ' it with a fresh sign-in' : ' it with the number';
  return `Afterwards ${all.join(' and ')} still ${has} to approve${how}.`;
}

/** `the manager`, `one of group security`. */
function oneOf({ from }: Quorum): string {
  return /,|group /.test(from) ? `one of ${from}` : from;
}

function openOf(quorum: readonly Quorum[]): readonly Quorum[] {
  return quorum.filter((one) => !one.isLater && have(one) < one.needs);
}

/** `stage 1 of 2`, with the policy where there are several. */
function stageName(quorum: readonly Quorum[], { stage = { no: 1, of: 1 }, policy }: Quorum): string {
  const isOnly = new Set(quorum.map((one) => one.policy)).size === 1;
  const name = stage.of === 1 ? 'approvals' : `stage ${stage.no} of ${stage.of}`;
  return isOnly ? name : `${name} for policy ${policy}`;
}

function have({ by, needs }: Quorum): number {
  return Math.min(by.length, needs);
}
