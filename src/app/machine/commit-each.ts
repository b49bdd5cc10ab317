import { type Code, JitError } from '../../core/errors/errors.ts';
import type { Request } from '../../core/request/request.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { commit, type Decision } from './commit.ts';

/**
 * `commit` for several, one after the other: what cannot be committed keeps no other from it. Throws the first error once all were tried,
 * that of a store at once.
 */
export async function commitEach(
  deps: Deps,
  ids: Iterable<string>,
  decide: (request: Request, now: Now) => Decision | undefined,
): Promise<void> {
  const errors: unknown[] = [];
  for (const id of ids) {
    try {
      await commit(deps, id, decide);
    } catch (error) {
      if (isOfStore(error)) throw error;
      deps.log.warn({ request: id, error }, 'a request could not be decided; it is looked at again');
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** What says that the store cannot be read or written for this, or that a lock was lost with it. */
const OF_STORE: readonly Code[] = ['storeAway', 'storeRefuses', 'lockLost'];

/** Does it say something of the store, and not of one request? What a store says that cannot do it has no code. */
export function isOfStore(error: unknown): boolean {
  return !(error instanceof JitError) || OF_STORE.includes(error.code);
}
