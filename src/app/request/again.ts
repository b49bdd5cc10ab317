import { JitError } from '../../core/errors/errors.ts';
import { BASTION } from '../../core/language/asked-source.ts';
import type { Person } from '../../core/people/person.ts';
import type { Request } from '../../core/request/request.ts';
import { isStanding } from '../../core/request/same.ts';
import { isTerminal } from '../../core/request/workflow.ts';
import { sourceText } from '../../core/rule/source.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
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

const LOOKED_BACK = 20;

/** Was nothing asked for on that machine since, from anywhere else? What is only usual there may be another's by now. */
async function isLatest(deps: Deps, person: Person, { machine, source }: Request): Promise<boolean> {
  const recent = await deps.store.recent(person.id, LOOKED_BACK);
  const last = recent.find((one) => one.machine === machine && one.bastion === undefined && !one.askedBy);
  return last !== undefined && last.sourceName === undefined && last.source === source;
}

/** Throws `sourceOfBefore` for an address that was another one's, or another place's, since. */
async function sourceOf(deps: Deps, person: Person, request: Request): Promise<string> {
  const { source, sourceName, bastion, machineName } = request;
  if (bastion !== undefined) return BASTION;
  if (sourceName !== undefined && deps.rules.sources.has(sourceName)) return sourceName;
  const isOwn = request.askedBy === undefined;
  if (sourceName === undefined && isOwn && (await isLatest(deps, person, request))) return source;
  throw new JitError('sourceOfBefore', { source: sourceName ?? sourceText(source), machine: machineName });
}

/** Whoever is asked sees that somebody said no, and why. */
function deniedBy({ status, reviews }: Request): Pick<Request, 'denied'> {
  const review = status === 'denied' ? reviews.findLast(({ verdict }) => verdict === 'deny') : undefined;
  if (!review) return {};
  const { by, at, reason } = review;
  return { denied: { by, at, ...(reason ? { reason } : {}) } };
}
