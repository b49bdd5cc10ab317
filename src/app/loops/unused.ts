import { JitError } from '../../core/errors/errors.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { isUseWatched, neededBy, untoldUse, unused, usedAt } from '../../core/request/ending-unused.ts';
import type { Active, Request } from '../../core/request/request.ts';
import type { UsageAnswer } from '../../ports/usage.ts';
import type { Deps } from '../deps.ts';
import { againstClocks } from '../machine/clocks.ts';
import { cloudFor } from '../machine/cloud.ts';
import { commit, type Decision } from '../machine/commit.ts';

/** Requests that are looked through in one round. */
const MOST = 50_000;
/** Logs that are read in one round, and at a time: each may take several calls, and others read there too. */
const MOST_READ = 200;
const AT_ONCE = 4;
/** How long reading one log may take. */
const READ_MS = 30 * SECOND_MS;
/** How long until the same log is read again: what was not there yet, and what could not be read. */
const AGAIN_MS = 2 * MINUTE_MS;
const FAILED_MS = 5 * MINUTE_MS;
const OURS = 'drawbridge';

/**
 * Closes access that nobody used in time, where its cloud tells that for the whole time since its opening. What nobody can tell is
 * never closed for it, and neither is what could not be read. Gives how many were closed.
 */
export function watchUnused(deps: Deps): (signal: AbortSignal) => Promise<number> {
  /** When each is read next, where that is later than at once. */
  const next = new Map<string, Instant>();
  return async (signal) => {
    const { at: now, trusted } = await deps.store.now();
    if (!trusted) return 0;
    const all = await deps.store.find({ by: 'state', which: 'useWatched' }, MOST);
    const known = new Set(all.map(({ id }) => id));
    for (const id of next.keys()) if (!known.has(id)) next.delete(id);
    const due = (one: Active) => Math.max(neededBy(one), next.get(one.id) ?? 0);
    const reading = all
      .filter(isUseWatched)
      .filter((one) => due(one) <= now && one.lease.until > now)
      .toSorted((a, b) => due(a) - due(b))
      .slice(0, MOST_READ);
    let closed = 0;
    for (let from = 0; from < reading.length; from += AT_ONCE) {
      signal.throwIfAborted();
      const some = reading.slice(from, from + AT_ONCE);
      const done = await Promise.all(some.map((request) => look(deps, request, signal)));
      for (const [i, { id }] of some.entries()) {
        const { againMs = AGAIN_MS, isClosed = false } = done[i] ?? {};
        next.set(id, now + againMs);
        if (isClosed) closed += 1;
      }
    }
    if (closed > 0) deps.log.info({ closed }, 'what nobody used was closed');
    return closed;
  };
}

interface Looked {
  readonly againMs?: number;
  readonly isClosed?: boolean;
}

async function look(deps: Deps, request: Active, signal: AbortSignal): Promise<Looked> {
  const { id, machine } = request;
  try {
    const answer = await answerOf(deps, request, signal);
    if (answer.is === 'not yet') return {};
    const kept = await commit(deps, id, (current, { at }) => decisionOn(current, { request, answer }, at));
    return { isClosed: kept.status === 'closing' && answer.is === 'not seen' };
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ error, request: id, machine }, 'nobody can tell now whether an access is used');
    const { retryAfterMs } = error instanceof JitError ? error : {};
    return { againMs: Math.max(FAILED_MS, retryAfterMs ?? 0) };
  }
}

async function answerOf(deps: Deps, request: Active, signal: AbortSignal): Promise<UsageAnswer> {
  const { machine, source, ports, lease } = request;
  const cloud = cloudFor(deps, machine);
  if (!cloud.used) return { is: 'untold', why: 'its cloud tells no more who connects' };
  const startedMs = deps.monotonic();
  const now = await deps.store.now();
  const ask = { machine, source, ports, from: lease.openedAt, until: neededBy(request), now: now.at };
  const answer = await cloud.used(ask, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]));
  // A log by another clock is about another time.
  const apart = againstClocks(deps, cloud, { now, startedMs }, cloud.timeAt?.(machine));
  if (apart && answer.is === 'not seen') throw apart;
  return answer;
}

/** Only of the very time that was asked about: whoever extended it meanwhile has more. */
function decisionOn(
  current: Request,
  { request, answer }: { readonly request: Active; readonly answer: UsageAnswer },
  at: Instant,
): Decision | undefined {
  const isSame = isUseWatched(current) && current.lease.openedAt === request.lease.openedAt;
  if (!isSame || neededBy(current) !== neededBy(request)) return undefined;
  switch (answer.is) {
    case 'seen':
      return { next: usedAt(current, answer.at, at), event: 'used', by: OURS };
    case 'untold':
      return { next: untoldUse(current, answer.why, at), event: 'use untold', by: OURS, text: answer.why };
    case 'not seen':
      return { next: unused(current, at), event: 'failed', by: OURS, text: 'unused' };
    case 'not yet':
      return undefined;
  }
}
