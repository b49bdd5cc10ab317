import { JitError } from '../../core/errors/errors.ts';
import { durationText } from '../../core/language/duration.ts';
import { clockText } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { extended, extensionAsked } from '../../core/request/life.ts';
import { extensionOf, type InForce, isInForce, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { whatHappened } from './answers.ts';
import { policyNow, present } from './judge-again.ts';
import { checkProtection } from './submit.ts';

/**
 * Asks for more time: judged like a first request, and decided like one, unless the policy lets people extend by
 * themselves. The total from the first opening never passes the policy's longest time; until it is approved the old end holds.
 */
export async function extend(deps: Deps, person: Person, id: string, forMs?: number): Promise<Request> {
  const { request } = await deps.store.load(id);
  if (!request) throw new JitError('unknownRequest', { typed: id });
  if (request.requester.id !== person.id) throw new JitError('notYours', { who: request.requester.name });
  mustBeOpen(request);
  const { requester, state } = await present(deps, request);
  const policy = policyNow(deps, request, requester, state, request.forMs);
  return commit(deps, id, (fresh, now) => {
    mustBeOpen(fresh);
    const { from, until } = fresh.lease;
    if (until <= now.at) throw new JitError('tooLate');
    const left = policy.longestMs - (until - from);
    if (left < deps.rules.shortestMs || (forMs !== undefined && forMs > left)) {
      throw new JitError('policyExtension', {
        policy: policy.name,
        longest: durationText(policy.longestMs),
        until: clockText(from + policy.longestMs),
      });
    }
    const more = forMs ?? Math.min(fresh.forMs, left);
    if (more < deps.rules.shortestMs)
      throw new JitError('tooShort', { asked: durationText(more), shortest: durationText(deps.rules.shortestMs) });
    checkProtection(state, { machine: state.machine, ports: fresh.ports, source: fresh.source, forMs: more });
    const who = { id: person.id, name: person.name };
    if (until - from + more - fresh.forMs <= policy.extendSelfUpToMs) {
      return {
        next: extended(fresh, until + more, who, now.at),
        event: 'extended',
        by: person.id,
        text: `by policy ${policy.name}`,
      };
    }
    const extension = { by: who, at: now.at, version: fresh.version + 1, forMs: more, answerBy: until, reviews: [] };
    return {
      next: extensionAsked(fresh, extension),
      event: 'extension asked',
      by: person.id,
      text: durationText(more),
    };
  });
}

function mustBeOpen(request: Request): asserts request is InForce {
  if (extensionOf(request))
    throw new JitError('extensionPending', { who: request.asked.map(({ name }) => name).join(' or ') });
  if (request.status === 'pending') throw new JitError('notOpen', { what: 'it waits for a decision' });
  if (!isInForce(request)) throw whatHappened(request);
}
