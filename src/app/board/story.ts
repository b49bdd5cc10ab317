import { isIntact, readRecord } from '../../core/audit/record.ts';
import { namedRow, nameOn } from '../../core/board/names.ts';
import { mayReadRow, rowOf } from '../../core/board/row.ts';
import { namesApart, nameText } from '../../core/language/names-apart.ts';
import { phrased, plain, tidy } from '../../core/language/text.ts';
import { isInForce, isRequestId, type Moment, type Request } from '../../core/request/request.ts';
import type { Who } from '../../core/request/review.ts';
import { factsOf } from '../../core/view/facts.ts';
import { findingsOf } from '../../core/view/proof-words.ts';
import type { AuditRecord } from '../../ports/audit.ts';
import type { BoardEntry, BoardMoment, BoardStory } from '../../ports/board.ts';
import type { BoardRows } from '../../ports/board-rows.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { mayEnd } from '../request/end.ts';
import type { ReadingLog } from './reading.ts';
import { actorIn, type Seat } from './seat.ts';

const LONGEST = 500;

/** All that is known of one request, for whoever may read it. Throws `unknownRequest` as if there were none for all others. */
export async function storyOf(
  deps: Deps,
  { rows, reading }: { readonly rows: BoardRows; readonly reading: ReadingLog },
  seat: Seat,
  id: string,
): Promise<BoardStory> {
  const { request, now } = isRequestId(id) ? await deps.store.load(id) : { request: undefined, now: undefined };
  if (!request || !now) throw await noRequest(deps, id);
  const row = namedRow(rowOf(request));
  if (!mayReadRow(row, seat.right)) throw await noRequest(deps, id);
  await reading.note(seat, { view: 'request', filter: id, rows: [row], request: id });
  const entries = (await rows.entries(id)).map(entryOf);
  const mayClose = await canClose(deps, seat, request);
  // Whoever is named anywhere on the page, in its facts, too.
  const person = namesApart([...entries.map(({ who }) => who), ...peopleOf(request)]);
  const told = withNames(request, person);
  const shown = namedRow(rowOf(told));
  return {
    now: now.at,
    row: mayClose ? { ...shown, mayClose } : shown,
    facts: factsOf(told).map(({ label, value }) => [phrased(label), plain(value)] as const),
    justification: tidy(request.justification, LONGEST),
    moments: request.timeline.map((moment) => momentOf(told, moment)),
    proof: request.status === 'ended' ? findingsOf(request.proof).map(({ text }) => plain(text)) : [],
    entries: entries.map(({ who, ...entry }) => ({ ...entry, by: person(who) })),
  };
}

async function canClose(deps: Deps, seat: Seat, request: Request): Promise<true | undefined> {
  if (!seat.viewer.mayAct || !isInForce(request)) return undefined;
  const as = await mayEnd({ ...deps, acting: actorIn(seat) }, seat.person, request).catch(() => undefined);
  return as === undefined ? undefined : true;
}

function momentOf(request: Request, { at, event, by, text }: Moment): BoardMoment {
  const name = peopleOf(request).find(({ id }) => id === by)?.name;
  return {
    at,
    event,
    ...(by === undefined ? {} : { by: nameOn(name ?? by, by) }),
    ...(text === undefined || text === event ? {} : { text: tidy(text, LONGEST) }),
  };
}

/** Whom a record names. */
function peopleOf({ requester, askedBy, asked, reviews }: Request): readonly Who[] {
  return [requester, ...(askedBy ? [askedBy] : []), ...asked, ...reviews.map(({ by }) => by)];
}

/** A request whose people are called as `person` says. */
function withNames<R extends Request>(request: R, person: (one: Who) => string): R {
  const { requester, askedBy, asked, reviews } = request;
  const named = <W extends Who>(who: W): W => ({ ...who, name: person(who) });
  return {
    ...request,
    requester: named(requester),
    ...(askedBy ? { askedBy: named(askedBy) } : {}),
    asked: asked.map(named),
    reviews: reviews.map((review) => ({ ...review, by: named(review.by) })),
  };
}

interface EntryRead extends Omit<BoardEntry, 'by'> {
  readonly who: Who;
}

/** What somebody else wrote into the store may be anything: one such entry keeps no other from being shown. */
function entryOf(record: AuditRecord): EntryRead {
  const { epoch, sequence, at, hash } = record;
  const where = { place: `${epoch}-${sequence}`, at, hash, isIntact: isIntact(record) };
  const { facts, people, isUnread } = readRecord(record);
  if (isUnread) return { ...where, event: 'unreadable', outcome: 'unknown', as: 'unknown', who: NOBODY };
  const id = String(facts.by);
  const { name, user } = people[id] ?? {};
  const who = { id, name: nameOn(name ?? user ?? id, id) };
  const { event, outcome, as } = facts;
  const said = { event: nameText(String(event)), outcome: nameText(String(outcome)), as: nameText(String(as)) };
  return { ...where, ...said, who };
}

const NOBODY: Who = { id: '', name: 'unknown' };
