import type { Line } from '../language/text.ts';
import type { Quorum } from '../policy/approval.ts';
import { extensionOf, type Request, type Review } from '../request/request.ts';
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

/** `1 of 3 approved`; of several policies, each with its name. Empty where one approval is all that it takes. */
export function countText(request: Request): string {
  const { quorum = [] } = questionOf(request) ?? {};
  const [only, ...more] = quorum;
  if (!only || (more.length === 0 && only.needs === 1)) return '';
  if (more.length === 0) return `${have(only)} of ${only.needs} approved`;
  return `approved: ${quorum.map((one) => `${have(one)} of ${one.needs} for policy ${one.policy}`).join(', ')}`;
}

/** Who is still needed: `Sam and Lin`, `any 2 of Sam, Lin or Eve`, in the policy's words where several policies ask; empty when nobody is. */
export function neededLine(request: Request): Line {
  const { quorum, reviews } = questionOf(request) ?? { quorum: [], reviews: [] };
  const open = quorum.filter((one) => have(one) < one.needs);
  const [only, ...more] = open;
  if (!only) return [];
  if (more.length > 0 || quorum.length > 1) {
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

function have({ by, needs }: Quorum): number {
  return Math.min(by.length, needs);
}
