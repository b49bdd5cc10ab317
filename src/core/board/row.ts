import { keptSpans } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import { plain } from '../language/text.ts';
import type { MachineId } from '../machine/machine.ts';
import type { ReadingRight } from '../policy/readers.ts';
import { latenessOf, overAt } from '../request/closing.ts';
import { extensionOf, isApproved, isInForce, type Request } from '../request/request.ts';
import { isOfExtension, type Review, type Who } from '../request/review.ts';
import { portText } from '../rule/port.ts';

/** What the board shows of a request in a list: derived from its record alone, and kept beside it. No word that somebody wrote. */
export interface BoardRow {
  readonly id: string;
  readonly version: number;
  readonly status: Request['status'];
  readonly machine: MachineId;
  readonly machineName: string;
  readonly location?: string;
  readonly requester: Who;
  /** Ids of all whose row it is: who asked, for whom, who was asked to decide, and who did. */
  readonly people: readonly string[];
  readonly ports: readonly string[];
  readonly source: string;
  readonly sourceName?: string;
  readonly policies: readonly string[];
  readonly askedAt: Instant;
  /** Names of those who were asked, while it waits for them. */
  readonly waitsFor?: readonly string[];
  readonly waitsForIds?: readonly string[];
  readonly answerBy?: Instant;
  readonly startsAt?: Instant;
  /** When the last one approved it, or one denied it; absent where nobody decided. */
  readonly decidedAt?: Instant;
  readonly deciders?: readonly string[];
  /** Whose names these are, in the same order; absent in what was kept before they were told apart. */
  readonly deciderIds?: readonly string[];
  readonly openedAt?: Instant;
  readonly until?: Instant;
  readonly endedAt?: Instant;
  readonly why?: 'elapsed' | 'revoked' | 'failed';
  /** When the cloud was read back, and what that showed. */
  readonly closedAt?: Instant;
  readonly verdict?: 'closed' | 'shared' | 'open' | 'unknown';
  /** How long after its end that was. */
  readonly lateMs?: number;
  /** From when on it is overdue, while it is not proven closed. */
  readonly overAt?: Instant;
  readonly isGlass?: true;
  /** Until when its review is owed; absent once it was done. */
  readonly reviewBy?: Instant;
  readonly isDrill?: true;
  /** What does not work now, in a sentence. */
  readonly trouble?: string;
  readonly isExtending?: true;
}

const MOST_PEOPLE = 24;
const MOST_NAMES = 6;

export function rowOf(request: Request): BoardRow {
  const { id, version, status, machine, machineName, location, requester, source, sourceName, policies } = request;
  const extension = extensionOf(request);
  const waits = status === 'pending' || extension !== undefined;
  const over = overAt(request);
  const glass = request.breakGlass;
  const trouble = 'trouble' in request ? request.trouble : undefined;
  const asked = request.asked.slice(0, MOST_NAMES);
  return {
    ...{ id, version, status, machine, machineName, requester: whoOf(requester), source, policies },
    ...(location === undefined ? {} : { location }),
    ...(sourceName === undefined ? {} : { sourceName }),
    people: peopleOf(request),
    ports: request.ports.map(portText),
    askedAt: request.askedAt,
    ...(waits ? { waitsFor: asked.map(({ name }) => name), waitsForIds: asked.map(({ id: one }) => one) } : {}),
    ...(request.status === 'pending' ? { answerBy: request.answerBy } : {}),
    ...(extension ? { answerBy: extension.answerBy, isExtending: true as const } : {}),
    ...(request.startsAt === undefined ? {} : { startsAt: request.startsAt }),
    ...decisionOf(request),
    ...leaseOf(request),
    ...(over === undefined ? {} : { overAt: over }),
    ...(glass ? { isGlass: true as const } : {}),
    ...(glass && !glass.review ? { reviewBy: glass.reviewBy } : {}),
    ...(request.drill ? { isDrill: true as const } : {}),
    ...(trouble === undefined ? {} : { trouble: plain(keptSpans(trouble)) }),
  };
}

/** Is it open, or may it be: approved, and not proven closed? */
export function isOpenRow({ status }: BoardRow): boolean {
  return status === 'activating' || status === 'active' || status === 'closing';
}

/** Does somebody have to decide? */
export function isWaitingRow({ status, isExtending }: BoardRow): boolean {
  return status === 'pending' || isExtending === true;
}

/** When it was over, or asked for where nobody decided. */
export function restsAt({ closedAt, decidedAt, askedAt }: BoardRow): Instant {
  return closedAt ?? decidedAt ?? askedAt;
}

/** When it was opened, or asked for where it never was. */
export function begunAt({ openedAt, askedAt }: BoardRow): Instant {
  return openedAt ?? askedAt;
}

/** How long it was open, or is: until it was proven closed. Undefined where it never was. */
export function openSpan(
  { openedAt, closedAt }: BoardRow,
  now: Instant,
): { readonly from: Instant; readonly to: Instant } | undefined {
  return openedAt === undefined ? undefined : { from: openedAt, to: closedAt ?? Math.max(now, openedAt) };
}

/** How late it was closed; undefined too where nobody could tell that it was. */
export function lateIn({ verdict, lateMs }: BoardRow): number | undefined {
  return verdict === 'unknown' ? undefined : lateMs;
}

function leaseOf(request: Request): Partial<BoardRow> {
  if (!isApproved(request)) return {};
  const { openedAt, until } = request.lease;
  const opened = openedAt === undefined ? {} : { openedAt };
  if (isInForce(request)) return { ...opened, until };
  const { ending } = request;
  const ended = { ...opened, until, endedAt: ending.at, why: ending.why };
  if (request.status !== 'ended') return ended;
  const { at, verdict } = request.proof;
  return { ...ended, closedAt: at, verdict, lateMs: latenessOf(request) };
}

function decisionOf(request: Request): Partial<BoardRow> {
  const reviews = reviewsOf(request);
  const last = reviews.at(-1);
  if (!last) return {};
  const deciders = reviews.slice(0, MOST_NAMES).map(({ by }) => by);
  return { decidedAt: last.at, deciders: deciders.map(({ name }) => name), deciderIds: deciders.map(({ id }) => id) };
}

/** Those that decided it: none while it still waits. */
function reviewsOf({ status, reviews }: Request): readonly Review[] {
  if (status === 'pending' || status === 'withdrawn' || status === 'expired') return [];
  const verdict = status === 'denied' ? 'deny' : 'approve';
  return reviews.filter((review) => review.verdict === verdict && !isOfExtension(review, status));
}

function peopleOf({ requester, askedBy, asked, reviews }: Request): readonly string[] {
  const all = [requester, ...(askedBy ? [askedBy] : []), ...reviews.map(({ by }) => by), ...asked];
  return [...new Set(all.map(({ id }) => id))].slice(0, MOST_PEOPLE);
}

function whoOf({ id, name }: Who): Who {
  return { id, name };
}

/** Did they ask for it, was it asked for them, or were they asked to decide? */
export function isOwnRow({ people }: BoardRow, { person }: ReadingRight): boolean {
  return people.includes(person);
}

export function mayReadRow(row: BoardRow, right: ReadingRight): boolean {
  return right.isAll || isOwnRow(row, right) || row.policies.some((name) => right.policies.has(name));
}
