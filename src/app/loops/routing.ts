import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { type Delegation, isInForceAt } from '../../core/people/delegation.ts';
import type { Person } from '../../core/people/person.ts';
import { type Escalating, escalated } from '../../core/request/escalation.ts';
import type { Tally } from '../../core/request/life.ts';
import { refusalNow } from '../../core/request/refused-now.ts';
import { extensionOf, isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { commitAll, hint } from '../machine/commit.ts';
import { absencesOf } from '../request/absences.ts';
import { onCallFor } from '../request/approvers.ts';
import { caseOf } from '../request/case.ts';
import { askedHolding } from '../request/held-back.ts';
import { hurriedOn } from '../request/hurry.ts';
import { analyse, cannotTell, mustBeAllowed } from '../request/judgement.ts';
import { askedByRules, isForNow, refusedByRules, rulesVersion } from './stricter.ts';
import { UnreadSchedules } from './unread-schedules.ts';

/** Requests that are looked through in one round. */
const MOST = 5_000;
/** Each takes a look at a machine. */
const MOST_JUDGED = 20;
/** So many are told in one round that nobody can tell who is on call: a schedule that is away concerns many at once. */
const MOST_TOLD = 20;
const JUDGE_MS = 10_000;
/** What the hours of a policy, a ticket, or its machine stand against is looked at again after this: these change by themselves. */
const LATER_MS = 15 * 60_000;

/**
 * Asks others where somebody who was asked left, went away, or is not on call any more, where somebody comes on call, or
 * decides for somebody else; and says where the rules changed and it has to be approved by others, or cannot be. It is looked only at
 * rules, people, delegations, and schedules; where these changed, the request, or the extension, is judged anew, whole. Gives of how
 * many something is told.
 */
export function router(deps: Deps): (signal: AbortSignal) => Promise<number> {
  const seen = new Map<string, string>();
  const later = new Map<string, Instant>();
  const unread = new UnreadSchedules(deps);
  return async (signal) => {
    const { at } = await deps.store.now();
    const waiting = (await deps.store.live(MOST)).filter(isWaiting);
    const round = new Round(deps, at, signal);
    let judged = 0;
    let changed = 0;
    let told = 0;
    for (const request of waiting) {
      signal.throwIfAborted();
      const key = await round.keyOf(request);
      // It is looked at whole in the next round.
      if (told < MOST_TOLD && (await unread.look(request, round.unreadFor(request), at))) {
        told += 1;
        changed += 1;
        continue;
      }
      // Where nobody is left, somebody new is not seen by who was asked.
      const isSeen = seen.get(request.id) === key && request.asked.length > 0;
      if (key === undefined || isSeen || judged >= MOST_JUDGED) continue;
      const isLater = seen.get(request.id) === `later ${key}` && (later.get(request.id) ?? 0) > at;
      if (isLater) continue;
      judged += 1;
      const outcome = await routeAgain(deps, request, at, signal);
      const passes = outcome === 'for now' || outcome === 'refused';
      if (passes) later.set(request.id, at + LATER_MS);
      if (outcome !== 'unknown') seen.set(request.id, passes ? `later ${key}` : key);
      if (outcome === 'changed' || outcome === 'refused') changed += 1;
    }
    const ids = new Set(waiting.map(({ id }) => id));
    unread.keepOnly(ids);
    for (const map of [seen, later]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
    return changed;
  };
}

/** People and schedules are asked once a round, whatever asks for them. Who somebody was minutes ago is enough: whatever decides asks anew. */
class Round {
  readonly #deps: Deps;
  readonly #at: Instant;
  readonly #signal: AbortSignal;
  readonly #people = new Map<string, Promise<Person | undefined>>();
  readonly #schedules = new Map<string, Promise<string | undefined>>();
  readonly #unread = new Map<string, JitError>();
  #delegations: Promise<readonly Delegation[]> | undefined;
  readonly #rules: string;

  constructor(deps: Deps, at: Instant, signal: AbortSignal) {
    this.#deps = deps;
    this.#at = at;
    this.#signal = signal;
    this.#rules = rulesVersion(deps);
  }

  /** Changes when others may have to be asked; undefined where nobody can tell. */
  async keyOf({ requester, policies, asked, leftOut = [], unreached = [] }: Request): Promise<string | undefined> {
    const onCall = await this.#onCall(policies);
    if (onCall === undefined) return undefined;
    try {
      const ids = [...new Set([...asked, ...leftOut].map(({ id }) => id))];
      const people = await Promise.all(ids.map((id) => this.#person(id)));
      const there = people.filter((person) => person !== undefined && !person.disabled);
      const absences = await absencesOf(this.#deps, there as readonly Person[], this.#at);
      const states = ids.map((id, i) => (people[i] && !people[i].disabled ? (absences.get(id) ?? 'there') : 'gone'));
      const meant = [...ids, ...asked.flatMap((one) => (one.for ? [one.for.id] : []))];
      const delegated = (await this.#delegated()).filter((pair) => pair.some((id) => meant.includes(id)));
      const facts = [await this.#person(requester.id), ...people].map(factsOf);
      return JSON.stringify([this.#rules, onCall, ids, states, delegated, unreached.length, facts]);
    } catch {
      return undefined;
    }
  }

  /** Why nobody can tell who is on call for it, once `keyOf` asked. */
  unreadFor({ policies }: Request): JitError | undefined {
    return this.#unread.get(JSON.stringify(policies));
  }

  #person(id: string): Promise<Person | undefined> {
    const known = this.#people.get(id) ?? this.#deps.directory.byId(id, 'lately');
    this.#people.set(id, known);
    return known;
  }

  /** Who decides for whom now. */
  async #delegated(): Promise<readonly (readonly [string, string])[]> {
    this.#delegations ??= Promise.resolve(this.#deps.delegations?.all() ?? []);
    const inForce = (await this.#delegations).filter((one) => isInForceAt(one, this.#at));
    return inForce.map(({ from, to }) => [from.id, to.id] as const).toSorted();
  }

  #onCall(names: readonly string[]): Promise<string | undefined> {
    const key = JSON.stringify(names);
    const known = this.#schedules.get(key) ?? this.#askSchedules(names);
    this.#schedules.set(key, known);
    return known;
  }

  async #askSchedules(names: readonly string[]): Promise<string | undefined> {
    const policies = this.#deps.rules.policies.filter(({ name }) => names.includes(name));
    const { onCall, failed } = await onCallFor(this.#deps, policies, this.#signal);
    const [why] = failed;
    if (why) this.#unread.set(JSON.stringify(names), why);
    return why ? undefined : JSON.stringify([...onCall].map(([name, ids]) => [name, ids.toSorted()]));
  }
}

/** By what rules know somebody. */
function factsOf(person: Person | undefined): unknown {
  if (!person) return undefined;
  const { disabled = false, manager, groups, attributes = {} } = person;
  return [disabled, manager, groups.toSorted(), Object.entries(attributes).toSorted()];
}

type Outcome = 'changed' | 'refused' | 'same' | 'unknown' | 'for now';

async function routeAgain(deps: Deps, request: Request, at: Instant, signal: AbortSignal): Promise<Outcome> {
  if (request.status !== 'pending' && !isInForce(request)) return 'same';
  const within = AbortSignal.any([signal, AbortSignal.timeout(JUDGE_MS)]);
  try {
    // While another version of the rules is about, each would say something else.
    await deps.mustAgree?.();
    const judgement = await analyse(deps, caseOf(request), within);
    const nobody = judgement.unsatisfied.find(({ code }) => code === 'noApprover');
    if (nobody) return await tell(deps, request, nobody, at);
    const refused = refusedByRules(deps, request, judgement, at);
    if (refused) return (await keep(deps, request, refused.next, refused)) === 'changed' ? 'refused' : 'unknown';
    if (isForNow(judgement)) return 'for now';
    const allowed = mustBeAllowed(judgement);
    const asked = await askedByRules(deps, request, allowed, at);
    if (asked) return await keep(deps, request, asked.next, asked);
    const counted = { quorum: allowed.quorum, ...(await askedHolding(deps, request, allowed)) };
    if (refusalNow(request) !== undefined)
      return await keep(deps, request, escalated(request, counted, at, { event: 'allowed again' }), {
        event: 'allowed again',
      });
    const hurried = await hurriedOn(deps, request, allowed, at);
    if (hurried) return await keep(deps, request, hurried, { event: 'hurried' });
    if (isSame(request, counted)) return 'same';
    return await keep(deps, request, escalated(request, counted, at, { event: 'routed again' }), {
      event: 'routed again',
    });
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    deps.log.warn({ request: request.id, code: error.code }, 'whom else to ask could not be told');
    // What is refused now is refused to whoever presses, too: it takes other requests' turns seldom.
    return cannotTell(error) ? 'unknown' : 'for now';
  }
}

/** Once, until it changes. */
async function tell(deps: Deps, request: Escalating, { say, hint: todo }: JitError, at: Instant): Promise<Outcome> {
  const event = 'nobody to ask';
  if (request.timeline.findLast((one) => one.event === event || one.event === 'routed again')?.event === event)
    return 'same';
  const { quorum, escalatesAt } = request.status === 'pending' ? request : (request.extension ?? {});
  const counted = {
    asked: [],
    ...(quorum ? { quorum } : {}),
    ...(escalatesAt === undefined ? {} : { escalatesAt }),
  };
  return keep(deps, request, escalated(request, counted, at, { event, text: `${say} ${todo}` }), { event });
}

async function keep(
  deps: Deps,
  from: Request,
  next: Request,
  { event, text }: { readonly event: string; readonly text?: string },
): Promise<Outcome> {
  const saved = await commitAll(deps, [
    { next, event, from, by: 'drawbridge', ...(text === undefined ? {} : { text }) },
  ]);
  await hint(deps, saved, false);
  return saved.length > 0 ? 'changed' : 'unknown';
}

function isSame(before: Request, now: Tally): boolean {
  if (extensionOf(before) && neededText(extensionOf(before)?.quorum) !== neededText(now.quorum)) return false;
  const whom = (one: Pick<Partial<Request>, 'asked' | 'leftOut'>) =>
    JSON.stringify([
      one.asked?.map(({ id, as }) => `${id} ${as}`).toSorted(),
      (one.leftOut ?? []).map(({ id, why }) => `${id} ${why}`).toSorted(),
    ]);
  return whom(before) === whom(now);
}

/** How many have to approve, and who may: of a request that waits, `askedByRules` tells. */
function neededText(quorum: Tally['quorum'] = []): string {
  return JSON.stringify(quorum.map(({ needs, from }) => [needs, from]));
}
