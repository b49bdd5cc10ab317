import type { Azure } from './context.ts';
import type { GroupRule } from './groups.ts';

/** So many are remembered; those of the oldest are forgotten first. */
const MOST = 10_000;

/** When this process did something last, by rule. */
export class RuleTimes {
  readonly #all = new WeakMap<Azure, Map<string, number>>();

  /** It is done now. */
  note(azure: Azure, rule: GroupRule): void {
    const times = this.#all.get(azure) ?? new Map<string, number>();
    this.#all.set(azure, times);
    times.delete(keyOf(rule));
    times.set(keyOf(rule), azure.now());
    for (const key of times.keys()) {
      if (times.size <= MOST) break;
      times.delete(key);
    }
  }

  forget(azure: Azure, rule: GroupRule): void {
    this.#all.get(azure)?.delete(keyOf(rule));
  }

  /** So long ago, in ms; undefined where nothing is remembered. */
  age(azure: Azure, rule: GroupRule): number | undefined {
    const at = this.#all.get(azure)?.get(keyOf(rule));
    return at === undefined ? undefined : azure.now() - at;
  }
}

function keyOf({ group, name }: GroupRule): string {
  return `${group}/${name}`.toLowerCase();
}
