import { JitError } from '../../core/errors/errors.ts';
import { durationText, parseDuration } from '../../core/language/duration.ts';
import { type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Until } from '../../core/language/until.ts';
import { longestProtected } from '../../core/machine/protection.ts';
import type { Person } from '../../core/people/person.ts';
import { mayExtendAlone } from '../../core/request/extend-self.ts';
import { extended, extensionAsked } from '../../core/request/extending.ts';
import type { Tally } from '../../core/request/life.ts';
import { ownExtensions } from '../../core/request/moving.ts';
import { extensionOf, type InForce, isInForce, type Request } from '../../core/request/request.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { commitJudged, type Decision } from '../machine/commit.ts';
import { whatHappened } from './answers.ts';
import { caseOf } from './case.ts';
import { type AllowedCase, analyse, mustBeAllowed } from './judgement.ts';
import { askedOf } from './places.ts';

/**
 * Asks for more time: judged like a first request, by the time in all from the first approval, and decided like one, unless
 * every policy lets people extend by themselves. Until it is approved the old end holds.
 */
export function extend(deps: Deps, person: Person, id: string, wanted?: Longer): Promise<Request> {
  return extending(deps, person, id, { wanted });
}

interface Wanted {
  readonly wanted: Longer | undefined;
  /** The version of the card on which it was pressed; absent where it was typed. */
  readonly shown?: number | undefined;
}

async function extending(deps: Deps, person: Person, id: string, { wanted, shown }: Wanted): Promise<Request> {
  const { shortestMs } = deps.rules;
  const judge = async (request: Request): Promise<AllowedCase | undefined> => {
    if (isPressedBefore(request, person, shown)) return undefined;
    if (request.requester.id !== person.id) throw new JitError('notYours', { who: request.requester.name });
    mustBeOpen(request);
    const forMs = longerBy(request, wanted);
    if (request.breakGlass) throw new JitError('glassNotExtended');
    if (forMs !== undefined && forMs < shortestMs)
      throw new JitError(
        'tooShort',
        { asked: durationText(forMs), shortest: durationText(shortestMs) },
        { choices: [durationText(shortestMs)] },
      );
    await deps.mustAgree?.();
    const { askedAt: _, ...asked } = caseOf(request);
    const total = { ...asked, forMs: asked.forMs + (forMs ?? shortestMs) };
    try {
      return mustBeAllowed(await analyse(deps, total, answerInTime()));
    } catch (error) {
      throw withRest(error, request, shortestMs);
    }
  };
  return commitJudged(deps, id, judge, (request, allowed, now) => {
    if (!allowed) return undefined;
    mustBeOpen(request);
    const longer = longerBy(request, wanted) ?? Math.max(shortestMs, usual(request, allowed));
    return more(request, { allowed, forMs: longer, shown, counted: askedOf(deps, request, allowed) }, now);
  });
}

/** Twice on one card, or sent again by the chat: what the card showed is asked for once. */
function isPressedBefore({ timeline }: Request, { id }: Person, shown: number | undefined): boolean {
  return shown !== undefined && timeline.some((moment) => moment.by === id && moment.shown === shown);
}

/** What was asked for at `since`, and is gone on with because the process that had begun is no more: more time is given once. */
export async function extendOnce(
  deps: Deps,
  person: Person,
  id: string,
  { forMs, until, since, shown }: ExtendAsk,
): Promise<Request> {
  const { request } = since === undefined ? {} : await deps.store.load(id);
  const isDone = request?.timeline.some(
    ({ at, event, by }) =>
      at >= (since ?? 0) && by === person.id && (event === 'extended' || event === 'extension asked'),
  );
  return request && isDone ? request : extending(deps, person, id, { wanted: until ?? forMs, shown });
}

interface ExtendAsk {
  readonly forMs?: number;
  readonly until?: Until;
  readonly since?: Instant | undefined;
  readonly shown?: number;
}

/** So much longer, or until then, whatever the end is by the time it is decided. */
type Longer = number | Until;

function longerBy({ lease }: InForce, wanted: Longer | undefined): number | undefined {
  if (typeof wanted !== 'object') return wanted;
  if (wanted.at <= lease.until) throw new JitError('openLonger', { until: { at: lease.until } });
  return wanted.at - lease.until;
}

/** As long as it was asked for at first, or what is left of that. */
function usual({ lease, forMs, ports }: InForce, { policies, state }: AllowedCase): number {
  const longest = Math.min(longestProtected(state.protection, ports), ...policies.map(({ longestMs }) => longestMs));
  return Math.min(forMs, longest - (lease.until - lease.from));
}

interface More {
  readonly allowed: AllowedCase;
  readonly forMs: number;
  readonly shown: number | undefined;
  /** Whom it asks, where it takes a decision. */
  readonly counted: Tally;
}

function more(request: InForce, { allowed, forMs, counted, shown }: More, now: Now): Decision {
  const pressed = shown === undefined ? {} : { shown };
  const { lease, requester: by, version } = request;
  const { policies, quorum } = allowed;
  if (lease.until <= now.at) throw new JitError('tooLate');
  const until = lease.until + forMs;
  if (mayExtendAlone(request, policies, until, ownExtensions(request))) {
    const text = `by policy ${policies.map(({ name }) => name).join(', ')}`;
    return { next: extended(request, until, { by, at: now.at }, pressed), event: 'extended', by: by.id, text };
  }
  const { escalatesAt, reminders, ...whom } = counted;
  const question = { by, at: now.at, version: version + 1, forMs, answerBy: lease.until, reviews: [], quorum };
  const extension = {
    ...question,
    ...(escalatesAt === undefined ? {} : { escalatesAt }),
    ...(reminders ? { reminders } : {}),
  };
  const next = extensionAsked({ ...request, ...whom }, extension, pressed);
  return { next, event: 'extension asked', by: by.id, text: durationText(forMs) };
}

/** What is left of the longest time, as more of it: the longest itself would be refused again. */
function withRest(error: unknown, { lease }: InForce, shortestMs: number): unknown {
  if (!(error instanceof JitError) || error.others.length > 0) return error;
  const { until, longest: most } = error.words;
  const end = typeof until === 'object' && 'at' in until ? until.at : undefined;
  const longest = typeof most === 'string' ? parseDuration(most) : undefined;
  const left = end === undefined ? (longest ?? 0) - (lease.until - lease.from) : end - lease.until;
  const whole = Math.floor(left / MINUTE_MS) * MINUTE_MS;
  if (error.code === 'policyExtension' || error.code === 'protectedDuration')
    return error.choosing(whole >= Math.max(shortestMs, MINUTE_MS) ? [durationText(whole)] : []);
  return error;
}

function mustBeOpen(request: Request): asserts request is InForce {
  if (extensionOf(request))
    throw new JitError('extensionPending', { who: request.asked.map(({ name }) => name).join(' or ') });
  if (request.status === 'pending') throw new JitError('notOpen', { what: say`it waits for a decision` });
  if (request.status === 'scheduled') throw new JitError('notOpen', { what: say`it has not started` });
  if (!isInForce(request)) throw whatHappened(request);
}
