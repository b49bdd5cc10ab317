import { cloudWordOf } from '../machine/machine.ts';
import type { ReadingRight } from '../policy/readers.ts';
import type { BoardFilter } from './filter.ts';
import { InOrder } from './in-order.ts';
import { Named } from './named.ts';
import type { BoardRow } from './row.ts';
import type { RowTable, Slot, Slots } from './table.ts';

/** Rows that were over within a time, and are meant and may be read. */
export interface Selected {
  readonly count: number;
  /** The newest first. */
  page(skip: number, most: number): readonly BoardRow[];
}

/** By what rows are found: each has a list of them for every value. */
const INDEXES = {
  machine: (row) => [row.machine],
  person: (row) => [row.requester.id],
  policy: (row) => [...new Set(row.policies)],
  cloud: (row) => [cloudWordOf(row.machine)],
  involved: (row) => row.people,
  machineName: (row) => [row.machineName],
  requesterName: (row) => [row.requester.name],
  source: (row) => [row.source],
  sourceName: (row) => (row.sourceName === undefined ? [] : [row.sourceName]),
} as const satisfies Readonly<Record<string, (row: BoardRow) => readonly string[]>>;

type Index = keyof typeof INDEXES;
type Filter = Omit<BoardFilter, 'to'>;

/** What a text is looked for in (core/board/filter.ts). */
const NAMES = ['machineName', 'requesterName', 'source', 'sourceName'] as const satisfies readonly Index[];
const FILTERS = ['machine', 'person', 'policy', 'cloud'] as const satisfies readonly Index[];

/** What has to be so: a row of any of the lists. */
type Demand = readonly InOrder[];

/** All that is meant by when it was over; where there is more in the list, each of its slots is asked for. */
interface Meant {
  readonly list: InOrder;
  readonly isMeant?: (slot: Slot) => boolean;
}

/** Fewer than one in so many are put in order by themselves: of more, it is quicker to go through all that are in order. */
const FEW = 24;

/**
 * All rows of what is over, by when it was, with an index of each thing that is asked for: what a page of them takes does not
 * grow with how many there are, and what is counted of all is counted in columns.
 */
export class PastRows {
  readonly table: RowTable;
  readonly #all = new InOrder();
  /** By slot: the table has rows of what is not over, too. */
  readonly #isListed: boolean[] = [];
  readonly #indexes = new Map<Index, Named>(Object.keys(INDEXES).map((index) => [index as Index, new Named()]));

  constructor(table: RowTable) {
    this.table = table;
  }

  get size(): number {
    return this.#all.slots.length;
  }

