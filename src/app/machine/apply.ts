import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { closed, failed, opened, troubled, watched } from '../../core/request/life.ts';
import { owes } from '../../core/request/owes.ts';
import { prove } from '../../core/request/proof.ts';
import {
  type Approved,
  type Closing,
  isApproved,
  isInForce,
  placementsOf,
  type Request,
} from '../../core/request/request.ts';
import { connectText } from '../../core/rule/connect.ts';
import { type Desired, plan, type Step } from '../../core/rule/plan.ts';
import { type Observed, type Placement, placementKey } from '../../core/rule/rule.ts';
import type { CloudAdapter, Opened } from '../../ports/cloud.ts';
import type { Held } from '../../ports/lock.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { commitAll, type Decision, hint } from './commit.ts';
import { asJitError } from './trouble.ts';

interface Work {
  readonly requests: readonly Request[];
  readonly now: Now;
  /** `deps.monotonic()` just before `now` was asked for: what passed since is at least what has passed since `now`. */
  readonly startedMs: number;
  readonly found: readonly Placement[];
}

const NOTHING: Observed = { ours: [], others: [], effective: [] };

/** How long an ended lease is looked at again at least: a given-up call may land, and the lock may have been lost. */
const SECOND_LOOK_MS = 10_000;
/** After the lease's own end, where the product may write a rule again until then. */
const GRACE_MS = 120_000;
/** Opening that keeps failing is given up after this, measured from the approval. */
const GIVE_UP_MS = 15 * 60_000;

/** Desired → observe → plan → close and open → observe → commit what was seen. */
export async function applyUnderLock(
  deps: Deps,
  cloud: CloudAdapter,
  machine: MachineId,
  work: Work,
  held: Held,
): Promise<void> {
  const { requests, now, startedMs } = work;
  const desired = desiredOf(requests, now.at);
  const retiring = [...requests.filter((request) => !isInForce(request)).flatMap(placementsOf), ...work.found];
  const all = uniquePlacements([...desired.map((d) => d.placement), ...retiring]);
  // What only closes is known by its placements. The reading afterwards is the proof; what else of ours stands there the
  // second look finds.
  const onlyCloses =
    desired.length === 0 && work.found.length === 0 && requests.every(({ status }) => status === 'closing');
  const before = onlyCloses
    ? { ok: true as const, value: NOTHING }
    : await attempt(() => cloud.observe(machine, all, held.signal));
  if (!before.ok) {
    await record(deps, requests, now, (request) => troubleFor(deps, request, before.error, now));
    throw before.error;
  }

  const steps = plan(desired, before.value, retiring);
  const closing = await close(deps, cloud, steps, held);
  const opening = now.trusted
    ? await open(deps, cloud, steps, requests, now, startedMs, held)
    : { opened: [], errors: errorsFor(steps, new JitError('clockJumped')) };
  const after = await attempt(() => cloud.observe(machine, all, held.signal));

  const wanted = new Map(desired.map((d) => [placementKey(d.placement), d.until]));
  await record(deps, requests, now, (request) => {
    const error = errorOf(request, closing) ?? errorOf(request, opening.errors);
    if (error !== undefined || !after.ok)
      return troubleFor(deps, request, after.ok ? error : (error ?? after.error), now);
    return outcome(cloud, request, {
      now,
      before: before.value,
      after: after.value,
      opened: opening.opened,
      wanted,
    });
  });
  const unclosed = work.found
    .map((placement) => closing.get(placementKey(placement)))
    .find((error) => error !== undefined);
  if (unclosed) throw unclosed;
}

/** The union of all leases in force: each placement with the latest end that is still to come. */
function desiredOf(requests: readonly Request[], now: Instant): readonly Desired[] {
  const latest = new Map<string, Desired>();
  for (const request of requests) {
    if (!isInForce(request) || request.lease.until <= now) continue;
    for (const placement of request.lease.placements) {
      const key = placementKey(placement);
      const until = Math.max(request.lease.until, latest.get(key)?.until ?? 0);
      latest.set(key, { placement: { ...latest.get(key)?.placement, ...placement }, until });
    }
  }
  return [...latest.values()];
}

type Errors = ReadonlyMap<string, unknown>;

async function close(deps: Deps, cloud: CloudAdapter, steps: readonly Step[], held: Held): Promise<Errors> {
  const going = steps.filter((step) => step.verb === 'close');
  for (const step of going) {
    if (step.why === 'unmarked')
      deps.log.warn(
        { placement: placementKey(step.placement) },
        'a rule without our mark stands where only we write; closing it',
      );
  }
  if (going.length === 0) return new Map();
  const beforeCall = () => mustOutlive(held, cloud);
  const done = await attempt(() =>
    cloud.close(
      going.map((step) => step.placement),
      held.signal,
      beforeCall,
    ),
  );
  return done.ok ? new Map() : errorsFor(going, done.error);
}

