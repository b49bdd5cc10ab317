import { type Code, JitError } from '../../core/errors/errors.ts';
import type { Request } from '../../core/request/request.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { commit, type Decision } from './commit.ts';

/**
 * `commit` for several, one after the other: what cannot be committed keeps no other from it. Throws the first error once all were tried,
 * and at once that of a store, or where `signal` says to stop.
 */
export async function commitEach(
  deps: Deps,
  ids: Iterable<string>,
  decide: (request: Request, now: Now) => Decision | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const errors: unknown[] = [];
  for (const id of ids) {
    signal?.throwIfAborted();
    const kept = await commitApart(deps, id, decide);
    if (!kept) continue;
    deps.log.warn({ request: id, error: kept.error }, 'a request could not be decided; it is looked at again');
    errors.push(kept.error);
  }
  if (errors.length > 0) throw errors[0];
}

/** `commit` for one of several: gives what kept this one from it, and throws what says something of the store. */
export async function commitApart(
  deps: Deps,
  id: string,
  decide: (request: Request, now: Now) => Decision | undefined,
): Promise<{ readonly error: unknown } | undefined> {
  let isOdd = false;
  try {
    await commit(deps, id, (request, now) => {
      try {
        return decide(request, now);
      } catch (error) {
        // A bug shown by one odd request has no code either, and says nothing of the store.
        isOdd = !(error instanceof JitError);
        throw error;
      }
    });
    return undefined;
  } catch (error) {
    if (!isOdd && isOfStore(error)) throw error;
    return { error };
  }
}

/** What says that the store cannot be read or written for this, or that a lock was lost with it. */
const OF_STORE: readonly Code[] = ['storeAway', 'storeRefuses', 'lockLost'];

/** Does it say something of the store, and not of one request? What a store says that cannot do it has no code. */
export function isOfStore(error: unknown): boolean {
  return !(error instanceof JitError) || OF_STORE.includes(error.code);
}
