import { JitError, keptSpans } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { failed } from '../../core/request/closing.ts';
import { placed, troubled } from '../../core/request/life.ts';
import { type Activating, isInForce, type Request } from '../../core/request/request.ts';
import { together } from '../../core/view/difference.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Commit, Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { asRuled } from '../glass/as-ruled.ts';
import { askedAnew } from '../request/ask-anew.ts';
import { caseOfOpening } from '../request/case.ts';
import { type Changed, changedIn } from '../request/changed.ts';
import { glassHouse } from '../request/glass-house.ts';
import { analyse, cannotTell } from '../request/judgement.ts';
import { judgeCanary } from './canary.ts';
import { changesIn } from './changes.ts';
import { cloudFor, locateBy } from './cloud.ts';
import { change, type Decision, hint, keepAll } from './commit.ts';
import { heldBack } from './cut.ts';
import { judgeLonger } from './longer.ts';
import { isUnsettled, notNow } from './not-now.ts';
import { isLonger } from './owed.ts';
import { asJitError } from './trouble.ts';
import { refuseUnsealed } from './unsealed.ts';

/** How long the judgement of one opening may take. */
const JUDGE_MS = 10_000;

/** The requests of a machine as they are then, and which of those that are approved may be opened, by the version that was judged. */
export interface Openings {
  readonly requests: readonly Request[];
  readonly allowed: ReadonlyMap<string, number>;
}

/**
 * Judges every approved request anew before the first call of its opening, and more time before the cloud is told of it: what changed since the approval ends it, and becomes
 * a new request where it could be approved as it is now; what cannot be told is tried again later. Keeps where its rules go before the cloud is called.
 */
export async function judgeOpenings(
  deps: Deps,
  machine: MachineId,
  { requests, now }: { readonly requests: readonly Request[]; readonly now: Now },
  signal: AbortSignal,
): Promise<Openings> {
  const newest = new Map<string, Request>(requests.filter(isInForce).map((request) => [request.id, request]));
  const allowed = new Map<string, number>();
  const toJudge = requests.filter((request) => request.status === 'activating' || isLonger(request));
  if (toJudge.length > 0 && isUnsettled(await notNow(deps, now))) return { requests: [...newest.values()], allowed };
  const within = AbortSignal.any([signal, AbortSignal.timeout(JUDGE_MS)]);
  const read = once(() => cloudFor(deps, machine).look(machine, within));
  for (const request of toJudge) {
    const decision =
      request.status === 'active'
        ? await judgeLonger(deps, request, { now, read }, within)
        : await judgeOne(deps, request, { now, read, held: await heldIn(deps, request, requests, now) }, within);
    const [saved, ...anew] = decision ? await keepOf(deps, request, decision) : [request];
    // Somebody else was faster: leave it to the next look.
    if (saved) newest.set(saved.id, saved);
    else newest.delete(request.id);
    const isReady = !decision || decision.event === 'placed';
    if (saved && isReady) allowed.set(saved.id, saved.version);
    if (saved && !isReady) await hint(deps, [saved, ...anew], false);
  }
  return { requests: [...newest.values()], allowed };
}

/** Nothing, where somebody else was faster; else the request as it is then, and what was asked anew in its place. */
async function keepOf(deps: Deps, from: Request, { anew, ...decision }: Outcome): Promise<readonly Request[]> {
  const own = change(deps, from, { ...decision, by: 'drawbridge' });
  return (await keepAll(deps, anew ? [own, anew] : [own])).map(({ next }) => next);
}

interface Reading {
  readonly now: Now;
  readonly read: () => Promise<MachineState>;
  /** Why it has to wait. */
  readonly held: JitError | undefined;
}

/** `anew`: the request in its place, where it could be approved as it is now. */
type Outcome = Omit<Decision, 'by'> & { readonly anew?: Commit };

