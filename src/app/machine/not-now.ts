import { JitError } from '../../core/errors/errors.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';

/** Why nothing at all may be opened now, as the store cannot be relied on. Closing is never held up by it. */
export async function notNow(
  { store }: Pick<Deps, 'store'>,
  { trusted, wentBack }: Now,
): Promise<JitError | undefined> {
  if (!trusted) return new JitError('clockJumped');
  // Whoever was only away, or has just started, is shown the last commit: that settles it.
  return wentBack && (await store.write()).wentBack ? new JitError('storeWentBack') : undefined;
}
