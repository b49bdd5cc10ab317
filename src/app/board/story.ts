import { isIntact, readRecord } from '../../core/audit/record.ts';
import { namedRow } from '../../core/board/names.ts';
import { mayReadRow, rowOf } from '../../core/board/row.ts';
import { phrased, plain, tidy } from '../../core/language/text.ts';
import { isInForce, isRequestId, type Moment, type Request } from '../../core/request/request.ts';
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
  const entries = await rows.entries(id);
  const mayClose = await canClose(deps, seat, request);
  return {
    now: now.at,
    row: mayClose ? { ...row, mayClose } : row,
    facts: factsOf(request).map(({ label, value }) => [phrased(label), plain(value)] as const),
    justification: tidy(request.justification, LONGEST),
    moments: request.timeline.map((moment) => momentOf(request, moment)),
    proof: request.status === 'ended' ? findingsOf(request.proof).map(({ text }) => plain(text)) : [],
    entries: entries.map(entryOf),
  };
}

async function canClose(deps: Deps, seat: Seat, request: Request): Promise<true | undefined> {
  if (!seat.viewer.mayAct || !isInForce(request)) return undefined;
  const as = await mayEnd({ ...deps, acting: actorIn(seat) }, seat.person, request).catch(() => undefined);
  return as === undefined ? undefined : true;
}

function momentOf(request: Request, { at, event, by, text }: Moment): BoardMoment {
  return {
    at,
    event,
    ...(by === undefined ? {} : { by: tidy(nameIn(request, by), LONGEST) }),
    ...(text === undefined ? {} : { text: tidy(text, LONGEST) }),
  };
}

function nameIn({ requester, askedBy, asked, reviews }: Request, id: string): string {
  const known = [requester, ...(askedBy ? [askedBy] : []), ...asked, ...reviews.map(({ by }) => by)];
  return known.find((one) => one.id === id)?.name ?? id;
}

function entryOf(record: AuditRecord): BoardEntry {
  const { facts, people } = readRecord(record);
  const by = String(facts.by);
  return {
    place: `${record.epoch}-${record.sequence}`,
    at: record.at,
    event: String(facts.event),
    outcome: String(facts.outcome),
    by: tidy(people[by]?.name ?? by, LONGEST),
    as: String(facts.as),
    hash: record.hash,
    isIntact: isIntact(record),
  };
}
