import { JitError } from '../../core/errors/errors.ts';
import type { Person } from '../../core/people/person.ts';
import { mayDecide } from '../../core/policy/approval.ts';
import { revoked, withdrawn } from '../../core/request/life.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { whatHappened } from './answers.ts';

/** Takes a pending request back: the requester alone. */
export async function withdraw(deps: Deps, person: Person, id: string): Promise<Request> {
  return commit(deps, id, (request, now) => {
    if (request.requester.id !== person.id) throw new JitError('notYours', { who: request.requester.name });
    if (request.status !== 'pending') throw whatHappened(request);
    return {
      next: withdrawn(request, { id: person.id, name: person.name }, now.at),
      event: 'withdrawn',
      by: person.id,
    };
  });
}

/** Ends access before its time: the requester, whoever approved it, or anybody who may decide for the requester now. */
export async function revoke(deps: Deps, person: Person, id: string, reason?: string): Promise<Request> {
  const { request: before } = await deps.store.load(id);
  if (!before) throw new JitError('unknownRequest', { typed: id });
  await mayEnd(deps, person, before);
  return commit(deps, id, (request, now) => {
    if (request.status === 'closing') return undefined;
    if (request.status === 'pending') throw new JitError('notOpen', { what: 'it waits for a decision' });
    if (!isInForce(request)) throw whatHappened(request);
    const next = revoked(request, { id: person.id, name: person.name }, now.at, reason);
    return { next, event: 'revoked', by: person.id, ...(reason ? { text: reason } : {}) };
  });
}

async function mayEnd(deps: Deps, person: Person, request: Request): Promise<void> {
  const { requester } = request;
  if (requester.id === person.id || request.reviews.some((review) => review.by.id === person.id)) return;
  const policies = deps.rules.policies.filter(({ name }) => request.policies.includes(name));
  if (policies.length === 0) throw new JitError('notYours', { who: requester.name });
  mayDecide(person, (await deps.directory.byId(requester.id)) ?? { ...requester, groups: [] }, policies);
}
