import { lookOf } from '../language/look.ts';
import { InOrder } from './in-order.ts';
import type { RowTable, Slot } from './table.ts';

/** Lists of slots, one for each value that something has. */
export class Named {
  readonly #lists = new Map<string, InOrder>();
  /** How all values look, one behind the other, and where each begins: to look through one long text is fast. */
  #joined:
    | { readonly text: string; readonly begins: readonly number[]; readonly values: readonly string[] }
    | undefined;

  get(value: string): InOrder | undefined {
    return this.#lists.get(value);
  }

  add(table: RowTable, value: string, slot: Slot): void {
    let list = this.#lists.get(value);
    if (!list) {
      list = new InOrder();
      this.#lists.set(value, list);
      this.#joined = undefined;
    }
    list.add(table, slot);
  }

  remove(table: RowTable, value: string, slot: Slot): void {
    const list = this.#lists.get(value);
    list?.remove(table, slot);
    if (list?.slots.length !== 0) return;
    this.#lists.delete(value);
    this.#joined = undefined;
  }

  /** Lists of the values that contain a text, as both look. */
  containing(asked: string): readonly InOrder[] {
    const text = lookOf(asked);
    if (text === '') return [...this.#lists.values()];
    const { text: all, begins, values } = this.#all();
    const found: InOrder[] = [];
    for (let at = all.indexOf(text), value = 0; at >= 0; ) {
      value = lastAt(begins, at, value);
      const end = begins[value + 1] ?? all.length;
      // It may begin in one and end in the next: the separator is a letter that a text may have, too.
      const isInside = at + text.length < end;
      const list = isInside ? this.#lists.get(values[value] ?? '') : undefined;
      if (list) found.push(list);
      at = all.indexOf(text, isInside ? end : at + 1);
    }
    return found;
  }

  #all() {
    if (this.#joined) return this.#joined;
    const values = [...this.#lists.keys()];
    const begins: number[] = [];
    let text = '';
    for (const value of values) {
      begins.push(text.length);
      text += `${lookOf(value)}\n`;
    }
    this.#joined = { text, begins, values };
    return this.#joined;
  }
}

/** Which of them begins last, but not after: at `from` or behind it. */
function lastAt(begins: readonly number[], at: number, from: number): number {
  let [low, high] = [from, begins.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((begins[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
