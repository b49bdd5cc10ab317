import type { Code, JitError } from '../errors/errors.ts';
import type { Policy } from './policy.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';

/** What came of a judgement, in words that a file can hold and a machine can compare. */
export interface PolicyOutcome {
  /** Those that it was judged by, in the order of the file. */
  readonly policies: readonly string[];
  /** Each stage in the words of the file: `manager`, `2 of group:security`. None: it is let in without a decision. */
  readonly needs: readonly string[];
  /** Why not; none where it could be requested. */
  readonly refused: readonly Code[];
  /** The same in words. */
  readonly why: readonly string[];
}

/** What of a judgement it is made of. */
interface Judged {
  readonly unsatisfied: readonly JitError[];
  readonly failed: readonly JitError[];
  readonly policies: readonly Policy[];
  readonly progress?: Progress;
}

export function outcomeOf({ unsatisfied, failed, policies, progress }: Judged): PolicyOutcome {
  const against = [...unsatisfied, ...failed];
  return {
    policies: policies.map(({ name }) => name),
    needs: (progress?.stages ?? []).map(({ stage }) => stageWords(stage)),
    refused: [...new Set(against.map(({ code }) => code))],
    why: [...new Set(against.map(({ text }) => text))],
  };
}

/** `manager or person:sam`, `2 of group:security`, `manager and group:security`. */
function stageWords({ seats }: Stage): string {
  const [first = '', ...others] = seats.map((seat) => seat.toSorted().join(' or '));
  if (others.length === 0) return first;
  return others.every((one) => one === first) ? `${seats.length} of ${first}` : [first, ...others].join(' and ');
}

/** `policy production: manager, then 2 of group:security`; `refused: policyDuration`. */
export function outcomeText({ policies, needs, refused }: PolicyOutcome): string {
  if (refused.length > 0) return `refused: ${refused.join(', ')}`;
  return `policy ${policies.join(', ')}: ${needs.length > 0 ? needs.join(', then ') : 'without a decision'}`;
}
