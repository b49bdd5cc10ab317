import { and, commas, say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import type { Quorum } from '../policy/approval.ts';
import { decidersWords } from '../policy/deciders.ts';
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
export function countText(request: Request): Phrase {
  const { quorum = [] } = questionOf(request) ?? {};
  const [only, ...more] = quorum;
  if (!only || (more.length === 0 && only.needs === 1)) return '';
  if (more.length === 0) return say`${have(only)} of ${only.needs} approved`;
  if (!quorum.some(({ stage }) => stage))
    return say`approved: ${commas(quorum.map((one) => say`${have(one)} of ${one.needs} for policy ${one.policy}`))}`;
  const open = openOf(quorum);
  return say`${commas(open.map((one) => say`${stageName(quorum, one)}: ${have(one)} of ${one.needs} approved`))}`;
}

/** Who is still needed now: `Sam and Lin`, `any 2 of Sam, Lin or Eve`, in the policy's words where several stages are open; empty when nobody is. */
export function neededLine(request: Request): Line {
  const { quorum, reviews } = questionOf(request) ?? { quorum: [], reviews: [] };
  const open = openOf(quorum);
  const [only, ...more] = open;
  if (!only) return [];
  const isSideBySide = more.length > 0 || (quorum.length > 1 && !quorum.some(({ stage }) => stage));
  if (isSideBySide) {
    const each = open.map((one) => say`${one.needs - have(one)} of ${decidersWords(one.from)} (policy ${one.policy})`);
    return [say`${and(each)}`];
  }
  const given = new Set(approving(reviews).map(({ id }) => id));
  const left = request.asked.filter(({ id }) => !given.has(id));
  const count = only.needs - have(only);
  if (left.length > 0 && left.length <= count) return listed(left, 'and');
  const people = left.length === 0 || left.length > MOST_NAMES ? [decidersWords(only.from)] : listed(left, 'or');
  return [count === 1 ? say`any one of ${people}` : say`any ${count} of ${people}`];
}

/** The stages that come after, in the policy's words: `2 of group security`; empty where none does. */
export function laterText(request: Request): Phrase {
  const { quorum } = questionOf(request) ?? { quorum: [] };
  const later = quorum.filter(({ isLater }) => isLater);
  const [first, ...rest] = later.map(
    ({ needs, from }): Phrase => (needs > 1 ? say`${needs} of ${decidersWords(from)}` : decidersWords(from)),
  );
  return first === undefined ? '' : rest.reduce((text, one): Phrase => say`${text}, then ${one}`, first);
}

/** Who has to approve besides, after somebody has: `Afterwards 2 of group security still have to approve.` Empty where nobody has. */
export function afterwardsText(quorum: readonly Quorum[], name: string, stepUp?: StepUp): Phrase {
  const left = quorum.filter((one) => have(one) < one.needs);
  const others = left.map((one) =>
    one.needs - have(one) > 1 ? say`${one.needs - have(one)} of ${decidersWords(one.from)}` : oneOf(one),
  );
  const own = stepUp === undefined ? [] : [name];
  const all = [...own, ...others];
  if (all.length === 0) return '';
  const isMany = all.length > 1 || left.some((one) => one.needs - have(one) > 1);
  const how =
    stepUp === undefined ? '' : stepUp === 'signIn' ? say` it with a fresh sign-in` : say` it with the number`;
  return isMany
    ? say`Afterwards ${and(all)} still have to approve${how}.`
    : say`Afterwards ${and(all)} still has to approve${how}.`;
}

/** `the manager`, `one of group security`. */
function oneOf({ from }: Quorum): Phrase {
  return /,|group /.test(from) ? say`one of ${decidersWords(from)}` : decidersWords(from);
}

function openOf(quorum: readonly Quorum[]): readonly Quorum[] {
  return quorum.filter((one) => !one.isLater && have(one) < one.needs);
}

/** `stage 1 of 2`, with the policy where there are several. */
function stageName(quorum: readonly Quorum[], { stage = { no: 1, of: 1 }, policy }: Quorum): Phrase {
  const isOnly = new Set(quorum.map((one) => one.policy)).size === 1;
  const name = stage.of === 1 ? say`approvals` : say`stage ${stage.no} of ${stage.of}`;
  return isOnly ? name : say`${name} for policy ${policy}`;
}

function have({ by, needs }: Quorum): number {
  return Math.min(by.length, needs);
}
