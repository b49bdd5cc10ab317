import type { Azure } from './context.ts';
import type { GroupRule } from './groups.ts';

type Clock = Pick<Azure, 'now'>;

/**
 * When this process did something last, by rule. It is remembered for as long as it counts, of however many rules: one of which it
 * was forgotten earlier would be done again at once, push out the next, and so on through all of them.
 */
export class RuleTimes {
  readonly #all = new WeakMap<Clock, Map<string, number>>();
  readonly #countsMs: number;

  constructor(countsMs: number) {
    this.#countsMs = countsMs;
  }

  /** It is done now. */
  note(azure: Clock, rule: GroupRule): void {
    const times = this.#all.get(azure) ?? new Map<string, number>();
    this.#all.set(azure, times);
    const now = azure.now();
    times.delete(keyOf(rule));
    times.set(keyOf(rule), now);
    // The oldest are first.
    for (const [key, at] of times) {
      if (now - at < this.#countsMs) break;
      times.delete(key);
    }
  }

  forget(azure: Clock, rule: GroupRule): void {
    this.#all.get(azure)?.delete(keyOf(rule));
  }

  /** So long ago, in ms; undefined where nothing is remembered. */
  age(azure: Clock, rule: GroupRule): number | undefined {
    const at = this.#all.get(azure)?.get(keyOf(rule));
    return at === undefined ? undefined : azure.now() - at;
  }
}

function keyOf({ group, name }: GroupRule): string {
  return `${group}/${name}`.toLowerCase();
}
