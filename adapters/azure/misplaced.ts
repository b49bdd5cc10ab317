import type { Misplaced } from '../../src/ports/places.ts';
import type { Azure } from './arm/context.ts';
import { missingIn } from './nsg/missing.ts';
import { networksRead } from './patrol.ts';

/** Machines in front of which another group stands than those that rules of leases are in, in every subscription that can be read. */
export async function* misplaced(azure: Azure, signal: AbortSignal): AsyncGenerator<Misplaced> {
  for (const network of await networksRead(azure, signal)) yield* missingIn(azure, network, signal);
}
