import { JitError } from '../../core/errors/errors.ts';
import { rest } from '../rest.ts';

/** How often it is asked again, and at what distance. */
export interface Patience {
  readonly tries: number;
  readonly everyMs: number;
}

/** Whether a store can be relied on is known ten seconds after a start at the latest (docs/decisions/0048), and a little later here. */
export const PATIENCE: Patience = { tries: 24, everyMs: 500 };

const ENDLESS = new AbortController().signal;

/** Asks again until it is known whether the store went back: whoever looks waits for that, and is not sent away. Throws `storeUnsettled` after that. */
export async function onceSettled<T>(ask: () => Promise<T>, { tries, everyMs }: Patience): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      const isUnsettled = error instanceof JitError && error.code === 'storeUnsettled';
      if (!isUnsettled || left <= 0) throw error;
    }
    await rest(everyMs, ENDLESS);
  }
}
