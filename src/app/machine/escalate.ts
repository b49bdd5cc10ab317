import { type Escalating, escalated, escalatesAtOf, escalatingLater } from '../../core/request/escalation.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { requestersTurn } from '../../core/request/turn.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { caseOf } from '../request/case.ts';
import { askedHolding } from '../request/held-back.ts';
import { analyse, mustBeAllowed } from '../request/judgement.ts';
import { byPolicy } from '../request/places.ts';
import { commitAll, type Decision, hint } from './commit.ts';
import { endInTime } from './end-in-time.ts';
import { asJitError } from './trouble.ts';

/** Where it cannot be told whom else to ask, it is tried again after this. */
const AGAIN_MS = 60_000;
const JUDGE_MS = 10_000;

/** Questions that had no answer in time are shown to those who may approve as well from then on. */
export async function escalate(
  deps: Deps,
  requests: readonly Request[],
  { at }: Now,
  signal: AbortSignal,
): Promise<void> {
  for (const request of requests) {
    // Nobody else is asked while it waits for its requester.
    if (requestersTurn(request) !== undefined) continue;
    const due = escalatesAtOf(request);
    if (due === undefined || due > at || !(request.status === 'pending' || isInForce(request))) continue;
    const decision = await showMore(deps, request, at, AbortSignal.any([signal, AbortSignal.timeout(JUDGE_MS)]));
    await hint(deps, await commitAll(deps, [{ ...decision, from: request, by: 'drawbridge' }]), false);
  }
}

async function showMore(
  deps: Deps,
  request: Escalating,
  at: number,
  signal: AbortSignal,
): Promise<Omit<Decision, 'by'>> {
  try {
    const allowed = mustBeAllowed(await analyse(deps, caseOf(request), signal));
    if (request.status === 'pending' && allowed.missing.length === 0)
      return await endInTime(deps, request, byPolicy(request, at));
    const counted = { quorum: allowed.quorum, ...(await askedHolding(deps, request, allowed)) };
    return { next: escalated(request, counted, at), event: 'escalated' };
  } catch (error) {
    const { code } = asJitError(deps, error, request);
    deps.log.warn({ request: request.id, code }, 'nobody else could be asked');
    return { next: escalatingLater(request, at + AGAIN_MS, at), event: 'reminded' };
  }
}
