import { JitError } from '../../core/errors/errors.ts';
import { BASTION } from '../../core/language/asked-source.ts';
import type { Person } from '../../core/people/person.ts';
import type { Request } from '../../core/request/request.ts';
import { isStanding } from '../../core/request/same.ts';
import { isTerminal } from '../../core/request/workflow.ts';
import { sourceText } from '../../core/rule/source.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { noRequest } from '../machine/no-request.ts';
import { machineFor, usualSource } from './asked-for.ts';
import { type Submitted, take } from './submit.ts';

/**
 * The same once more, for whoever requested it: a new request, linked to the one that is over and judged anew. Its source is
 * asked from again only as long as it is still theirs; a name stands for what it stands for now.
 */
export async function requestAgain(deps: Deps, person: Person, id: string, sender: Sender): Promise<Submitted> {
  const { request, now } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  if (request.requester.id !== person.id) throw new JitError('notYours', { who: request.requester.name });
  if (isStanding(request, now.at)) return { request, stoodBefore: true };
  if (!isTerminal(request.status)) throw new JitError('notOverYet');
  const { machine, ports, forMs, justification, startsAt } = request;
  const start = startsAt !== undefined && startsAt > now.at ? { startsAt } : {};
  const source = await sourceOf(deps, person, request);
  return take(
    deps,
    person,
    { machine, ports, forMs, justification, source, ...start, ...deniedBy(request), follows: id },
    sender,
  );
}

/** Throws `sourceOfBefore` for an address that was another one's, or another place's, since. */
async function sourceOf(deps: Deps, person: Person, request: Request): Promise<string> {
  const { source, sourceName, bastion, machine, machineName } = request;
  if (bastion !== undefined) return BASTION;
  if (sourceName !== undefined && deps.rules.sources.has(sourceName)) return sourceName;
  const now = await usualSource(deps, person, await machineFor(deps, person, machine, answerInTime()));
  if (sourceName === undefined && now === source) return source;
  throw new JitError('sourceOfBefore', { source: sourceName ?? sourceText(source), machine: machineName });
}

/** Whoever is asked sees that somebody said no, and why. */
function deniedBy({ status, reviews }: Request): Pick<Request, 'denied'> {
  const review = status === 'denied' ? reviews.findLast(({ verdict }) => verdict === 'deny') : undefined;
  if (!review) return {};
  const { by, at, reason } = review;
  return { denied: { by, at, ...(reason ? { reason } : {}) } };
}