  /** The one that was over first. */
  get oldest(): BoardRow | undefined {
    return this.table.rows[this.#all.slots[0] ?? -1];
  }

  /** Machines of rows that may be read. */
  machinesFor(right: ReadingRight): ReadonlySet<string> {
    const { machines, columns } = this.table;
    const found = new Set<number>();
    this.since({ from: 0 }, right)((slot) => found.add(columns.machine[slot] ?? -1));
    return new Set([...found].map((number) => machines.keyOf(number)));
  }

  put(row: BoardRow): void {
    this.#unlist(row.id);
    const slot = this.table.put(row);
    this.#isListed[slot] = true;
    this.#all.add(this.table, slot);
    for (const [index, named] of this.#indexes)
      for (const value of INDEXES[index](row)) named.add(this.table, value, slot);
  }

  delete(id: string): void {
    this.#unlist(id);
    this.table.delete(id);
  }

  /** What was over within a time, or asked for where it never opened. */
  select(filter: BoardFilter, right: ReadingRight): Selected {
    const { list, isMeant } = this.#meant(filter, right);
    const { slots } = list;
    const { begun, over } = this.table.columns;
    const first = list.first(over, filter.from);
    // What was over by the end of the time began before it, too: where all is meant, none of it is looked at.
    const sure = isMeant ? first : Math.max(first, list.first(over, filter.to + 1));
    const isIn = (i: number) => {
      const slot = slots[i] ?? -1;
      return i < sure || ((begun[slot] ?? 0) <= filter.to && (!isMeant || isMeant(slot)));
    };
    let count = sure - first;
    for (let i = sure; i < slots.length; i += 1) if (isIn(i)) count += 1;
    return {
      count,
      page: (skip, most) => {
        const found: Slot[] = [];
        let passed = 0;
        for (let i = slots.length - 1; i >= first && found.length < most; i -= 1) {
          if (!isIn(i)) continue;
          passed += 1;
          if (passed > skip) found.push(slots[i] ?? -1);
        }
        return this.table.at(found);
      },
    };
  }

  /** Slots of all that was over since the time began, the newest first. */
  since(filter: Filter, right: ReadingRight): Slots {
    const { list, isMeant } = this.#meant(filter, right);
    const first = list.first(this.table.columns.over, filter.from);
    return (look) => {
      for (let i = list.slots.length - 1; i >= first; i -= 1) {
        const slot = list.slots[i] ?? -1;
        if ((!isMeant || isMeant(slot)) && look(slot) === true) return;
      }
    };
  }

  /** No row is looked at: what meets one more demand is marked. */
  #meant(filter: Filter, right: ReadingRight): Meant {
    const demands = this.#demands(filter, right);
    if (demands.some((lists) => lists.length === 0)) return { list: new InOrder() };
    const single = demands.flatMap((lists) => (lists.length === 1 ? lists : []));
    const [list = this.#all] = single.toSorted((a, b) => a.slots.length - b.slots.length);
    if (demands.length === single.length && single.length <= 1) return { list };
    const { over } = this.table.columns;
    const inOrder = (slots: Iterable<Slot>) => new InOrder([...slots].sort((a, b) => (over[a] ?? 0) - (over[b] ?? 0)));
    const isFew = (lists: Demand) => lists.reduce((sum, { slots }) => sum + slots.length, 0) * FEW < list.slots.length;
    const few = demands.find(isFew);
    const slots = new Set(few?.flatMap((one) => one.slots));
    if (few && demands.length === 1) return { list: inOrder(slots) };
    const met = new Uint8Array(this.table.rows.length);
    demands.forEach((lists, i) => {
      for (const one of lists) for (const slot of one.slots) if (met[slot] === i) met[slot] = i + 1;
    });
    const isMeant = (slot: Slot) => met[slot] === demands.length;
    return few ? { list: inOrder([...slots].filter(isMeant)) } : { list, isMeant };
  }

  #demands({ text, ...filter }: Filter, { isAll, person, policies }: ReadingRight): readonly Demand[] {
    const list = (index: Index, value: string) => this.#of(index).get(value);
    const has = (...lists: readonly (InOrder | undefined)[]): Demand => lists.filter((one) => one !== undefined);
    const named = () => NAMES.flatMap((index) => this.#of(index).containing(text ?? ''));
    return [
      ...FILTERS.flatMap((index) => {
        const value = filter[index];
        return value === undefined ? [] : [has(list(index, value))];
      }),
      ...(text === undefined ? [] : [has(this.#withId(text), ...named())]),
      ...(isAll ? [] : [has(list('involved', person), ...[...policies].map((one) => list('policy', one)))]),
    ];
  }

  #withId(id: string): InOrder | undefined {
    const slot = this.table.slotOf(id) ?? -1;
    return this.#isListed[slot] ? new InOrder([slot]) : undefined;
  }

  #unlist(id: string): void {
    const slot = this.table.slotOf(id) ?? -1;
    const row = this.table.rows[slot];
    if (!row || !this.#isListed[slot]) return;
    this.#isListed[slot] = false;
    this.#all.remove(this.table, slot);
    for (const [index, named] of this.#indexes)
      for (const value of INDEXES[index](row)) named.remove(this.table, value, slot);
  }

  #of(index: Index): Named {
    return this.#indexes.get(index) ?? new Named();
  }
}
