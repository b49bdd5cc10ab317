import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { type InForce, isInForce, placementsOf, type Request } from '../../core/request/request.ts';
import { type Desired, plan, type Step } from '../../core/rule/plan.ts';
import { type Observed, type Placement, placementKey } from '../../core/rule/rule.ts';
import type { Cloud, CloudAdapter, Opened, Opening } from '../../ports/cloud.ts';
import type { Held } from '../../ports/lock.ts';
import type { Now } from '../../ports/store.ts';
import { Act, codeOf } from '../audit/act.ts';
import { collecting } from '../audit/calls.ts';
import type { Deps } from '../deps.ts';
import { againstClocks } from './clocks.ts';
import { commitAll, hint } from './commit.ts';
import { notNow } from './not-now.ts';
import { type LookOutcome, outcomeOf, troubleFor } from './outcome.ts';
import { isTheirs } from './theirs.ts';
import { isUnsealedLease, keptFor, unsealedOutcome } from './unsealed.ts';
import { NOBODY, reachedAfter } from './witness.ts';

interface Work {
  readonly machine: MachineId;
  readonly requests: readonly Request[];
  readonly now: Now;
  /** `deps.monotonic()` just before `now` was asked for: what passed since is at least what has passed since `now`. */
  readonly startedMs: number;
  readonly found: readonly Placement[];
}

/** So many requests of one rule are named in the cloud: a tag is short. */
const MOST_NAMED = 20;
const NOTHING: Observed = { ours: [], others: [], effective: [] };

/** Nobody can tell how it is there: each request has that as its trouble. */
async function unread(deps: Deps, { requests, now }: Work, error: unknown): Promise<never> {
  if (!(await isTheirs(deps, error))) await record(deps, requests, (request) => troubleFor(deps, request, error, now));
  throw error;
}

/** Desired → observe → plan → close and open → observe → commit what was seen. */
export async function applyUnderLock(deps: Deps, cloud: Cloud, work: Work, held: Held): Promise<void> {
  const { machine, requests, now, found } = work;
  const sealed = requests.filter((request) => !isUnsealedLease(request));
  const leased = desiredOf(sealed, now.at);
  const unsealed = requests.filter(isUnsealedLease);
  const retiring = [...requests.filter((request) => !isInForce(request)).flatMap(placementsOf), ...found];
  const all = uniquePlacements([...leased.map((d) => d.placement), ...unsealed.flatMap(placementsOf), ...retiring]);
  const observe = (proves: boolean) => attempt(() => cloud.observe(machine, all, held.signal, proves));
  // What only closes is known by its placements. The reading afterwards is the proof; what else of ours stands there the
  // second look finds.
  const onlyCloses = found.length === 0 && requests.every(({ status }) => status === 'closing');
  const before = onlyCloses ? { ok: true as const, value: NOTHING } : await observe(false);
  if (!before.ok) return unread(deps, work, before.error);

  const kept = keptFor(unsealed, before.value, now.at);
  const desired = [...kept, ...leased];
  const steps = plan(desired, before.value, retiring);
  const closing = await close(deps, cloud, steps, held);
  const clocks = () => againstClocks(deps, cloud, work, before.value.cloudNow);
  const why = await standsAgainst(deps, { requests, now, clocks }, steps);
  const opening = why
    ? { opened: [], errors: errorsFor(steps.filter(opens), why), calls: new Map() }
    : await open(deps, cloud, { ...work, steps }, held);
  const undone = requests.map((request) => errorOf(request, closing.errors) ?? errorOf(request, opening.errors));
  for (const error of undone) if (await isTheirs(deps, error)) throw error;
  // Where nothing was done there is nothing to prove, and a cloud that is busy is not asked for it.
  const isInVain = onlyCloses && undone.every((error) => error !== undefined);
  const [after, reached] = isInVain
    ? [{ ok: false as const, error: undone[0] }, NOBODY]
    : await Promise.all([observe(true), reachedAfter(deps, cloud, work, held.signal)]);

  const wanted = new Map(desired.map((d) => [placementKey(d.placement), d.until]));
  const outcome = (request: Request) => {
    if (isUnsealedLease(request)) return unsealedOutcome(request, kept, now.at);
    const error = errorOf(request, closing.errors) ?? errorOf(request, opening.errors);
    if (!after.ok) return troubleFor(deps, request, error ?? after.error, now);
    if (error !== undefined) return troubleFor(deps, request, error, now);
    const { limits } = cloud;
    return outcomeOf(request, {
      now,
      limits,
      canCut: cloud.cut !== undefined,
      reached,
      via: deps.via,
      before: before.value,
      after: after.value,
      opened: opening.opened,
      wanted,
    });
  };
  await record(deps, requests, (request) => {
    const told = outcome(request);
    const calls = callsFor(request, [closing.calls, opening.calls]);
    return told && calls.length > 0 ? { ...told, calls } : told;
  });
  const unclosed = found.map((one) => closing.errors.get(placementKey(one))).find((error) => error !== undefined);
  if (unclosed) throw unclosed;
}

