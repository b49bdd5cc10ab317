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
  const settled = wentBack ? await store.write() : undefined;
  if (!settled?.wentBack) return undefined;
  return new JitError(settled.isUnsettled ? 'storeUnsettled' : 'storeWentBack');
}

/** It is known in seconds, here or in another process: until then all stays as it is, and nobody is told of it. */
export function isUnsettled(error: unknown): boolean {
  return error instanceof JitError && error.code === 'storeUnsettled';
}
