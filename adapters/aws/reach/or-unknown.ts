import { JitError } from '../../../src/core/errors/errors.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';

/** Nothing that will be answered a moment later. */
const FOR_GOOD: ReadonlySet<string> = new Set(['cloudDenied', 'cloudRefused', 'goneInAws']);

/**
 * Also what is said not to be there, or cannot be understood, is unknown. What may be had later is thrown: EC2 was busy, or did
 * not answer.
 */
export async function orUnknown<T>(unknown: Unknown, read: () => Promise<T | undefined>): Promise<OrUnknown<T>> {
  try {
    const is = await read();
    return is === undefined ? { unknown } : { is };
  } catch (error) {
    if (error instanceof JitError && FOR_GOOD.has(error.code)) return { unknown };
    throw error;
  }
}
