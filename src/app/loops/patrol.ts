import type { MachineId } from '../../core/machine/machine.ts';
import { factsOf } from '../../core/request/audited.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { gatherStrays, type LookedThrough, type Stray } from '../../core/request/stray.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';
import type { Cloud, Found } from '../../ports/cloud.ts';
import { type Attempt, act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { isOfStore } from '../machine/commit-each.ts';
import { converge } from '../machine/converge.ts';
import { tellOperators } from '../protect/news.ts';
import { strayList } from './kept-strays.ts';
import { isLeft, isOver, leftReport, removeByMark } from './left.ts';
import { patrolPlaces } from './places.ts';

interface Counted {
  readonly seen: number;
  readonly closed: number;
}

export interface Patrolled extends Counted {
  /** All was read to its end, what has no record is kept, and what was to go is gone. */
  readonly isWhole: boolean;
}

/** So many records that cannot be asked for, one after the other: then none is asked for any more, and marks alone count. */
const MOST_UNASKED = 5;

interface PatrolledCloud extends Counted {
  /** So many were to go, and stand. */
  readonly unclosed: number;
  readonly looked: LookedThrough;
}

/**
 * Goes through every rule in the clouds that is ours by mark or by place, and has closed what should not be there;
 * then looks where the groups are that they stand in. Needs no memory: with an empty store it closes what is over by its own mark.
 */
export async function patrol(deps: Deps, signal: AbortSignal): Promise<Patrolled> {
  const list = await strayList(deps, deps.clouds.size);
  const totals = await Promise.all(
    [...deps.clouds.values()].map(async (cloud) => {
      const { seen, closed, unclosed, looked } = await patrolCloud(deps, cloud, signal);
      // At once: what was found here does not wait for a cloud that is silent.
      const isKept = await list.add(looked);
      await patrolPlaces(deps, cloud, signal);
      return { seen, closed, isWhole: isKept && unclosed === 0 };
    }),
  );
  return totals.reduce(
    (sum, one) => ({
      seen: sum.seen + one.seen,
      closed: sum.closed + one.closed,
      isWhole: sum.isWhole && one.isWhole,
    }),
    { seen: 0, closed: 0, isWhole: true },
  );
}

/** The same for some machines of one cloud. */
export async function patrolMachines(
  deps: Deps,
  cloud: Cloud,
  machines: readonly MachineId[],
  signal: AbortSignal,
): Promise<PatrolledCloud> {
  const done = await patrolCloud(deps, cloud, signal, machines);
  await patrolPlaces(deps, cloud, signal, machines);
  return done;
}

async function patrolCloud(
  deps: Deps,
  cloud: Cloud,
  signal: AbortSignal,
  only?: readonly MachineId[],
): Promise<PatrolledCloud> {
  const [seen, doubtful] = [new Set<string>(), new Set<string>()];
  const count = { seen: 0, closed: 0, unclosed: 0 };
  let isWhole = true;
  // Of some machines all are told: whoever asks compares them with those that are known.
  const strays = gatherStrays(only ? Number.POSITIVE_INFINITY : undefined);
  const left: Placement[] = [];
  const asking = askingFor(deps);
  try {
    for await (const found of cloud.patrol(signal, only)) {
      count.seen += 1;
      const { placement, until } = found;
      const key = placementKey(placement);
      const reason = await asking.why(found);
      const isDoubtful = asking.blind() !== undefined || (reason !== undefined && 'error' in reason);
      if (!isDoubtful) seen.add(key);
      if (reason && 'placement' in reason) strays.add(reason);
      if (!reason || 'placement' in reason) continue;
      if (!isDoubtful)
        deps.log.warn({ cloud: cloud.cloud, placement: key, why: reason.why }, 'the patrol closes a rule');
      const how = await closeFound({ ...deps, cloud }, found, reason, signal);
      if (how !== 'open') {
        seen.add(key);
        count.closed += 1;
      }
      if (how === 'by mark') left.push(placement);
      if (how !== 'open') continue;
      count.unclosed += 1;
      // Still open, and still without a record; or nobody can tell.
      if (isDoubtful) doubtful.add(key);
      else if (!reason.request && until !== undefined) strays.add({ placement, until });
    }
  } catch (error) {
    isWhole = false;
    deps.log.error({ cloud: cloud.cloud, error }, 'the patrol could not finish');
  }
  const blind = asking.blind();
  if (blind !== undefined) {
    isWhole = false;
    deps.log.error(
      { cloud: cloud.cloud, error: blind },
      'the records of rules cannot be asked for: marks alone counted',
    );
  }
  if (left.length > 0) await tellOperators(deps, leftReport(left));
  return { ...count, looked: { cloud: cloud.cloud, strays: strays.all(), isWhole, seen, doubtful } };
}

interface Reason {
  readonly why: string;
  /** The request that placed the rule, where one is known. */
  readonly request?: Request;
  /** Nobody came to that request, which is over. */
  readonly isLeft?: true;
  /** What kept it from being asked for. */
  readonly error?: unknown;
}

/** Asks for each rule's record, until too many could not be asked for: then what is over goes by its mark, and what is not stays. */
function askingFor(deps: Deps) {
  const why = 'its record cannot be read';
  let unasked = 0;
  let blind: unknown;
  return {
    async why(found: Found): Promise<Reason | Stray | undefined> {
      if (blind !== undefined) return isOverByMark(found) ? { why, error: blind } : undefined;
      try {
        const reason = await whyClose(deps, found);
        unasked = 0;
        return reason;
      } catch (error) {
        unasked += 1;
        if (unasked > MOST_UNASKED) blind = error;
        return { why, error };
      }
    },
    /** Why none was asked for any more. */
    blind: () => blind,
  };
}

/** Where the cloud tells no time nobody knows: it is tried, and read again right before. */
function isOverByMark({ mark, until, cloudNow }: Found): boolean {
  return mark !== 'valid' || until === undefined || cloudNow === undefined || until <= cloudNow;
}

/** Why a found rule must go; undefined when it may stay, and it itself when nobody knows it until its end. Where the store knows its request, its state decides, never the mark. */
async function whyClose(deps: Deps, found: Found): Promise<Reason | Stray | undefined> {
  const { placement, mark, until, cloudNow } = found;
  if (mark !== 'valid' || until === undefined) return { why: 'it has no valid mark where only we write' };
  const id = await deps.store.placedBy(placementKey(placement));
  const { request, isUnreadable, now } = id === undefined ? {} : await deps.store.load(id);
  const isLive = request && (isInForce(request) || request.status === 'closing');
  // What nobody here wrote says nothing of a rule that has a mark.
  if (request && !(isLive && request.isUnsealed)) {
    if (isLive && !(now && isLeft(request, now.at))) {
      // Somebody is about to come to it, unless an index lost it.
      if (now && isOver(request, now.at)) await deps.store.reindex([request]).catch(() => undefined);
      return undefined;
    }
    if (isLive) return { why: `nobody came to request ${request.id}, which is over`, request, isLeft: true };
    return { why: `request ${request.id} is over`, request };
  }
  // Where the clock of Redis jumped, the cloud's own decides, as without Redis.
  const { at, trusted } = now ?? (await deps.store.now());
  const over = trusted ? at > until && (cloudNow === undefined || cloudNow > until) : (cloudNow ?? until) > until;
  if (over) return { why: 'its time is over and nobody here knows it' };
  return { placement, until, ...(id !== undefined && isUnreadable ? { unreadable: id } : {}) };
}

/**
 * Under the lock, with everything in force on the machine read again: a rule that a lease wants is left alone. It is
 * written to the audit before, and closed all the same where that cannot be; and where its records cannot be read or written, it goes
 * by its mark.
 */
async function closeFound(
  deps: Deps & { readonly cloud: Cloud },
  found: Found,
  reason: Reason,
  signal: AbortSignal,
): Promise<'closed' | 'by mark' | 'open'> {
  const { placement } = found;
  try {
    // What is over, as far as anybody can tell, is to be known by the indexes again.
    if (reason.isLeft && reason.request) await deps.store.reindex([reason.request]).catch(() => undefined);
    if (reason.error !== undefined) throw reason.error;
    await act(deps, aboutOf(found, reason), async (closing) => {
      await closing.beginAnyway();
      await converge({ ...deps, via: 'patrol' }, placement.rule.machine, signal, [placement]);
    });
    return 'closed';
  } catch (error) {
    deps.log.error(
      { placement: placementKey(placement), error },
      'the patrol could not close a rule; the next one tries again',
    );
    // What the cloud, or whoever holds the lock, says against it.
    if (!isOfStore(error)) return 'open';
  }
  try {
    return (await removeByMark(deps, deps.cloud, placement, signal)) ? 'by mark' : 'open';
  } catch (error) {
    deps.log.error({ placement: placementKey(placement), error }, 'a rule could not be closed by its mark either');
    return 'open';
  }
}

function aboutOf({ placement, until }: Found, { why, request }: Reason): Attempt {
  const { machine, port, source } = placement.rule;
  return {
    event: 'close found',
    by: 'drawbridge',
    as: 'patrol',
    machine,
    ports: [port],
    source,
    why: `${why} (${placement.backend} ${placement.at})`,
    ...(until === undefined ? {} : { until }),
    ...(request ? { ...factsOf(request), ports: [port], source } : {}),
  };
}
