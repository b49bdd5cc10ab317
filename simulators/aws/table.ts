/** Rows by id and by index, as they are or as they were. */
export interface Reader<T> {
  get(id: string): T | undefined;
  /** All rows, oldest first. */
  all(): Iterable<T>;
  /** The rows whose index holds the key, oldest first. */
  by(index: string, key: string): T[];
}

interface Row {
  readonly id: string;
  readonly seq: number;
}

interface Change<T> {
  readonly atMs: number;
  readonly id: string;
  readonly before: T | undefined;
}

interface Index<T> {
  readonly keys: (row: T) => readonly string[];
  readonly ids: Map<string, Set<string>>;
}

/** Changes kept for reading the past; older ones are forgotten. */
const KEPT_CHANGES = 20_000;

const bySeq = (a: Row, b: Row): number => a.seq - b.seq;

/**
 * The rows of one kind of resource, with indexes, and the way back: each change notes the row it replaced, so that the
 * past costs nothing until it is read.
 */
export class Table<T extends Row> implements Reader<T> {
  readonly #now: () => number;
  readonly #rows = new Map<string, T>();
  readonly #indexes: ReadonlyMap<string, Index<T>>;
  #changes: Change<T>[] = [];

  constructor(now: () => number, indexes: Readonly<Record<string, (row: T) => readonly string[]>> = {}) {
    this.#now = now;
    this.#indexes = new Map(Object.entries(indexes).map(([name, keys]) => [name, { keys, ids: new Map() }]));
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  all(): Iterable<T> {
    return this.#rows.values();
  }

  by(index: string, key: string): T[] {
    const ids = this.#index(index).ids.get(key);
    if (!ids) return [];
    return [...ids].flatMap((id) => this.#rows.get(id) ?? []).sort(bySeq);
  }

  put(row: T): void {
    this.#replace(row.id, row);
  }

  remove(id: string): void {
    this.#replace(id, undefined);
  }

  /** The rows as they were at that instant (UTC ms), as far back as changes are kept. */
  at(ms: number): Reader<T> {
    const past = new Map<string, T | undefined>();
    for (let i = this.#changes.length - 1; i >= 0; i -= 1) {
      const change = this.#changes[i];
      if (!change || change.atMs <= ms) break;
      past.set(change.id, change.before);
    }
    if (past.size === 0) return this;
    const before = [...past.values()].filter((row) => row !== undefined);
    return {
      get: (id) => (past.has(id) ? past.get(id) : this.#rows.get(id)),
      all: () => [...[...this.#rows.values()].filter((row) => !past.has(row.id)), ...before].sort(bySeq),
      by: (index, key) => {
        const { keys } = this.#index(index);
        const unchanged = this.by(index, key).filter((row) => !past.has(row.id));
        return [...unchanged, ...before.filter((row) => keys(row).includes(key))].sort(bySeq);
      },
    };
  }

  #index(name: string): Index<T> {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`No index ${name}`);
    return index;
  }

  #replace(id: string, row: T | undefined): void {
    const before = this.#rows.get(id);
    if (!before && !row) return;
    for (const { keys, ids } of this.#indexes.values()) {
      for (const key of before ? keys(before) : []) {
        const members = ids.get(key);
        members?.delete(id);
        if (members?.size === 0) ids.delete(key);
      }
      for (const key of row ? keys(row) : []) {
        const members = ids.get(key);
        if (members) members.add(id);
        else ids.set(key, new Set([id]));
      }
    }
    if (row) this.#rows.set(id, row);
    else this.#rows.delete(id);
    this.#changes.push({ atMs: this.#now(), id, before });
    if (this.#changes.length > 2 * KEPT_CHANGES) this.#changes = this.#changes.slice(-KEPT_CHANGES);
  }
}
