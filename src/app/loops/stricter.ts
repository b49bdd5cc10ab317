import type { Code } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { policyVersion } from '../../core/policy/version.ts';
import { askedAgain } from '../../core/request/again.ts';
import { isRefusedNow, refusedNow } from '../../core/request/refused-now.ts';
import type { Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import type { Decision } from '../machine/commit.ts';
import { askedWith, changedIn, factsOf } from '../request/changed.ts';
import type { AllowedCase, Judgement } from '../request/judgement.ts';

/** What policies say against a request for as long as nobody changes them. */
const BY_RULES: ReadonlySet<Code> = new Set([
  'noPolicy',
  'policyPort',
  'policyDuration',
  'policySource',
  'policyOtherSource',
  'policyNeverFrom',
  'policyAnySource',
  'policyBastion',
  'policyGroup',
  'policySessions',
  'policyReason',
  'policyCondition',
  'policyRefuses',
]);

/** It passes by itself. */
const FOR_NOW: ReadonlySet<Code> = new Set(['policyHours']);

/** Changes when the rules do. */
export function rulesVersion({ rules }: Pick<Deps, 'rules'>): string {
  return policyVersion([...rules.policies, ...(rules.refusals ?? [])]) ?? '';
}

/** Nothing is said of what the next hours change. */
export function isForNow({ unsatisfied }: Judgement): boolean {
  return unsatisfied.some(({ code }) => FOR_NOW.has(code));
}

/** What waits and the changed rules refuse is told, once for each thing that is said against it. */
export function refusedByRules(request: Request, { unsatisfied }: Judgement, at: Instant): Decision | undefined {
  if (request.status !== 'pending') return undefined;
  const against = unsatisfied.find(({ code }) => BY_RULES.has(code));
  if (!against) return undefined;
  const text = `${against.say} ${against.hint}`;
  if (isRefusedNow(request, text)) return undefined;
  return { next: refusedNow(request, text, at), event: 'refused now', by: 'drawbridge', text };
}

/** What waits and has to be approved by others, as the rules changed, is asked again with that. */
export async function askedByRules(
  deps: Deps,
  request: Request,
  allowed: AllowedCase,
  at: Instant,
): Promise<Decision | undefined> {
  if (request.status !== 'pending') return undefined;
  const { policyVersion: version, demands } = factsOf(request, allowed);
  // At other hours the same policy may demand other approvals: whoever decides then is shown that.
  if (version === request.policyVersion || String(demands) === String(request.demands)) return undefined;
  const changed = changedIn(request, allowed);
  if (!changed) return undefined;
  const next = askedAgain(request, at, changed.what, await askedWith(deps, request, changed));
  return { next, event: 'asked again', by: 'drawbridge', text: changed.what.join('; ') };
}