/** Why nothing may be opened now, whatever was decided. Closing is never held up by it. */
async function standsAgainst(
  deps: Deps,
  { requests, now, clocks }: Pick<Work, 'requests' | 'now'> & { readonly clocks: () => JitError | undefined },
  steps: readonly Step[],
): Promise<JitError | undefined> {
  if (!steps.some(opens)) return undefined;
  const why = (await notNow(deps, now)) ?? clocks();
  if (why) return why;
  const have = (await deps.replicas?.have(requests.filter(isInForce))) ?? true;
  return have ? undefined : new JitError('unconfirmed');
}

function opens({ verb }: Step): boolean {
  return verb === 'open' || verb === 'remark';
}

/** The union of all leases in force: each placement with the latest end that is still to come, and who wants it. */
function desiredOf(requests: readonly Request[], now: Instant): readonly Desired[] {
  const latest = new Map<string, Desired>();
  for (const request of byEnd(requests)) {
    if (request.lease.until <= now) continue;
    for (const placement of request.lease.placements) {
      const key = placementKey(placement);
      const before = latest.get(key);
      latest.set(key, {
        placement: { ...before?.placement, ...placement },
        until: before?.until ?? request.lease.until,
        requests: [...(before?.requests ?? []), request.id].slice(0, MOST_NAMED),
      });
    }
  }
  return [...latest.values()];
}

/** Those in force, the one that lasts longest first. */
function byEnd(requests: readonly Request[]): readonly InForce[] {
  return requests.filter(isInForce).toSorted((a, b) => b.lease.until - a.lease.until || a.id.localeCompare(b.id));
}

type Errors = ReadonlyMap<string, unknown>;

/** What went wrong, and what the cloud carried out, by placement. */
interface Written {
  readonly errors: Errors;
  readonly calls: ReadonlyMap<string, readonly string[]>;
}

async function close(deps: Deps, cloud: CloudAdapter, steps: readonly Step[], held: Held): Promise<Written> {
  const going = steps.filter((step) => step.verb === 'close');
  if (going.length === 0) return { errors: new Map(), calls: new Map() };
  const found = await Promise.all(going.flatMap((step) => (step.why === 'unmarked' ? [foundBy(deps, step)] : [])));
  const beforeCall = () => mustOutlive(held, cloud);
  const calls: string[] = [];
  const placements = going.map((step) => step.placement);
  const done = await attempt(async () => {
    if (!placements.every((placement) => cloud.onlyRemoves?.(placement))) await held.writes();
    await collecting(deps, calls, () => cloud.close(placements, held.signal, beforeCall));
  });
  for (const closing of found) await (done.ok ? closing.done({ calls }) : closing.failed(codeOf(done.error)));
  return { errors: done.ok ? new Map() : errorsFor(going, done.error), calls: callsOf(placements, calls) };
}

/** Whoever wrote a rule where only Drawbridge writes has no request that tells of its closing: the audit does. */
async function foundBy(deps: Deps, { placement }: Pick<Step, 'placement'>): Promise<Act> {
  const { machine, port, source } = placement.rule;
  const why = `a rule without Drawbridge’s mark (${placement.backend} ${placement.at})`;
  const about = { machine, ports: [port], source, why };
  const closing = new Act(deps, { event: 'close found', by: 'drawbridge', as: 'program', ...about });
  await closing.beginAnyway();
  return closing;
}

