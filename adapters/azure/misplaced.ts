import type { Misplaced } from '../../src/ports/places.ts';
import type { Azure } from './arm/context.ts';
import { ALL_BACKENDS, backendOf } from './backends.ts';
import { surveyFor, surveysRead } from './patrol.ts';

/**
 * Machines in front of which another group stands than those that rules of leases are in, in every subscription that can be read.
 * What could not be read in one keeps no other from being looked at; it is thrown last.
 */
export async function* misplaced(azure: Azure, signal: AbortSignal): AsyncGenerator<Misplaced> {
  const errors: unknown[] = [];
  for (const { site, network } of await surveysRead(azure, signal)) {
    try {
      for (const backend of ALL_BACKENDS) yield* backend.missing(azure, surveyFor(backend, site, network), signal);
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Opens them there too, by the backend that found it. */
export async function putRight(azure: Azure, found: Misplaced, signal: AbortSignal): Promise<void> {
  const [placement] = found.placements ?? [];
  if (placement) await backendOf(placement).openMissing(azure, found, signal);
}
