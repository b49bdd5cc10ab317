import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/configuration.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { fleetLeases } from '../burst/fleet.ts';
import { seedLeases } from '../burst/seed.ts';
import { serve } from '../child.ts';
import { QUIET } from '../ground.ts';

/** Which program, and how many open leases it is to have. */
export interface Seeding {
  readonly configFile: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly leases: number;
}

/** Writes leases as the program of that configuration would have: with its keys, into its Redis. */
async function seed({ configFile, secrets, leases }: Seeding): Promise<void> {
  Object.assign(process.env, secrets);
  const { deps, close } = await compose(await loadConfig(configFile), QUIET);
  await seedLeases(deps.store, fleetLeases(leases, Date.now() + 6 * HOUR_MS));
  await close();
}

serve({ seed }, async () => {});
