import { setTimeout as wait } from 'node:timers/promises';
import { JitError } from '../core/errors/errors.ts';
import type { SecretRead, SecretStore } from '../ports/secret-store.ts';

/** Between tries of one that a moment later may be another one. */
const AGAIN_MS = 500;
/** That are asked for at the same time. */
const AT_ONCE = 8;

/** The store that a reference leads into. */
export type StoreOf = (reference: string) => Promise<SecretStore>;

/**
 * Asks the stores for these secrets, for so long at most: what each stands for, or why that cannot be told. Each is asked for
 * once, and again where its store is busy or silent. Never rejects.
 */
export async function fetchSecrets(
  asked: readonly string[],
  storeOf: StoreOf,
  limitMs: number,
): Promise<ReadonlyMap<string, SecretRead>> {
  const left = [...new Set(asked)];
  const found = new Map<string, SecretRead>();
  const signal = AbortSignal.timeout(limitMs);
  const work = async () => {
    for (let reference = left.shift(); reference !== undefined; reference = left.shift())
      found.set(reference, await readWithin(reference, storeOf, signal));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function readWithin(reference: string, storeOf: StoreOf, signal: AbortSignal): Promise<SecretRead> {
  let last: SecretRead = { fault: 'its store did not answer in time' };
  while (!signal.aborted) {
    try {
      const store = await storeOf(reference);
      last = await store.read(reference, signal);
      if ('value' in last || last.remedy !== undefined) return last;
      await wait(AGAIN_MS, undefined, { signal });
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof JitError) || error.code !== 'badConfig') throw error;
      return { fault: 'the secret that its store is signed in to with is not there', remedy: 'see to that one first' };
    }
  }
  return last;
}
