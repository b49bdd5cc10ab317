import type { Person } from '../../core/people/person.ts';
import { placeKey } from '../../core/people/place.ts';
import { rungTimes } from '../../core/policy/ladder.ts';
import { allowedNow, type StageState } from '../../core/policy/progress.ts';
import { isOneOf } from '../../core/policy/stage.ts';
import { type Escalating, escalated, escalatesAtOf } from '../../core/request/escalation.ts';
import { isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import { requestersTurn } from '../../core/request/turn.ts';
import type { Deps } from '../deps.ts';
import { commitAll, hint } from '../machine/commit.ts';
import { caseOf } from './case.ts';
import { askedHolding } from './held-back.ts';
import { type AllowedCase, analyse, mustBeAllowed } from './judgement.ts';

const JUDGE_MS = 10_000;
/** So many rungs of one request are asked before their time: more than five stages of five have. */
const MOST = 30;

/**
 * Where too few of those who decide can be told in any chat, the next rung of the stage is asked at once, and whoever requested it is
 * told. Nothing happens where all that a stage still needs can be told, or no rung is left. Throws what refuses the request now.
 */
export async function hurry(deps: Deps, id: string, signal: AbortSignal): Promise<void> {
  const { request, now } = await deps.store.load(id);
  if (!request || !mayHurry(request, now.at) || (await untoldOf(deps, request)).length === 0) return;
  const within = AbortSignal.any([signal, AbortSignal.timeout(JUDGE_MS)]);
  const allowed = mustBeAllowed(await analyse(deps, caseOf(request), within));
  const next = await hurriedOn(deps, request, allowed, now.at);
  if (!next) return;
  await hint(deps, await commitAll(deps, [{ next, event: 'hurried', from: request, by: 'drawbridge' }]), false);
}

/** While it waits for its requester, nobody else is asked. */
function mayHurry(request: Request, at: number): request is Escalating {
  const isOpen = request.status === 'pending' || isInForce(request);
  return isOpen && isWaiting(request) && requestersTurn(request) === undefined && (escalatesAtOf(request) ?? 0) > at;
}

/** Who is asked and has no chat that takes a card, by id. */
export async function untoldOf({ directory }: Deps, request: Request): Promise<readonly string[]> {
  const people = await Promise.all(request.asked.map(({ id }) => directory.byId(id, 'last')));
  return request.asked.flatMap(({ id }, i) => {
    const person = people[i];
    return person && isTold({ directory }, request, person) ? [] : [id];
  });
}

/** Is there a chat of theirs that took a card, or that was not tried yet? */
function isTold({ directory }: Pick<Deps, 'directory'>, { unreached = [] }: Request, person: Person): boolean {
  const closed = new Set(unreached.map(({ place }) => placeKey(place)));
  return directory.reach(person).some((place) => !closed.has(placeKey(place)));
}

/** The request as it asks the next rungs; undefined where it asks nobody before their time. */
export async function hurriedOn(
  deps: Deps,
  request: Escalating,
  allowed: AllowedCase,
  at: number,
): Promise<Escalating | undefined> {
  if (!mayHurry(request, at)) return undefined;
  let [now, judged] = [request, allowed];
  for (let left = MOST - (request.hurried ?? []).length; left > 0; left -= 1) {
    const stages = stuckIn(deps, now, judged, at).slice(0, left);
    if (stages.length === 0) break;
    now = { ...now, hurried: [...(now.hurried ?? []), ...stages.map(({ key }) => ({ stage: key, at }))] };
    const { state } = judged;
    judged = mustBeAllowed(await analyse(deps, caseOf(now), AbortSignal.timeout(JUDGE_MS), async () => state));
  }
  if (now === request) return undefined;
  const counted = { quorum: judged.quorum, ...(await askedHolding(deps, request, judged)) };
  return escalated(now, counted, at, { event: 'hurried' });
}

/** The open stages with a rung left that those whom they ask and who can be told do not suffice for. */
function stuckIn(deps: Deps, request: Request, allowed: AllowedCase, at: number): readonly StageState[] {
  const { progress, circle, approvers, because } = allowed;
  if (!progress || !circle) return [];
  const seated = new Set(progress.stages.flatMap(({ by }) => by));
  return progress.stages.filter((stage) => {
    if (stage.state !== 'open' || !rungTimes(stage.stage, stage).some((time) => time > at)) return false;
    const words = allowedNow(stage, circle.now);
    // Whoever decides for somebody else is asked as what that one is.
    const isAsked = (person: Person) => {
      const as = because?.get(person.id);
      return isOneOf(person, words, circle) || (as !== undefined && words.includes(as));
    };
    const told = approvers.filter((one) => !seated.has(one.id) && isAsked(one) && isTold(deps, request, one));
    return told.length < stage.stage.seats.length - stage.by.length;
  });
}