async function open(
  deps: Deps,
  cloud: CloudAdapter,
  { steps, requests, now, startedMs }: Work & { readonly steps: readonly Step[] },
  held: Held,
): Promise<Written & { readonly opened: readonly Opened[] }> {
  const all: Opened[] = [];
  const calls = new Map<string, readonly string[]>();
  const errors = new Map<string, unknown>();
  const going = steps.flatMap((step) => (step.verb === 'open' || step.verb === 'remark' ? [step] : []));
  // What ends together is opened together: a firewall takes minutes for each change.
  for (const [until, those] of Map.groupBy(going, (step) => step.until)) {
    const beforeCall = () => {
      mustOutlive(held, cloud);
      deps.mayOpen?.();
      // The lease must not have ended, nor end while the call is under way.
      if (now.at + (deps.monotonic() - startedMs) >= until) throw new JitError('endedBeforeOpen');
    };
    const openings = those.map(({ placement }) => {
      return { placement, until, now: now.at, note: noteFor(requests, placement, now.at) };
    });
    const made: string[] = [];
    const done = await attempt(async () => {
      await held.writes();
      beforeCall();
      return collecting(deps, made, () => cloud.open(openings, held.signal, beforeCall));
    });
    for (const [key, own] of callsOf(
      those.map(({ placement }) => placement),
      made,
    ))
      calls.set(key, own);
    if (done.ok) all.push(...done.value);
    else for (const { placement } of those) errors.set(placementKey(placement), done.error);
  }
  return { opened: all, errors, calls };
}

/** A call may only begin while the lock surely outlives it. */
function mustOutlive(held: Held, cloud: CloudAdapter): void {
  held.signal.throwIfAborted();
  if (held.remainingMs() < cloud.limits.callMs) throw new JitError('locked', { machine: say`the machine` });
}

/** For the cloud's own records: the request that needs the rule longest, and the others. */
function noteFor(requests: readonly Request[], placement: Placement, now: Instant): Opening['note'] {
  const key = placementKey(placement);
  const [longest, ...others] = byEnd(requests)
    .filter(({ lease }) => lease.until > now && lease.placements.some((one) => placementKey(one) === key))
    .slice(0, MOST_NAMED);
  return {
    request: longest?.id ?? '',
    requester: longest?.requester.id ?? '',
    approver: longest?.reviews.findLast(({ verdict }) => verdict === 'approve')?.by.id ?? 'policy',
    ...(others.length > 0
      ? { others: others.map(({ id, requester }) => ({ request: id, requester: requester.id })) }
      : {}),
  };
}

/** Commits what was seen, all in one script. What somebody else changed meanwhile is left to the next look. */
async function record(
  deps: Deps,
  requests: readonly Request[],
  decide: (request: Request) => LookOutcome | undefined,
): Promise<void> {
  const decisions = requests.flatMap((from) => {
    const decision = decide(from);
    return decision ? [{ ...decision, from, by: 'drawbridge' }] : [];
  });
  await hint(deps, await commitAll(deps, decisions));
}

function errorsFor(steps: readonly Step[], error: unknown): Errors {
  return new Map(steps.filter((step) => step.verb !== 'leave').map((step) => [placementKey(step.placement), error]));
}

/** Of calls for several placements nobody can tell which one each was for: all have all. */
function callsOf(placements: readonly Placement[], calls: readonly string[]): Written['calls'] {
  return new Map(calls.length > 0 ? placements.map((placement) => [placementKey(placement), calls]) : []);
}

function callsFor(request: Request, all: readonly Written['calls'][]): readonly string[] {
  const keys = placementsOf(request).map(placementKey);
  return [...new Set(all.flatMap((calls) => keys.flatMap((key) => calls.get(key) ?? [])))];
}

function errorOf(request: Request, errors: Errors): unknown {
  return placementsOf(request)
    .map((placement) => errors.get(placementKey(placement)))
    .find((error) => error !== undefined);
}

function uniquePlacements(placements: readonly Placement[]): readonly Placement[] {
  return [...new Map(placements.map((placement) => [placementKey(placement), placement])).values()];
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}