/** Undefined when nothing is against it, and where its rules go is known. */
async function judgeOne(
  deps: Deps,
  request: Activating,
  { now: { at }, read, held }: Reading,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  try {
    if (request.isUnsealed) return await refuseUnsealed(deps, request, at);
    if (held) throw held;
    // What is urgent, and told everywhere, does not wait for a deploy to be over.
    if (!request.breakGlass && !request.drill) await deps.mustAgree?.();
    const asked = caseOfOpening(request, at);
    const whole = request.drill ? undefined : await analyse(houseOf(deps, request), asked, signal, read);
    const judgement = whole ?? (await judgeCanary(deps, asked, read));
    // What nobody approved is asked of nobody again.
    const changed = whole && !request.breakGlass ? changedIn(request, whole) : undefined;
    if (changed) return await changedOutcome(deps, request, changed, at);
    const changes = changesIn(judgement);
    if (changes.length > 0) {
      const what = say`${changes.flatMap((one, i) => [...(i > 0 ? [' '] : []), ...keptSpans(one)])}`;
      const codes = ['changedSinceApproval', ...changes.map(({ code }) => code)];
      const error = new JitError('changedSinceApproval', { what });
      return { next: failed(request, error, at), event: 'failed', text: codes.join(' ') };
    }
    const [unknown] = judgement.failed;
    if (unknown) throw unknown;
    if (request.lease.placements.length > 0) return undefined;
    const rules = request.ports.map((port) => ({ machine: request.machine, port, source: request.source }));
    const placements = await locateBy(cloudFor(deps, request.machine), await read(), rules, signal);
    const ruled = whole ? await asRuled(deps, request, whole) : request;
    return { next: placed(ruled, placements, request.standing, at), event: 'placed' };
  } catch (error) {
    const known = asJitError(deps, error, request);
    // Defender may go on for a while about the source that this was moved from.
    const isPassing = request.moved !== undefined && known.code === 'sourceTaken';
    return cannotTell(known) || isPassing
      ? { next: troubled(request, known, at), event: 'trouble', text: known.code }
      : { next: failed(request, known, at), event: 'failed', text: known.code };
  }
}

/** It ends, and is asked again where it can be. Throws where nobody can tell whether it can. */
async function changedOutcome(deps: Deps, request: Activating, changed: Changed, at: Instant): Promise<Outcome> {
  const what = together(changed.what);
  const ended = (code: 'changedAndAsked' | 'changedSinceApproval') => {
    const error =
      code === 'changedAndAsked' ? new JitError(code, { what }) : new JitError(code, { what: say`${what}.` });
    return { next: failed(request, error, at), event: 'failed', text: code };
  };
  try {
    return { ...ended('changedAndAsked'), anew: await askedAnew(deps, request, changed) };
  } catch (error) {
    if (!(error instanceof JitError) || cannotTell(error)) throw error;
    deps.log.warn({ request: request.id, error }, 'what changed before it was opened could not be asked again');
    return ended('changedSinceApproval');
  }
}

/** Why it has to wait, whatever is judged. */
async function heldIn(
  deps: Deps,
  request: Activating,
  all: readonly Request[],
  { at }: Now,
): Promise<JitError | undefined> {
  return heldBack(request, all, at) ?? (await notYetMoved(deps, request));
}

/** What was moved is open from one source alone: from the new one only once it is proven that the old one is closed. */
async function notYetMoved(
  { store }: Pick<Deps, 'store'>,
  { moved, follows, machineName }: Activating,
): Promise<JitError | undefined> {
  if (!moved || follows === undefined) return undefined;
  const { request: before } = await store.load(follows);
  // One that nobody knows any more may stand: it is not taken for closed.
  return before?.status === 'ended' ? undefined : new JitError('moveWaits', { machine: machineName });
}

/** By what it is judged: what nobody approved by its own rules. */
function houseOf(deps: Deps, { breakGlass }: Activating): Deps {
  return breakGlass ? glassHouse(deps, { isSigned: breakGlass.key !== undefined }) : deps;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let first: Promise<T> | undefined;
  return () => (first ??= work());
}
