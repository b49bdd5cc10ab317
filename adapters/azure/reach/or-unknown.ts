import { JitError } from '../../../src/core/errors/errors.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteIn } from '../arm/context.ts';
import type { ArmId } from '../arm/ids.ts';
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

/** The same for a resource, by the clients of its subscription; unknown, too, where that is none of the settings. */
export async function inItsSite<T>(
  azure: Azure,
  id: ArmId,
  unknown: Unknown,
  read: (site: Subscription) => Promise<OrUnknown<T>>,
): Promise<OrUnknown<T>> {
  const site = siteIn(azure, id);
  return site ? orUnknown(unknown, () => read(site)) : { unknown };
}

/**
 * The same, and where it may not be read what whoever runs this says of network managers: that there are none. Anything else
 * that keeps it from being read is unknown.
 */
export function unlessUnmanaged<T>(
  azure: Azure,
  id: ArmId,
  { unmanaged, unknown }: { readonly unmanaged: T; readonly unknown: Unknown },
  read: (site: Subscription) => Promise<OrUnknown<T>>,
): Promise<OrUnknown<T>> {
  return inItsSite(azure, id, unknown, async (site) => {
    if (!site.isUnmanaged) return read(site);
    return (await orDenied(read(site))) ?? { is: unmanaged };
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
