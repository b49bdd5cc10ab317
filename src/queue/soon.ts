import type { NotifyHint } from '../ports/queue.ts';

/** An access opens and closes within this, where its cloud is quick. Nobody sees the state in between, where it is. */
const SOON_MS = 1_000;
/** So many are held at most: the next ones go at once. */
const MOST_HELD = 20_000;

type Send = (hints: readonly NotifyHint[]) => Promise<void>;

/**
 * Holds hints for cards whose next state is on its way back: where that comes within a second, the cards are edited once for both.
 * What is held by a process that dies is found by the sweep, as every lost hint is.
 */
export class Soon {
  readonly #held = new Map<string, { readonly version: number; readonly send: Send }>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Gives those that go now. Those that are to wait are given to `send` later, unless a later state of the same comes before. */
  take(hints: readonly NotifyHint[], send: Send): readonly NotifyHint[] {
    const waiting = hints.filter(({ soon }) => soon).slice(0, Math.max(0, MOST_HELD - this.#held.size));
    const held = new Set(waiting);
    for (const { id } of hints) this.#held.delete(id);
    for (const { id, version } of waiting) this.#held.set(id, { version, send });
    if (waiting.length > 0) this.#later(waiting);
    return hints.filter((hint) => !held.has(hint));
  }

  /** Sends what is held now. */
  async flush(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await this.#release([...this.#held].map(([id, { version }]) => ({ id, version })));
  }

  #later(hints: readonly NotifyHint[]): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#release(hints);
    }, SOON_MS);
    timer.unref();
    this.#timers.add(timer);
  }

  async #release(hints: readonly NotifyHint[]): Promise<void> {
    const bySend = new Map<Send, NotifyHint[]>();
    for (const { id, version } of hints) {
      const held = this.#held.get(id);
      if (held?.version !== version) continue;
      this.#held.delete(id);
      const some = bySend.get(held.send) ?? [];
      some.push({ id, version });
      bySend.set(held.send, some);
    }
    for (const [send, some] of bySend) await send(some);
  }
}
