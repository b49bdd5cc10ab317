import { JitError } from '../../../src/core/errors/errors.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { isNotFound } from '../errors.ts';

/** A lock that forbids writing refuses reads that are POSTs too ("Lock resources"). */
const REFUSED: ReadonlySet<string> = new Set(['cloudDenied', 'scopeLocked']);

/**
 * What was read; or that it is unknown, where a role or a lock does not let us, and where something that another resource
 * names is said not to be there. What may be had later is thrown.
 */
export async function orUnknown<T>(unknown: Unknown, read: () => Promise<OrUnknown<T>>): Promise<OrUnknown<T>> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error) || (error instanceof JitError && REFUSED.has(error.code))) return { unknown };
    throw error;
  }
}

/** What whoever runs this says of what may not be read, where they say something. Anything else that keeps it from being read is unknown. */
export function unlessTold<T>(
  told: T | undefined,
  unknown: Unknown,
  read: () => Promise<OrUnknown<T>>,
): Promise<OrUnknown<T>> {
  return orUnknown(unknown, async () => {
    if (told === undefined) return read();
    return (await orDenied(read())) ?? { is: told };
  });
}

/** Undefined where the role does not let us. */
export async function orDenied<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof JitError && error.code === 'cloudDenied') return undefined;
    throw error;
  }
}
