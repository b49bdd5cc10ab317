import { JitError } from '../core/errors/errors.ts';

/** May Redis be away at the start? `wrong`: it may be anything, as what is wrong with it is to be told. */
export type MayBeAway = boolean | 'wrong';

/**
 * Why it begins without Redis, or without what stands beside it (`isLost`); undefined where all is there. Anything else that is
 * wrong with a Redis that answers is a fault of the configuration, and is thrown.
 */
export async function awayAtStart(
  check: () => Promise<void>,
  mayBeAway: MayBeAway,
  isLost: (error: unknown) => Promise<boolean>,
): Promise<Error | undefined> {
  // Who says what is wrong claims nothing.
  if (mayBeAway === 'wrong') return undefined;
  try {
    await check();
    return undefined;
  } catch (error) {
    if (!mayBeAway) throw saidOf(error);
    if (!(error instanceof Error)) throw error;
    if (error instanceof JitError && !(await isLost(error))) throw error;
    return error;
  }
}

/** In the words of ioredis, and of Node. */
const UNREACHED =
  /^(?:Connection is closed|Command timed out|Reached the max retries|Stream isn't writeable|None of startup nodes|Failed to refresh slots cache|All sentinels are unreachable|Too many Cluster redirections)|\bE(?:CONN(?:REFUSED|RESET|ABORTED)|PIPE|NOENT|NOTFOUND|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH)\b/;
/** In the words of servers that take no command now, or none of ours: full, a replica, still reading its data, another password. */
const REFUSING =
  /(?:^|[ -])(?:READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS|NOPERM) |max number of clients/;

/**
 * What is asked of Redis, and a sentence for people where it cannot be asked: also in the first seconds, in which it does not count
 * as away yet.
 *
 * @throws JitError `storeAway`
 */
export async function unlessAway<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw saidOf(error);
  }
}

/** As a sentence for people, where it says that Redis is away. */
function saidOf(error: unknown): unknown {
  const isAway = error instanceof Error && (UNREACHED.test(error.message) || REFUSING.test(error.message));
  return isAway ? new JitError('storeAway', {}, { cause: error }) : error;
}
