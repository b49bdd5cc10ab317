import type { Instant } from '../language/instant.ts';
import type { RowTable, Slot } from './table.ts';

/** Slots of rows by when they were over, the oldest first. Most come in that order. */
export class InOrder {
  readonly slots: Slot[];

  constructor(slots: Slot[] = []) {
    this.slots = slots;
  }

  add({ columns: { over } }: RowTable, slot: Slot): void {
    const last = this.slots.at(-1);
    const at = over[slot] ?? 0;
    if (last === undefined || (over[last] ?? 0) <= at) this.slots.push(slot);
    else this.slots.splice(this.first(over, at + 1), 0, slot);
  }

  remove({ columns: { over } }: RowTable, slot: Slot): void {
    const found = this.slots.indexOf(slot, this.first(over, over[slot] ?? 0));
    if (found >= 0) this.slots.splice(found, 1);
  }

  /** How many come before the first one that was over then, or later. */
  first(over: Float64Array, at: Instant): number {
    let [low, high] = [0, this.slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((over[this.slots[middle] ?? 0] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
