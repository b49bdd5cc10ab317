import { JitError } from '../../core/errors/errors.ts';
import { type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { failed } from '../../core/request/closing.ts';
import { denied, unreviewed } from '../../core/request/life.ts';
import { extensionOf, type InForce, isInForce, type Pending, type Request } from '../../core/request/request.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';
import type { Report } from '../../core/view/report.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { takeLive } from '../live.ts';
import type { Decision } from '../machine/commit.ts';
import { commitApart, commitEach } from '../machine/commit-each.ts';
import { converge } from '../machine/converge.ts';
import { isNoRequest } from '../machine/no-request.ts';
import { tellOperators } from '../protect/news.ts';
import { voidGiven } from './given-before.ts';
import { patrol } from './patrol.ts';

/** Live requests that are looked through. */
const MOST = 50_000;
/** So many locks are held at a time to close rules whose records were lost, and each machine behind them takes so long at most. */
const TOGETHER = 20;
const CLOSE_MS = MINUTE_MS;
/** With how many more there are, a chat shows them all in one section. */
const MOST_SHOWN = 11;

/**
 * After the store went back: compares what it says is open with the marks in the clouds, and ends what cannot be relied on.
 * Until every cloud was read, nothing is opened. What no record is known of any more the patrol finds.
 */
export async function compare(deps: Deps, signal: AbortSignal): Promise<void> {
  // Whoever was only away shows the last commit: nothing was lost then.
  if (!(await deps.store.now()).wentBack) return;
  const { wentBack, isUnsettled, epoch = 0 } = await deps.store.write();
  if (!wentBack || isUnsettled) return;
  const marks = new Map<string, Instant>();
  for (const cloud of deps.clouds.values()) {
    for await (const { placement, mark, until } of cloud.marked?.(signal) ?? cloud.patrol(signal))
      if (mark === 'valid' && until !== undefined) marks.set(placementKey(placement), until);
  }
  const given = await voidGiven(deps);
  const touchedById = new Map<string, Request>();
  // All are known before the first is changed: what is over leaves the list, and would move others past its reader.
  const ids = await takeLive(deps.store, MOST, (one) => [one.id]);
  const decide = (one: Request, now: Now) => {
    const decision = decisionOn(one, marks, now);
    // Somebody else may have been faster, and have left nothing to do.
    if (decision) touchedById.set(one.id, decision.next);
    else touchedById.delete(one.id);
    return decision;
  };
  // Where one of them could not be, it throws once all were tried, and all are compared again.
  await commitEach(deps, ids, decide, signal);
  const touched = [...touchedById.values()];
  await patrol(deps, signal);
  const strays = await deps.store.strays();
  // What went back again meanwhile was gone through before that: it is compared again.
  await deps.store.compared(epoch);
  deps.log.warn({ touched: touched.map(({ id }) => id), strays: strays?.count }, 'clouds and records were compared');
  const isStrange = (await deps.store.wasStrange?.()) === true;
  await tellOperators(deps, reportOf(touched, strays?.count ?? 0, given, isStrange));
}

function decisionOn(request: Request, marks: ReadonlyMap<string, Instant>, { at }: Now): Decision | undefined {
  const by = 'drawbridge';
  if (isInForce(request) && isLost(request, marks)) {
    const error = new JitError('lostWithStore');
    return { next: failed(request, error, at), event: 'failed', by, text: error.code };
  }
  if (request.status === 'scheduled') {
    const error = new JitError('lostWithStore');
    const review = { by: { id: by, name: 'Drawbridge' }, at, verdict: 'deny' as const, reason: error.say };
    return { next: denied(request, review), event: 'denied', by, text: error.code };
  }
  if (!(request.status === 'pending' ? isAskedAgain(request) : extensionOf(request)?.reviews.length)) return undefined;
  if (!(request.status === 'pending' || isInForce(request))) return undefined;
  return { next: unreviewed(request, at), event: 'approvals voided', by };
}

/** It may have been denied or withdrawn in what the store lost, so its people are told that it waits; once while nothing happens. */
function isAskedAgain({ reviews, offer, timeline }: Pending): boolean {
  return reviews.length > 0 || offer !== undefined || timeline.at(-1)?.event !== 'approvals voided';
}

/**
 * It was not open yet, or a rule of it is gone, or ends earlier than was ever seen: then it was revoked, or ended, in what the
 * store lost. An end that is later is brought back by converge.
 */
function isLost({ lease }: InForce, marks: ReadonlyMap<string, Instant>): boolean {
  if (lease.openedAt === undefined) return true;
  return lease.placements.some((placement) => {
    const until = marks.get(placementKey(placement));
    return until === undefined || (until < lease.until && until !== lease.seenUntil);
  });
}

/**
 * What a process remembers to be revoked is not in force again, whatever a store says that went back; nor is its rule left. What cannot
 * be ended keeps nothing else from it: throws the first error once all were tried, and that of a store at once.
 */
export async function endRevoked(
  deps: Deps,
  revoked: readonly { readonly id: string; readonly placements: readonly Placement[] }[],
): Promise<void> {
  const lost: Placement[] = [];
  const errors: unknown[] = [];
  for (const { id, placements } of revoked) {
    const kept = await commitApart(deps, id, (request, { at }) => {
      if (!isInForce(request)) return undefined;
      const error = new JitError('lostWithStore');
      return { next: failed(request, error, at), event: 'failed', by: 'drawbridge', text: error.code };
    });
    if (!kept) continue;
    // Its record was lost: its rule is closed as one that nobody knows.
    if (isNoRequest(kept.error)) lost.push(...placements);
    else errors.push(kept.error);
  }
  const byLock = [...Map.groupBy(lost, ({ locks }) => locks.join(' ')).values()];
  for (let from = 0; from < byLock.length; from += TOGETHER)
    errors.push(
      ...(await Promise.all(byLock.slice(from, from + TOGETHER).map((some) => closeLost(deps, some)))).flat(),
    );
  if (errors.length > 0) throw errors[0];
}

/** What one lock guards, machine by machine. Gives what went wrong. */
async function closeLost(deps: Deps, lost: readonly Placement[]): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const [machine, found] of Map.groupBy(lost, ({ rule }) => rule.machine)) {
    try {
      await converge(deps, machine, AbortSignal.timeout(CLOSE_MS), found);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

function reportOf(touched: readonly Request[], strays: number, given: readonly Line[], isStrange: boolean): Report {
  const rows = touched.slice(0, MOST_SHOWN).map(({ id, machineName, requester, status }) => {
    const what =
      status === 'closing' || status === 'denied'
        ? say`ended`
        : status === 'pending'
          ? say`asked again`
          : say`its approvals count no more`;
    return { line: [say`\`${id}\`  ${machineName}, requested by ${requester.name}: ${what}`] };
  });
  const more = touched.length - MOST_SHOWN;
  const open = strays === 1 ? say`1 open rule has no record` : say`${strays} open rules have no record`;
  return {
    title: isStrange ? 'Nobody remembers what Redis held last' : 'Redis went back in time',
    sections: [
      {
        heading: '',
        rows: [
          {
            line: [
              isStrange
                ? say`No process that runs knows what Redis held last, so it may be a restored one. Nothing was opened until its records and the clouds were compared; that is done. To be spared this at the next start, keep the folder of \`marks.keyFile\`.`
                : say`Redis lost its last changes. Nothing was opened until its records and the clouds were compared; that is done.`,
            ],
          },
          ...(strays > 0
            ? [{ line: [say`${open}: each ends by its mark, and \`/jit list\` names it to whoever may close it.`] }]
            : []),
          ...given.map((line) => ({ line })),
        ],
      },
      ...(touched.length > 0
        ? [
            {
              heading: say`Not relied on any more`,
              rows: more > 0 ? [...rows, { line: [say`… and ${more} more.`] }] : rows,
            },
          ]
        : []),
    ],
  };
}
