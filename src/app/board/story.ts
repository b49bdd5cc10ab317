import { isIntact, readRecord } from '../../core/audit/record.ts';
import { namedRow, nameOn, personsApart, whoIn } from '../../core/board/names.ts';
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
  // Whoever is named anywhere on the page: who asked, who was asked, who did something, and of whom the audit says so.
  const person = namesApart([...peopleOf(request, entries), ...whoIn(row)]);
  const apart = personsApart(row, person);
  return {
    now: now.at,
    row: mayClose ? { ...apart, mayClose } : apart,
    facts: factsOf(request).map(({ label, value }) => [phrased(label), plain(value)] as const),
    justification: tidy(request.justification, LONGEST),
    moments: request.timeline.map((moment) => momentOf(moment, (by) => person(whoOf(request, by)))),
    proof: request.status === 'ended' ? findingsOf(request.proof).map(({ text }) => plain(text)) : [],
    entries: entries.map(({ who, ...entry }) => ({ ...entry, by: person(who) })),
  };
}

async function canClose(deps: Deps, seat: Seat, request: Request): Promise<true | undefined> {
  if (!seat.viewer.mayAct || !isInForce(request)) return undefined;
  const as = await mayEnd({ ...deps, acting: actorIn(seat) }, seat.person, request).catch(() => undefined);
  return as === undefined ? undefined : true;
}

function momentOf({ at, event, by, text }: Moment, nameOf: (by: string) => string): BoardMoment {
  return {
    at,
    event,
    ...(by === undefined ? {} : { by: nameOf(by) }),
    ...(text === undefined ? {} : { text: tidy(text, LONGEST) }),
  };
}

function whoOf({ requester, askedBy, asked, reviews }: Request, id: string): Who {
  const known = [requester, ...(askedBy ? [askedBy] : []), ...asked, ...reviews.map(({ by }) => by)];
  const name = known.find((one) => one.id === id)?.name ?? id;
  return { id, name: nameOn(name, id) };
}

function peopleOf(request: Request, entries: readonly EntryRead[]): readonly Who[] {
  const moments = request.timeline.flatMap(({ by }) => by ?? []);
  return [...moments.map((id) => whoOf(request, id)), ...entries.map(({ who }) => who)];
}

interface EntryRead extends Omit<BoardEntry, 'by'> {
  readonly who: Who;
}

/** What somebody else wrote into the store may be anything: one such entry keeps no other from being shown. */
function entryOf(record: AuditRecord): EntryRead {
  const { epoch, sequence, at, hash } = record;
  const where = { place: `${epoch}-${sequence}`, at, hash, isIntact: isIntact(record) };
  const { facts, people, isUnread } = readRecord(record);
  if (isUnread) return { ...where, event: 'cannot be read', outcome: 'unknown', as: 'unknown', who: NOBODY };
  const id = String(facts.by);
  const { name, user } = people[id] ?? {};
  const text = (field: 'event' | 'outcome' | 'as') => nameText(String(facts[field]));
  const who = { id, name: nameOn(name ?? user ?? id, id) };
  return { ...where, event: text('event'), outcome: text('outcome'), as: text('as'), who };
}

const NOBODY: Who = { id: '', name: 'unknown' };
