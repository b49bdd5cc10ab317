import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import type { Snapshot, Tables } from './model.ts';

/** States kept for stale reads. */
const KEPT_STATES = 300;

/** Is shown what was put in place of what. */
export type Watcher = <T extends keyof Tables>(table: T, before: Tables[T] | undefined, after: Tables[T]) => void;

interface Task {
  readonly atMs: number;
  readonly run: () => void;
}

/**
 * The state of the subscription, its short past, and what is still to happen to it. There are no timers: `settle` does
 * everything whose time has come on the clock, in the order of time, and is called before every access.
 */
export class World {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #current: Snapshot;
  #past: { readonly atMs: number; readonly state: Snapshot }[];
  #tasks: Task[] = [];
  #asOfMs: number | undefined;
  #watcher: Watcher | undefined;

  constructor(clock: Clock, initial: Snapshot, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    this.#current = initial;
    this.#past = [{ atMs: Number.NEGATIVE_INFINITY, state: initial }];
  }

  /** Now (UTC ms): the clock's time, or the time of the thing that `settle` is just doing. */
  get nowMs(): number {
    return this.#asOfMs ?? this.#clock();
  }

  get current(): Snapshot {
    return this.#current;
  }

  /** The state as it was at that instant, as far back as it is kept. */
  at(ms: number): Snapshot {
    return this.#past.findLast((entry) => entry.atMs <= ms)?.state ?? this.#past[0]?.state ?? this.#current;
  }

  put<T extends keyof Tables>(table: T, entity: Tables[T]): void {
    const changed = new Map<string, Tables[T]>(this.#current[table] as ReadonlyMap<string, Tables[T]>);
    const before = changed.get(entity.id.toLowerCase());
    changed.set(entity.id.toLowerCase(), entity);
    this.#keep({ ...this.#current, [table]: changed });
    this.#watcher?.(table, before, entity);
  }

  watch(watcher: Watcher): void {
    this.#watcher = watcher;
  }

  remove(table: keyof Tables, id: string): void {
    const changed = new Map<string, unknown>(this.#current[table]);
    if (changed.delete(id.toLowerCase())) this.#keep({ ...this.#current, [table]: changed });
  }

  /** Plans `run` for that instant; what is planned for the past happens at the next `settle`. */
  schedule(atMs: number, run: () => void): void {
    const after = this.#tasks.findLastIndex((task) => task.atMs <= atMs);
    this.#tasks.splice(after + 1, 0, { atMs, run });
  }

  /** Does all that is due. */
  settle(): void {
    for (let task = this.#tasks[0]; task && task.atMs <= this.#clock(); task = this.#tasks[0]) {
      this.#tasks.shift();
      this.#asOfMs = task.atMs;
      try {
        task.run();
      } finally {
        this.#asOfMs = undefined;
      }
    }
  }

  #keep(state: Snapshot): void {
    this.#current = state;
    this.#past.push({ atMs: this.nowMs, state });
    if (this.#past.length > KEPT_STATES) this.#past.shift();
    this.#changed();
  }
}

/** A new entity tag as the network provider writes them. */
export function newEtag(): string {
  return `W/"${randomUUID()}"`;
}
