import type { Clock } from './clock.ts';

/** What one look found: it is as wanted, or not yet, with what is thrown when it never is. */
export type Looked<T> = { readonly done: T } | { readonly notYet: unknown };

/** How often it is looked, and at what distance. */
export interface Polling {
  readonly tries: number;
  readonly betweenMs: number;
  readonly signal: AbortSignal;
}

/** Which look it is, from 1. Who writes and looks again writes nothing in the last one: nobody would see what came of it. */
export interface Try {
  readonly number: number;
  readonly isLast: boolean;
}

/**
 * Looks again and again until it is as wanted, and gives what the look gave. Throws what the last look said, what a look
 * throws, and the signal's reason; waits only between looks.
 */
export async function pollUntil<T>(
  { tries, betweenMs, signal }: Polling,
  { pause }: Pick<Clock, 'pause'>,
  look: (which: Try) => Promise<Looked<T>>,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    const isLast = number >= tries;
    const looked = await look({ number, isLast });
    if ('done' in looked) return looked.done;
    if (isLast) throw looked.notYet;
    if (betweenMs > 0) await pause(betweenMs, signal);
    signal.throwIfAborted();
  }
}
