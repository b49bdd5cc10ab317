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
    if (error instanceof JitError && !isStoreAway(error) && !(await isLost(error))) throw error;
    return error;
  }
}

/** In the words of ioredis, and of Node. What is no answer of a Redis it wants to have reported. */
const UNREACHED =
  /Please report this\.$|^(?:Connection is closed|Command timed out|Reached the max retries|Stream isn't writeable|None of startup nodes|Failed to refresh slots cache|All sentinels are unreachable|Too many Cluster redirections)|\bE(?:CONN(?:REFUSED|RESET|ABORTED)|PIPE|NOENT|NOTFOUND|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH)\b/;
/** In the words of servers that take no command now, or none of ours: full, a replica, still reading its data, another password. */
const REFUSING =
  /(?:^|[ -])(?:READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS|NOPERM|EXECABORT|DENIED|UNBLOCKED) |max number of clients|operation not permitted|can(?:'t| not|not) (?:run this command|access at least one)/;

/**
 * What is asked of Redis, and a sentence for people where it cannot be asked: also in the first seconds, in which it does not count
 * as away yet.
 *
 * @throws JitError `storeAway`, `storeRefuses`
 */
export async function unlessAway<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw saidOf(error);
  }
}

/**
 * Does it say that Redis takes or answers nothing now, or nothing of this kind, or nothing of this user? Only Redis can tell whether a
 * password or a certificate is right, and may say otherwise tomorrow: whoever is started again and again because of it closes nothing.
 */
function isStoreAway({ code }: JitError): boolean {
  return code === 'storeAway' || code === 'storeRefuses' || code === 'redisRefuses';
}

/** As a sentence for people, where it says that Redis is away, or is an answer of Redis; anything else as it is. */
export function saidOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof JitError) return error;
  if (UNREACHED.test(error.message) || REFUSING.test(error.message))
    return new JitError('storeAway', {}, { cause: error });
  // The name that redis-errors gives to what a server answers.
  return error.name === 'ReplyError' ? new JitError('storeRefuses', {}, { cause: error }) : error;
}
