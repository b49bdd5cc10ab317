import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { readSiteNetwork, type SiteNetwork } from './arm/interfaces.ts';
import type { Backend } from './backend.ts';
import { ALL_BACKENDS, backendAt } from './backends.ts';

interface ReadSite {
  readonly site: Subscription;
  readonly network: SiteNetwork;
}

const surveys = new WeakMap<Azure, readonly ReadSite[]>();

/** What the patrol that was just made read, once; else it is read. */
export async function surveysRead(azure: Azure, signal: AbortSignal): Promise<readonly ReadSite[]> {
  const read = surveys.get(azure);
  surveys.delete(azure);
  if (read) return read;
  const { done } = await outcomesOf(azure.subscriptions, (site) => readSiteNetwork(site, signal));
  return done.map(({ of, value }) => ({ site: of, network: value }));
}

/**
 * Every rule that a record with our mark accounts for, or that bears our name, in all subscriptions. One that cannot be read
 * does not keep the others from being gone through; its error comes last.
 */
export async function* patrol(azure: Azure, signal: AbortSignal): AsyncGenerator<Found> {
  const errors: unknown[] = [];
  const read: ReadSite[] = [];
  for (const site of azure.subscriptions) {
    try {
      const network = await readSiteNetwork(site, signal);
      read.push({ site, network });
      for (const backend of ALL_BACKENDS)
        yield* await backend.patrolSite(azure, surveyFor(backend, site, network), signal);
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
    }
  }
  // A firewall may be in another subscription than the machines behind it.
  surveys.set(azure, read);
  const isWhole = read.length === azure.subscriptions.length;
  for (const backend of ALL_BACKENDS) {
    try {
      const all = read.map(({ site, network }) => surveyFor(backend, site, network));
      yield* backend.patrolAll(azure, all, isWhole, signal);
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** What a subscription shows, for one backend. */
export function surveyFor(backend: Backend, site: Subscription, network: SiteNetwork) {
  return { site, network, isCurrent: backendAt(site) === backend };
}
