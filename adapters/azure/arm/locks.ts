import { z } from 'zod';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { Recent } from '../../../src/kit/recent.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import { type ArmId, partsOf } from './ids.ts';

/** A management lock: it counts for its scope and all that is in it ("Lock your resources"). */
export interface ManagementLock {
  readonly name: string;
  readonly scope: ArmId;
  /** Does it forbid writing too, and not only deleting? */
  readonly isReadOnly: boolean;
}

/** As @azure/arm-locks 2.1.0 has it. */
const VERSION = '2020-05-01';
const TYPE = '/providers/microsoft.authorization/locks/';

const lockWire = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  properties: z.looseObject({ level: z.string() }),
});

/**
 * The locks of a subscription and of all that is in it: one list. Undefined where the role may not read them, which is said
 * once: what a lock keeps is then found out when it is to be closed.
 */
export async function readLocks(
  site: Subscription,
  signal: AbortSignal,
): Promise<readonly ManagementLock[] | undefined> {
  const path = `/subscriptions/${site.id}/providers/Microsoft.Authorization/locks`;
  try {
    const all = await site.read(signal, ({ plain }, options) => plain.list({ path, version: VERSION }, options));
    return all.flatMap((said) => toLock(said, site) ?? []);
  } catch (error) {
    if (!(error instanceof JitError) || error.code !== 'cloudDenied') throw error;
    site.unreadable('locks', { error }, 'the management locks of a subscription could not be read');
    return undefined;
  }
}

/** How old what a look believes may be: one look at each of many machines is one reading. */
const KEPT_MS = 5 * SECOND_MS;

const recent = new Recent<readonly ManagementLock[]>(KEPT_MS);

/** Those that are known, a few seconds old at most. */
export function recentLocks(azure: Azure, site: Subscription, signal: AbortSignal): Promise<readonly ManagementLock[]> {
  return recent.read(azure, site.id, async (shared) => (await readLocks(site, shared)) ?? [], signal);
}

function toLock(said: unknown, site: Subscription): ManagementLock | undefined {
  const { success, data, error } = lockWire.safeParse(said);
  if (!success) {
    site.unreadable('a management lock', { issues: error.issues });
    return undefined;
  }
  const { id, name, properties } = data;
  const level = properties.level.toLowerCase();
  const end = id.toLowerCase().lastIndexOf(TYPE);
  if (end < 0 || level === 'notspecified') return undefined;
  // A level that is not known may forbid anything.
  return { name: name ?? partsOf(id).name, scope: id.slice(0, end), isReadOnly: level !== 'cannotdelete' };
}

/** The strictest lock over a resource. */
export function lockOver(locks: readonly ManagementLock[], id: ArmId): ManagementLock | undefined {
  const lower = id.toLowerCase();
  const over = locks.filter(({ scope }) => `${lower}/`.startsWith(`${scope.toLowerCase()}/`));
  return over.find(({ isReadOnly }) => isReadOnly) ?? over[0];
}
