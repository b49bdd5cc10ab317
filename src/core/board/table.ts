import { Keys } from './keys.ts';
import { type BoardRow, begunAt, lateIn, restsAt } from './row.ts';
import { widthOf } from './width.ts';

/** The number of a row in the table, for as long as it is there. */
export type Slot = number;

/** Calls for each of some slots, until `true` is given. NB. to put 100,000 of them into an array takes longer than all that is done with them; they are good until something is awaited. */
export type Slots = (look: (slot: Slot) => unknown) => void;

/** What is counted of a row. What is absent is NaN, which is neither before nor after anything. */
const COLUMNS = {
  over: restsAt,
  begun: begunAt,
  opened: ({ openedAt }) => openedAt,
  closed: ({ closedAt }) => closedAt,
  decided: ({ decidedAt }) => decidedAt,
  /** How long somebody took to decide it. Of broken glass no time says anything. */
  decision: ({ isGlass, decidedAt, askedAt }) =>
    isGlass || decidedAt === undefined ? undefined : Math.max(0, decidedAt - askedAt),
  late: lateIn,
  ports: ({ ports }) => ports.length,
  /** How much all its ports count, by the width of its source. */
  weight: ({ source, ports }) => widthOf(source) * ports.length,
} as const satisfies Readonly<Record<string, (row: BoardRow) => number | undefined>>;

type Column = keyof typeof COLUMNS | 'machine' | 'person';
type Columns = Record<Column, Float64Array>;

const COUNTED = Object.entries(COLUMNS) as readonly (readonly [Column, (row: BoardRow) => number | undefined])[];
const FIRST = 1_024;

/**
 * All rows that the board knows, each in a slot, with what is counted of them in columns of numbers: to go through 100,000 objects
 * takes a hundred milliseconds, through the columns of as many rows a few.
 */
export class RowTable {
  readonly rows: (BoardRow | undefined)[] = [];
  /** Of which machine and person a row is: `columns.machine` and `columns.person` are indexes of these. */
  readonly machines = new Keys();
  readonly people = new Keys();
  #columns = columnsFor(FIRST);
  readonly #slots = new Map<string, Slot>();
  readonly #free: Slot[] = [];

  get size(): number {
    return this.#slots.size;
  }

  /** As they are now: another row may need longer ones. */
  get columns(): Readonly<Columns> {
    return this.#columns;
  }

  get(id: string): BoardRow | undefined {
    return this.rows[this.#slots.get(id) ?? -1];
  }

  slotOf(id: string): Slot | undefined {
    return this.#slots.get(id);
  }

  /** Takes the slot of one with the same id, or any. */
  put(row: BoardRow): Slot {
    const known = this.#slots.get(row.id);
    if (known !== undefined) this.#leave(known);
    const slot = known ?? this.#free.pop() ?? this.rows.length;
    this.#slots.set(row.id, slot);
    this.rows[slot] = row;
    if (slot >= this.#columns.over.length) this.#columns = columnsFor(this.#columns.over.length * 2, this.#columns);
    for (const [column, of] of COUNTED) this.#columns[column][slot] = of(row) ?? Number.NaN;
    this.#columns.machine[slot] = this.machines.take(row.machine);
    this.#columns.person[slot] = this.people.take(row.requester.id);
    return slot;
  }

  delete(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#leave(slot);
    this.#slots.delete(id);
    this.rows[slot] = undefined;
    this.#free.push(slot);
  }

  at(slots: readonly Slot[]): readonly BoardRow[] {
    return slots.flatMap((slot) => this.rows[slot] ?? []);
  }

  #leave(slot: Slot): void {
    this.machines.leave(this.#columns.machine[slot] ?? -1);
    this.people.leave(this.#columns.person[slot] ?? -1);
  }
}

function columnsFor(many: number, before?: Columns): Columns {
  const column = (name: Column) => {
    const made = new Float64Array(many);
    if (before) made.set(before[name]);
    return made;
  };
  const names = [...COUNTED.map(([name]) => name), 'machine', 'person'] as const;
  return Object.fromEntries(names.map((name) => [name, column(name as Column)])) as Columns;
}