async function open(
  deps: Deps,
  cloud: CloudAdapter,
  steps: readonly Step[],
  requests: readonly Request[],
  now: Now,
  startedMs: number,
  held: Held,
): Promise<{ readonly opened: readonly Opened[]; readonly errors: Errors }> {
  const all: Opened[] = [];
  const errors = new Map<string, unknown>();
  const going = steps.flatMap((step) => (step.verb === 'open' || step.verb === 'remark' ? [step] : []));
  // What ends together is opened together: a firewall takes minutes for each change.
  for (const [until, those] of Map.groupBy(going, (step) => step.until)) {
    const beforeCall = () => {
      mustOutlive(held, cloud);
      // The lease must not have ended, nor end while the call is under way.
      if (now.at + (deps.monotonic() - startedMs) >= until) throw new JitError('endedBeforeOpen');
    };
    const openings = those.map(({ placement }) => {
      return { placement, until, now: now.at, note: noteFor(requests, placement) };
    });
    const done = await attempt(() => {
      beforeCall();
      return cloud.open(openings, held.signal, beforeCall);
    });
    if (done.ok) all.push(...done.value);
    else for (const { placement } of those) errors.set(placementKey(placement), done.error);
  }
  return { opened: all, errors };
}

/** A call may only begin while the lock surely outlives it. */
function mustOutlive(held: Held, cloud: CloudAdapter): void {
  held.signal.throwIfAborted();
  if (held.remainingMs() < cloud.limits.callMs) throw new JitError('locked', { machine: 'the machine' });
}

/** For the cloud's own records: the request that needs the rule longest. */
function noteFor(requests: readonly Request[], placement: Placement) {
  const key = placementKey(placement);
  const [longest] = requests
    .filter(isInForce)
    .filter((request) => request.lease.placements.some((one) => placementKey(one) === key))
    .sort((a, b) => b.lease.until - a.lease.until);
  return {
    request: longest?.id ?? '',
    requester: longest?.requester.id ?? '',
    approver: longest?.reviews.at(-1)?.by.id ?? 'policy',
  };
}

interface Seen {
  readonly now: Now;
  readonly before: Observed;
  readonly after: Observed;
  readonly opened: readonly Opened[];
  readonly wanted: ReadonlyMap<string, Instant>;
}

/** What came of it for one request. */
function outcome(cloud: CloudAdapter, request: Request, seen: Seen): Outcome | undefined {
  const { now, after } = seen;
  if (isInForce(request)) {
    // Not placed yet, elapsed but not committed as such, or nothing owed: another look's work.
    if (request.lease.until <= now.at || owes(request) !== 'opening') return undefined;
    const known = new Map([...after.ours, ...seen.opened].map((one) => [placementKey(one.placement), one]));
    const placements = request.lease.placements.map((placement) => ({
      ...placement,
      ...known.get(placementKey(placement))?.placement,
    }));
    const connect = connectText(placements.map((one) => ({ ...known.get(placementKey(one)), rule: one.rule })));
    const next = opened(request, now.at, {
      placements,
      standing: after.others,
      ...(connect === undefined ? {} : { connect }),
    });
    return { next, event: request.status === 'active' ? 'remarked' : 'opened' };
  }
  const key = (placement: Placement) => seen.wanted.get(placementKey(placement));
  if (request.status === 'ended') {
    const gone = new Set(seen.before.ours.map((rule) => placementKey(rule.placement)));
    const again = request.lease.placements.some((p) => key(p) === undefined && gone.has(placementKey(p)));
    return { next: watched(request, now.at, again), event: again ? 'closed again' : 'watched' };
  }
  if (request.status !== 'closing') return undefined;
  const proof = prove(request, after, key, now.at);
  if (!proof) return troubledBy(request, new JitError('cloudBusy', { cloud: 'The cloud' }), now);
  const watch = request.lease.placements.length > 0 ? now.at + watchMs(cloud, request, now.at) : undefined;
  return { next: closed(request, proof, watch), event: 'closed', text: proof.verdict };
}

function watchMs({ limits }: CloudAdapter, { lease }: Closing, now: Instant): number {
  const late = SECOND_LOOK_MS + 2 * limits.callMs + limits.readLagMs;
  return limits.returnsUntilEnd ? Math.max(late, lease.until + GRACE_MS - now) : late;
}

type Outcome = Omit<Decision, 'by'>;

/** Opening fails for good on anything but `busy`, and on `busy` when it lasts; closing never does. */
function troubleFor(deps: Deps, request: Request, error: unknown, now: Now): Outcome | undefined {
  if (!isApproved(request) || !owes(request)) return undefined;
  const known = asJitError(deps, error, request);
  const hopeless = known.kind !== 'busy' && known.kind !== 'bug' && known.kind !== 'unjudged';
  const tooLong = now.at - request.lease.from > GIVE_UP_MS;
  if (request.status === 'activating' && (hopeless || tooLong))
    return { next: failed(request, known, now.at), event: 'failed', text: known.code };
  return troubledBy(request, known, now);
}

function troubledBy(request: Approved, error: JitError, now: Now): Outcome {
  return { next: troubled(request, error, now.at), event: 'trouble', text: error.code };
}

/** Commits what was seen, all in one script. What somebody else changed meanwhile is left to the next look. */
async function record(
  deps: Deps,
  requests: readonly Request[],
  now: Now,
  decide: (request: Request) => Outcome | undefined,
): Promise<void> {
  const decisions = requests.flatMap((from) => {
    const decision = decide(from);
    return decision ? [{ ...decision, from, by: 'drawbridge' }] : [];
  });
  await hint(deps, await commitAll(deps, decisions, now));
}

function errorsFor(steps: readonly Step[], error: unknown): Errors {
  return new Map(steps.filter((step) => step.verb !== 'leave').map((step) => [placementKey(step.placement), error]));
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
