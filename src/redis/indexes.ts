import { recordOf } from '../core/audit/record.ts';
import { rowOf } from '../core/board/row.ts';
import { type Indexes, indexesOf } from '../core/request/record.ts';
import type { Request } from '../core/request/request.ts';
import { stands } from '../core/request/same.ts';
import { isTerminal } from '../core/request/workflow.ts';
import type { Commit, Finding } from '../ports/store.ts';
import { salt, short } from './keys.ts';

/** An index and the score of the request in it; false where it is not to be there. A member of its own where that is not its id. */
type Entry = readonly [index: string, score: number | false, member?: string];

/** What the scripts need to know of a request to index it; with `keepMs` there is a board, which has it so long after its end. */
export function indexed(request: Request, keepMs?: number) {
  const indexes = indexesOf(request);
  return {
    ...(keepMs === undefined ? {} : { row: JSON.stringify(rowOf(request)), keepMs }),
    id: request.id,
    version: request.version,
    machine: indexes.machine,
    askedAt: indexes.askedAt,
    ...(indexes.lookAt === undefined ? {} : { lookAt: indexes.lookAt }),
    entries: entriesOf(request.id, indexes),
  };
}

/** What the script of a commit needs to know of a change beside its record. */
export function committed({ next, from, audit, key, most, alone, with: isTied }: Commit, keepMs?: number) {
  const { placed, placedUntil, requester, source, approvedAt, sameness } = indexesOf(next);
  return {
    ...indexed(next, keepMs),
    from,
    requester,
    ...(source === undefined ? {} : { source }),
    ...(approvedAt === undefined ? {} : { approvedAt }),
    over: isTerminal(next.status),
    machineKey: short(next.machine),
    placed: placed.map(short),
    placedUntil: Math.ceil(placedUntil),
    ...(key === undefined ? {} : { made: short(key) }),
    ...(most && from === 0 ? { most } : {}),
    ...(sameness === undefined ? {} : { same: short(sameness), stands: stands(next) }),
    ...(alone && from === 0 ? { alone } : {}),
    ...(isTied ? { with: true } : {}),
    ...(audit ? { audit: recordOf(audit, salt) } : {}),
  };
}

/** The index in which current requests are found so. */
export function indexFor({ by, which }: Finding): string {
  return by === 'machineName' ? `named:${short(which.toLowerCase())}` : `${NAMES[by]}:${which}`;
}

/** In the place of a lock: what is over under any, whether its next try has come or not. */
export const OVERDUE = 'overdue';

const NAMES = { requester: 'of', asked: 'asked', policy: 'policy', state: 'state', review: 'review' } as const;

/** The index of what is to be closed under a lock. */
export function endsUnder(lock: string): string {
  return short(lock);
}

/** The index in which the ends of a site are counted. */
export function endsAtSite(site: string): string {
  return `budget:${site}`;
}

/** So many characters of it tell machines apart within one slice of time. */
const MACHINE_CHARS = 6;

/** What stands for a request in it: its machine, by which what one call closes is known, its id, and which of its ports. */
export function endMember(machine: string, id: string, which: number | 'kept'): string {
  return `${short(machine).slice(0, MACHINE_CHARS)}${id}${which === 0 ? '' : which}`;
}

/** What was kept for it before this commit is no longer needed. */
function countedEnds(id: string, { machine, end }: Indexes): readonly Entry[] {
  if (!end) return [];
  const { site, ports, at = false } = end;
  const index = endsAtSite(site);
  const each = Array.from({ length: ports }, (_, i): Entry => [index, at, endMember(machine, id, i)]);
  return at === false ? each : [...each, [index, false, endMember(machine, id, 'kept')]];
}

function entriesOf(id: string, indexes: Indexes): readonly Entry[] {
  const {
    machine,
    lookAt = false,
    isWaiting,
    isCurrent,
    isTicketed,
    isUseWatched,
    isHeldBack,
    endsAt = false,
    overAt = false,
    reviewBy,
  } = indexes;
  const listed = isCurrent && indexes.askedAt;
  return [
    [`on:${machine}`, isWaiting ? false : lookAt],
    [`waits:${machine}`, isWaiting && lookAt],
    [indexFor({ by: 'requester', which: indexes.requester }), listed],
    [indexFor({ by: 'machineName', which: indexes.machineName }), listed],
    [indexFor({ by: 'state', which: 'open' }), !isWaiting && listed],
    [indexFor({ by: 'state', which: 'ticketed' }), isTicketed && listed],
    [indexFor({ by: 'state', which: 'useWatched' }), isUseWatched && listed],
    [indexFor({ by: 'state', which: 'heldBack' }), isHeldBack && listed],
    [`ends:${OVERDUE}`, overAt],
    ...countedEnds(id, indexes),
    ...(reviewBy === undefined ? [] : [[indexFor({ by: 'review', which: 'owed' }), reviewBy && -reviewBy] as const]),
    ...indexes.asked.map((which): Entry => [indexFor({ by: 'asked', which }), listed]),
    ...indexes.policies.map((which): Entry => [indexFor({ by: 'policy', which }), listed]),
    ...indexes.locks.map((lock): Entry => [`ends:${endsUnder(lock)}`, endsAt]),
  ];
}
