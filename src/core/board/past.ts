import type { Instant } from '../language/instant.ts';
import { cloudOf } from '../machine/machine.ts';
import type { ReadingRight } from '../policy/readers.ts';
import { type BoardFilter, isMeantBy } from './filter.ts';
import { type BoardRow, mayReadRow } from './row.ts';

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
  policy: (row) => row.policies,
  cloud: (row) => [cloudOf(row.machine)],
  involved: (row) => row.people,
  machineName: (row) => [row.machineName],
  requesterName: (row) => [row.requester.name],
  source: (row) => [row.source],
  sourceName: (row) => (row.sourceName === undefined ? [] : [row.sourceName]),
} as const satisfies Readonly<Record<string, (row: BoardRow) => readonly string[]>>;

type Index = keyof typeof INDEXES;

/** What a text is looked for in (core/board/filter.ts). */
const NAMES = ['machineName', 'requesterName', 'source', 'sourceName'] as const satisfies readonly Index[];
const FILTERS = ['machine', 'person', 'policy', 'cloud'] as const satisfies readonly Index[];

/**
 * All rows of what is over, by when it was, with an index of each thing that is asked for: what a page of them takes does not
 * grow with how many there are.
 */
export class PastRows {
  readonly #byId = new Map<string, BoardRow>();
  readonly #all = new Listed();
  readonly #indexes = new Map<Index, Map<string, Listed>>(
    Object.keys(INDEXES).map((index) => [index as Index, new Map<string, Listed>()]),
  );

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): BoardRow | undefined {
    return this.#byId.get(id);
  }

  /** The one that was over first. */
  get oldest(): BoardRow | undefined {
    return this.#all.rows[0];
  }

  /** By machine, each machine's rows in their order. */
  byMachine(): ReadonlyMap<string, { readonly rows: readonly BoardRow[] }> {
    return this.#of('machine');
  }

  /** Machines of rows that may be read. */
  machinesFor(right: ReadingRight): ReadonlySet<string> {
    return new Set(this.#readable(right).map(({ machine }) => machine));
  }

  put(row: BoardRow): void {
    this.delete(row.id);
    this.#byId.set(row.id, row);
    this.#all.add(row);
    for (const [index, lists] of this.#indexes)
      for (const value of INDEXES[index](row)) {
        const list = lists.get(value) ?? new Listed();
        lists.set(value, list);
        list.add(row);
      }
  }

  delete(id: string): void {
    const row = this.#byId.get(id);
    if (!row) return;
    this.#byId.delete(id);
    this.#all.remove(row);
    for (const [index, lists] of this.#indexes)
      for (const value of INDEXES[index](row)) {
        lists.get(value)?.remove(row);
        if (lists.get(value)?.rows.length === 0) lists.delete(value);
      }
  }

  /** What was over within a time, or asked for where it never opened. */
  select(filter: BoardFilter, right: ReadingRight): Selected {
    const { list, isExact } = this.#narrowest(filter);
    // All of a list is meant: it is counted by where its ends are, and no row but those of the page is looked at.
    if (right.isAll && isExact) return list.within(filter);
    const meant = this.since(filter, right).filter((row) => begunAt(row) <= filter.to);
    return { count: meant.length, page: (skip, most) => paged(meant, skip, most) };
  }

  /** All that was over since the time began, the oldest first. */
  since(filter: BoardFilter, right: ReadingRight): readonly BoardRow[] {
    const { list, isExact } = this.#narrowest(filter);
    if (right.isAll && isExact) return list.since(filter.from);
    const own = right.isAll ? undefined : this.#readable(right);
    const rows = own && own.length < list.rows.length ? own : list.since(filter.from);
    return rows.filter(
      (row) => overAt(row) >= filter.from && isMeantBy(filter, row) && (right.isAll || mayReadRow(row, right)),
    );
  }

  /** The shortest list that has all that is meant; exact where it has nothing else. */
  #narrowest(filter: BoardFilter): { readonly list: Listed; readonly isExact: boolean } {
    if (filter.text !== undefined) return { list: this.#named(filter.text), isExact: false };
    const said = FILTERS.flatMap((index) => {
      const value = filter[index];
      return value === undefined ? [] : [this.#of(index).get(value) ?? new Listed()];
    });
    const [first = this.#all, ...others] = said.toSorted((a, b) => a.rows.length - b.rows.length);
    return { list: first, isExact: others.length === 0 };
  }

  /** Names are few, however many rows there are. */
  #named(text: string): Listed {
    const found = new Set<BoardRow>();
    const own = this.#byId.get(text);
    if (own) found.add(own);
    for (const index of NAMES)
      for (const [name, { rows }] of this.#of(index))
        if (name.toLowerCase().includes(text)) for (const row of rows) found.add(row);
    return new Listed([...found].sort((a, b) => overAt(a) - overAt(b)));
  }

  #readable({ person, policies }: ReadingRight): readonly BoardRow[] {
    const lists = [
      this.#of('involved').get(person),
      ...[...policies].map((policy) => this.#of('policy').get(policy)),
    ].flatMap((list) => list ?? []);
    if (lists.length === 1) return lists[0]?.rows ?? [];
    return [...new Set(lists.flatMap(({ rows }) => rows))].sort((a, b) => overAt(a) - overAt(b));
  }

  #of(index: Index): Map<string, Listed> {
    return this.#indexes.get(index) ?? new Map<string, Listed>();
  }
}

/** When it was over, or asked for where nobody decided. */
function overAt(row: BoardRow): Instant {
  return row.closedAt ?? row.decidedAt ?? row.askedAt;
}

function begunAt(row: BoardRow): Instant {
  return row.openedAt ?? row.askedAt;
}

/** Rows by when they were over, the oldest first. Most come in that order. */
class Listed {
  readonly rows: BoardRow[];

  constructor(rows: BoardRow[] = []) {
    this.rows = rows;
  }

  add(row: BoardRow): void {
    const last = this.rows.at(-1);
    if (!last || overAt(last) <= overAt(row)) this.rows.push(row);
    else this.rows.splice(this.#first(overAt(row) + 1), 0, row);
  }

  remove(row: BoardRow): void {
    for (let i = this.#first(overAt(row)); i < this.rows.length; i += 1)
      if (this.rows[i]?.id === row.id) {
        this.rows.splice(i, 1);
        return;
      }
  }

  /** Those that were over at this instant or later. */
  since(from: Instant): readonly BoardRow[] {
    return this.rows.slice(this.#first(from));
  }

  within({ from, to }: Pick<BoardFilter, 'from' | 'to'>): Selected {
    const { rows } = this;
    const first = this.#first(from);
    // What began after the end of the time was over after it, too.
    const after = rows.slice(Math.max(first, this.#first(to + 1)));
    const late = after.filter((row) => begunAt(row) > to);
    if (late.length === 0)
      return {
        count: rows.length - first,
        page: (skip, most) => paged(rows, skip, Math.min(most, rows.length - first - skip)),
      };
    const meant = [...rows.slice(first, rows.length - after.length), ...after.filter((row) => begunAt(row) <= to)];
    return { count: meant.length, page: (skip, most) => paged(meant, skip, most) };
  }

  /** The place of the first one that was over then, or later. */
  #first(at: Instant): number {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (overAt(this.rows[middle] as BoardRow) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** From the end on. */
function paged(rows: readonly BoardRow[], skip: number, most: number): readonly BoardRow[] {
  const end = Math.max(0, rows.length - skip);
  return rows.slice(Math.max(0, end - Math.max(0, most)), end).toReversed();
}
