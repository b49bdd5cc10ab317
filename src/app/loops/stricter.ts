import type { Code } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { plain } from '../../core/language/text.ts';
import { policyVersion } from '../../core/policy/version.ts';
import { askedAgain } from '../../core/request/again.ts';
import type { Escalating } from '../../core/request/escalation.ts';
import { isRefusedNow, refusedNow } from '../../core/request/refused-now.ts';
import type { Request } from '../../core/request/request.ts';
import { keptChanges, together } from '../../core/view/difference.ts';
import type { Deps } from '../deps.ts';
import type { Decision } from '../machine/commit.ts';
import { askedWith, changedIn, factsOf } from '../request/changed.ts';
import type { AllowedCase, Judgement } from '../request/judgement.ts';

/** It passes by itself, as time does. */
const FOR_NOW: ReadonlySet<Code> = new Set(['policyHours', 'policyAhead']);

/** What they left is ended by itself, once it is sure that they did, unless it is to be kept. */
const LEFT: ReadonlySet<Code> = new Set(['personGone', 'personDisabled']);

/** Changes when the rules do. */
export function rulesVersion({ rules }: Pick<Deps, 'rules'>): string {
  const sources = [...rules.sources].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${policyVersion([...rules.policies, ...(rules.refusals ?? [])]) ?? ''} ${JSON.stringify(sources)}`;
}

/** Nothing is said of what the next hours change. */
export function isForNow({ unsatisfied }: Judgement): boolean {
  return unsatisfied.some(({ code }) => FOR_NOW.has(code));
}

/**
 * What waits, a request or more time, and is refused as everything is now: by the rules, people, tickets, or the machine. Told once for each
 * thing that is said against it.
 */
export function refusedByRules(
  { rules }: Pick<Deps, 'rules'>,
  request: Escalating,
  { unsatisfied }: Judgement,
  at: Instant,
): Decision | undefined {
  const isToldElsewhere = (code: Code) =>
    FOR_NOW.has(code) ||
    (rules.leaver !== 'keep' && LEFT.has(code)) ||
    // A request is asked again for the machine that is there now, by whoever decides.
    (code === 'machineReplaced' && request.status === 'pending');
  const against = unsatisfied.find(({ code }) => !isToldElsewhere(code));
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
  const next = askedAgain(request, at, keptChanges(changed.what), await askedWith(deps, request, changed));
  return { next, event: 'asked again', by: 'drawbridge', text: plain([together(changed.what)]) };
}
