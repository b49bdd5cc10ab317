/**
 * Lets work begin one after the other, each in a turn of the event loop of its own, and none in the turn that it was asked for: what
 * came in meanwhile is read, and acknowledged, before the next begins.
 */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it is this one's turn: two turns from now at the earliest, so that what was just answered is on its way. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === 1) setImmediate(() => setImmediate(this.#begin));
    return promise;
  }

  readonly #begin = (): void => {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(this.#begin);
  };
}
