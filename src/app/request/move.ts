import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Person } from '../../core/people/person.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { lackText } from '../../core/policy/approval.ts';
import { againstAnyMove, againstMove, movedAway, movedHere, ownExtensions } from '../../core/request/moving.ts';
import { approvalsOf as approvalsIn } from '../../core/request/offering.ts';
import { askerOf } from '../../core/request/on-behalf.ts';
import { extensionOf, type InForce, isInForce, type Pending, type Request } from '../../core/request/request.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import { sourceText } from '../../core/rule/source.ts';
import { differences, together } from '../../core/view/difference.ts';
import type { Commit } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { change, hint, keepAll } from '../machine/commit.ts';
import { noRequest } from '../machine/no-request.ts';
import { whatHappened } from './answers.ts';
import { subjectOf } from './ask-anew.ts';
import { approvalsOf, caseOfOpening } from './case.ts';
import { factsOf } from './changed.ts';
import { type AllowedCase, analyse, mustBeAllowed } from './judgement.ts';
import { newRequest } from './new-request.ts';

const TRIES = 5;

/**
 * The requester goes on from another address (canonical, a single one) with what is open, until the same end. What was approved ends,
 * and a new request that is linked to it opens once it is proven closed: so one source alone is open at any time. Nobody decides anew:
 * whoever approved saw where it may move, and all else is judged as it is now. Both are one commit; done twice it gives the same request.
 * Throws `notYours`, `moveNotAllowed`, `moveOutside`, `moveOneAddress`, `moveHere`, `moveUncovered`, `moveWaits`, and what stands against it.
 */
export async function move(deps: Deps, person: Person, id: string, source: string): Promise<Request> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { request, now } = await deps.store.load(id);
    if (!request) throw await noRequest(deps, id);
    mustBeTheirs(request, person);
    const made = await madeBefore(deps, request, source);
    if (made) return made;
    mustBeOpen(request, now.at);
    const against = againstMove(request, source) ?? (await againstHaste(deps, request));
    if (against) throw against;
    const commits = await prepare(deps, request, source, now.at);
    const kept = await keepAll(deps, commits((await deps.store.now()).at));
    const next = kept.findLast((one) => one.next.id !== id)?.next;
    if (!next) continue;
    await hint(deps, [...new Map(kept.map((one) => [one.next.id, one.next])).values()]);
    return next;
  }
  throw new JitError('stale');
}

/** Is there anything that could be moved, wherever to? Throws `notYours`, `moveNotAllowed`, and whatever else stands against it. */
export async function mustBeMovable(deps: Deps, person: Person, id: string): Promise<void> {
  const { request, now } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  mustBeTheirs(request, person);
  mustBeOpen(request, now.at);
  const against = againstAnyMove(request);
  if (against) throw against;
}

function mustBeTheirs({ requester }: Request, person: Person): void {
  if (requester.id !== person.id) throw new JitError('notYours', { who: requester.name });
}

async function madeBefore({ store }: Deps, request: Request, source: string): Promise<Request | undefined> {
  const movedTo = 'ending' in request && request.ending.why === 'revoked' ? request.ending.movedTo : undefined;
  return movedTo?.source === source ? (await store.load(movedTo.request)).request : undefined;
}

function mustBeOpen(request: Request, now: Instant): asserts request is InForce {
  if (isInForce(request) && request.lease.until <= now) throw new JitError('tooLate');
  if (extensionOf(request))
    throw new JitError('extensionPending', { who: request.asked.map(({ name }) => name).join(' or ') });
  if (request.status === 'pending') throw new JitError('notOpen', { what: say`it waits for a decision` });
  if (request.status === 'scheduled') throw new JitError('notOpen', { what: say`it has not started` });
  if (!isInForce(request)) throw whatHappened(request);
}

/** Nobody moves faster than what they leave is closed. */
async function againstHaste({ store }: Deps, { moved, follows, machineName }: InForce): Promise<JitError | undefined> {
  const before = moved && follows !== undefined ? (await store.load(follows)).request : undefined;
  return before?.status === 'closing' ? new JitError('moveWaits', { machine: machineName }) : undefined;
}

/** That the old one ends, the new request, and that it is let in, at an instant. */
async function prepare(
  deps: Deps,
  request: InForce,
  source: string,
  now: Instant,
): Promise<(at: Instant) => readonly Commit[]> {
  await deps.mustAgree?.();
  const { sourceName, bastion: _, startsAt: __, ...rest } = request;
  const given = approvalsIn(request);
  const asked = { ...caseOfOpening({ ...rest, source }, now), approvedBy: approvalsOf(given) };
  const allowed = mustBeAllowed(await analyse(deps, asked, answerInTime()));
  mustBeCovered(request, allowed);
  await mustBeLocated(deps, request, source);
  const { startsAt: ___, sourceName: ____, bastion: _____, ...subject } = subjectOf(request);
  const made = await newRequest(deps, { ...subject, source }, allowed, uniquePlaces(request.places));
  const moved = {
    from: request.source,
    ...(sourceName === undefined ? {} : { sourceName }),
    extended: ownExtensions(request),
  };
  const own: Pending = { ...made, asked: request.asked, moved };
  const seen = seenDigest(seenOf(own));
  const reviews = given.map((review) => ({ ...review, seen, more: request.id }));
  const movedTo = { request: own.id, source };
  return (at) => {
    const text = `moved from ${sourceText(request.source)}, as approved in ${request.id}`;
    const leaving = { next: movedAway(request, movedTo, at), event: 'moved', by: request.requester.id };
    const said = { next: own, event: 'asked', by: askerOf(own).id, text: own.justification };
    const letIn = { next: movedHere(own, request, reviews, at), event: 'approved', by: 'drawbridge', text };
    return [
      change(deps, request, { ...leaving, text: `to ${sourceText(source)} as ${own.id}` }),
      { ...change(deps, undefined, said), with: true },
      { ...change(deps, own, letIn), with: true },
    ];
  };
}

/** Nothing is as it was not when it was approved, and what was approved is enough for what is demanded now. */
function mustBeCovered(request: InForce, allowed: AllowedCase): void {
  const lacks = allowed.missing.map((lack) => {
    return say`Policy ${lackText(lack)} now needs ${lack.needs} approvals and has ${lack.have}`;
  });
  const what = [...differences(request, factsOf(request, allowed)), ...lacks];
  if (what.length > 0) throw new JitError('moveUncovered', { machine: request.machineName, what: together(what) });
}

/** Whether it could be opened there is better known before the old one is closed than after. */
async function mustBeLocated(deps: Deps, { machine, ports }: InForce, source: string): Promise<void> {
  const rules = ports.map((port) => ({ machine, port, source }));
  try {
    await cloudFor(deps, machine).locate(rules, answerInTime());
  } catch (error) {
    // By the very access that is moved: Defender has one source a port.
    if (!(error instanceof JitError) || error.code !== 'sourceTaken') throw error;
  }
}
