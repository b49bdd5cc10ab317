import { csvOf } from '../../core/board/csv.ts';
import { type BoardFilter, filterText, isMeantBy } from '../../core/board/filter.ts';
import { rowsApart } from '../../core/board/names.ts';
import { type BoardRow, isOpenRow, isWaitingRow, mayReadRow } from '../../core/board/row.ts';
import type { Slots } from '../../core/board/table.ts';
import { timelineOf, toldApart } from '../../core/board/timeline.ts';
import { namesApart } from '../../core/language/names-apart.ts';
import type { BoardDesk, BoardNames, Paging, ShownRow } from '../../ports/board.ts';
import type { BoardRows } from '../../ports/board-rows.ts';
import type { Deps } from '../deps.ts';
import { isSecurity } from '../request/end.ts';
import { closeOn, protectOn } from './acts.ts';
import { changesIn } from './changes.ts';
import { type Exposures, othersAt } from './exposures.ts';
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
  readonly exposures: Exposures;
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
    const projected = await this.#boards.projection.read();
    const { now } = projected;
    const rows = this.#current(projected, filter);
    await this.#note('now', filter, rows);
    const [open, waiting] = [rows.filter(isOpenRow), rows.filter(isWaitingRow)];
    const scheduled = rows.filter(({ status }) => status === 'scheduled');
    open.sort((a, b) => (a.until ?? 0) - (b.until ?? 0));
    waiting.sort((a, b) => a.askedAt - b.askedAt);
    scheduled.sort((a, b) => (a.startsAt ?? 0) - (b.startsAt ?? 0));
    // Told apart over all of them: the one that looks the same may stand in another list.
    const apart = new Map(rowsApart(rows).map((row) => [row.id, row]));
    const shown = (some: readonly BoardRow[]) =>
      some.slice(0, MOST_NOW).map((row) => this.#shown(apart.get(row.id) ?? row));
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
    const { past, now, isCut } = await this.#boards.projection.read();
    const selected = past.select(filter, this.#seat.right);
    const rows = selected.page(skip, most);
    await this.#note('history', filter, rows);
    return { now, rows: rowsApart(rows), all: selected.count, isCut };
  }

  async csv(filter: BoardFilter) {
    const projected = await this.#boards.projection.read();
    const current = this.#current(projected, filter).toReversed();
    const past = projected.past.select(filter, this.#seat.right).page(0, MOST_LINES);
    const rows = [...current, ...past].slice(0, MOST_LINES);
    await this.#note('csv', filter, rows);
    return csvOf(rows);
  }

  async timeline(filter: BoardFilter, paging: Paging) {
    const projected = await this.#boards.projection.read();
    const window = { from: filter.from, to: filter.to, now: projected.now, ...paging };
    const slots = this.#slots(projected, filter);
    const { table } = projected.past;
    // NB. both at once: while the audit is written another row may come to where one is.
    const timeline = timelineOf(table, slots, window);
    const others = othersAt(table, slots, this.#seat.right);
    await this.#note('timeline', filter, others);
    return toldApart(timeline);
  }

  async exposure(filter: BoardFilter) {
    const projected = await this.#boards.projection.read();
    const { exposure, others } = this.#boards.exposures.of(projected, { filter, seat: this.#seat }, (whole) =>
      this.#slots(projected, whole),
    );
    await this.#note('exposure', filter, others);
    const [machines, people] = [exposure.machines, exposure.people].map((all) => {
      const name = namesApart(all.map((one) => ({ id: one.key, name: one.name })));
      return all.map((one) => ({ ...one, name: name({ id: one.key, name: one.name }) }));
    });
    return { ...exposure, machines: machines ?? [], people: people ?? [], now: projected.now };
  }

  async machines(filter: Parameters<BoardDesk['machines']>[0], paging: Paging) {
    const { right, viewer } = this.#seat;
    const projected = await this.#boards.projection.read();
    return this.#boards.machines.read(projected, { right, isAll: right.isAll || viewer.mayProtect, filter, paging });
  }

  /** No more than whoever reads the rows under these filters sees. */
  async names({ machine, person, from, to }: BoardFilter): Promise<BoardNames> {
    const projected = await this.#boards.projection.read();
    const one = (only: Pick<BoardFilter, 'machine' | 'person'>) => {
      const filter = { ...only, from, to };
      return this.#current(projected, filter)[0] ?? projected.past.select(filter, this.#seat.right).page(0, 1)[0];
    };
    const ofMachine = machine === undefined ? undefined : one({ machine });
    const ofPerson = person === undefined ? undefined : one({ person });
    const rows = [ofMachine, ofPerson].flatMap((row) => row ?? []);
    const filter = {
      from,
      to,
      ...(machine === undefined ? {} : { machine }),
      ...(person === undefined ? {} : { person }),
    };
    await this.#note('names', filter, rows);
    return {
      ...(ofMachine ? { machine: ofMachine.machineName } : {}),
      ...(ofPerson ? { person: ofPerson.requester.name } : {}),
    };
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

  /** What is not over, as far as it is meant and may be read. */
  #current({ current }: Projected, filter: BoardFilter): BoardRow[] {
    return [...current.values()].filter((row) => mayReadRow(row, this.#seat.right) && isMeantBy(filter, row));
  }

  /** What is not over, and what was over since the time began, the newest first. */
  #slots(projected: Projected, filter: BoardFilter): Slots {
    const { past } = projected;
    const current = this.#current(projected, filter).flatMap(({ id }) => past.table.slotOf(id) ?? []);
    const over = past.since(filter, this.#seat.right);
    return (look) => {
      if (!current.some((slot) => look(slot) === true)) over(look);
    };
  }

  /** Before it is shown. Throws `auditSilent`. */
  async #note(view: string, filter: BoardFilter, rows: Iterable<BoardRow>): Promise<void> {
    await this.#boards.reading.note(this.#seat, { view, filter: filterText(filter), rows });
  }

  #shown(row: BoardRow): ShownRow {
    return mayClose(this.#deps, this.#seat, row) ? { ...row, mayClose: true } : row;
  }
}

/** What a list may say at once; whoever presses is judged anew. */
function mayClose(deps: Deps, { person, viewer }: Seat, row: BoardRow): boolean {
  if (!viewer.mayAct || (row.status !== 'active' && row.status !== 'activating')) return false;
  return row.requester.id === person.id || isSecurity(deps, person);
}
