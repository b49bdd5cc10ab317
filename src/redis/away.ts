import { JitError } from '../core/errors/errors.ts';

/** May Redis be away at the start? `wrong`: it may be anything, as what is wrong with it is to be told. */
export type MayBeAway = boolean | 'wrong';

/** What is wrong with a Redis that answers is a fault of the configuration, and is thrown. */
export async function awayAtStart(check: () => Promise<void>, mayBeAway: MayBeAway): Promise<boolean> {
  // Who says what is wrong claims nothing.
  if (mayBeAway === 'wrong') return false;
  try {
    await check();
    return false;
  } catch (error) {
    if (error instanceof JitError || !mayBeAway) throw error;
    return true;
  }
}
