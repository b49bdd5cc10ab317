import { csvOf } from '../../core/board/csv.ts';
import { exposureOf } from '../../core/board/exposure.ts';
import { type BoardFilter, filterText, isMeantBy } from '../../core/board/filter.ts';
import { type BoardRow, isOpenRow, isWaitingRow, mayReadRow } from '../../core/board/row.ts';
import { timelineOf } from '../../core/board/timeline.ts';
import type { BoardDesk, Paging, ShownRow } from '../../ports/board.ts';
import type { BoardRows } from '../../ports/board-rows.ts';
import type { Deps } from '../deps.ts';
import { isSecurity } from '../request/end.ts';
import { closeOn, protectOn } from './acts.ts';
import { changesIn } from './changes.ts';
import type { MachineBoard } from './machines.ts';
import type { Projected, Projection } from './projection.ts';
import type { ReadingLog } from './reading.ts';
import type { Seat } from './seat.ts';
import { storyOf } from './story.ts';

/** What all boards of a process have together. */
export interface Boards {
  readonly projection: Projection;
  readonly machines: MachineBoard;
  readonly reading: ReadingLog;
  readonly rows: BoardRows;
}

/** So many rows of what is current are listed; all of them are counted. */
const MOST_NOW = 500;
/** So many lines has a file: what a spreadsheet takes. */
const MOST_LINES = 100_000;

export function deskOf(deps: Deps, boards: Boards, seat: Seat): BoardDesk {
  return new Desk(deps, boards, seat);
}

class Desk implements BoardDesk {
  readonly viewer: Seat['viewer'];
  readonly #deps: Deps;
  readonly #boards: Boards;
  readonly #seat: Seat;

  constructor(deps: Deps, boards: Boards, seat: Seat) {
    this.viewer = seat.viewer;
    this.#deps = deps;
    this.#boards = boards;
    this.#seat = seat;
  }

  async now(filter: BoardFilter) {
    const { rows, now } = await this.#read('now', filter, ({ current }) => current.values());
    const [open, waiting] = [rows.filter(isOpenRow), rows.filter(isWaitingRow)];
    const scheduled = rows.filter(({ status }) => status === 'scheduled');
    open.sort((a, b) => (a.until ?? 0) - (b.until ?? 0));
    waiting.sort((a, b) => a.askedAt - b.askedAt);
    scheduled.sort((a, b) => (a.startsAt ?? 0) - (b.startsAt ?? 0));
    const shown = (some: readonly BoardRow[]) => some.slice(0, MOST_NOW).map((row) => this.#shown(row));
    return {
      now,
      ...{ open: shown(open), waiting: shown(waiting), scheduled: shown(scheduled) },
      counts: {
        ...{ open: open.length, waiting: waiting.length, scheduled: scheduled.length },
        late: open.filter(({ overAt }) => overAt !== undefined && overAt < now).length,
      },
    };
  }

  async history(filter: BoardFilter, { skip, most }: Paging) {
    const { rows, now, isCut } = await this.#read('history', filter, (all) => within(filter, all.past.values()));
    return { now, rows: rows.toReversed().slice(skip, skip + most), all: rows.length, isCut };
  }

  async csv(filter: BoardFilter) {
    const { rows } = await this.#read('csv', filter, (all) => [
      ...within(filter, all.past.values()),
      ...all.current.values(),
    ]);
    return csvOf(rows.toReversed().slice(0, MOST_LINES));
  }

  async timeline(filter: BoardFilter, paging: Paging) {
    const { rows, now } = await this.#read('timeline', filter, all);
    return timelineOf(rows, { from: filter.from, to: filter.to, now, ...paging });
  }

  async exposure(filter: BoardFilter) {
    const { rows, now } = await this.#read('exposure', filter, all);
    return exposureOf(rows, { from: filter.from, to: filter.to, now });
  }

  async machines(filter: Parameters<BoardDesk['machines']>[0], paging: Paging) {
    const { right, viewer } = this.#seat;
    const projected = await this.#boards.projection.read();
    return this.#boards.machines.read(projected, { right, isAll: right.isAll || viewer.mayProtect, filter, paging });
  }

  story(id: string) {
    return storyOf(this.#deps, this.#boards, this.#seat, id);
  }

  changes(signal: AbortSignal) {
    return changesIn(this.#boards.projection, signal);
  }

  close(id: string, reason: string) {
    return closeOn(this.#deps, this.#seat, id, reason);
  }

  async protect(machine: string) {
    const said = await protectOn(this.#deps, this.#seat, machine);
    this.#boards.machines.outdate();
    return said;
  }

  async #read(view: string, filter: BoardFilter, of: (projected: Projected) => Iterable<BoardRow>) {
    const { projection, reading } = this.#boards;
    const projected = await projection.read();
    const rows: BoardRow[] = [];
    for (const row of of(projected)) if (mayReadRow(row, this.#seat.right) && isMeantBy(filter, row)) rows.push(row);
    await reading.note(this.#seat, { view, filter: filterText(filter), rows });
    return { ...projected, rows };
  }

  #shown(row: BoardRow): ShownRow {
    return mayClose(this.#deps, this.#seat, row) ? { ...row, mayClose: true } : row;
  }
}

function* all({ past, current }: Projected): Iterable<BoardRow> {
  yield* past.values();
  yield* current.values();
}

/** What was over within the time, or asked for where it never opened. */
function* within({ from, to }: BoardFilter, rows: Iterable<BoardRow>): Iterable<BoardRow> {
  for (const row of rows) {
    const at = row.closedAt ?? row.decidedAt ?? row.askedAt;
    if (at >= from && (row.openedAt ?? row.askedAt) <= to) yield row;
  }
}

/** What a list may say at once; whoever presses is judged anew. */
function mayClose(deps: Deps, { person, viewer }: Seat, row: BoardRow): boolean {
  if (!viewer.mayAct || (row.status !== 'active' && row.status !== 'activating')) return false;
  return row.requester.id === person.id || isSecurity(deps, person);
}
