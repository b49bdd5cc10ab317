import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { machineId } from '../../../src/core/machine/machine.ts';
import { addressedIn, type MachineAddresses } from '../../../src/kit/addresses.ts';
import { SiteLists } from '../../../src/kit/site-lists.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Addressed } from '../../../src/ports/addressed.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;
const LIST_MS = 30 * SECOND_MS;

/** By the addresses of all interfaces, read only once somebody names one: two lists a subscription. */
export function azureAddressed(azure: Azure): Addressed['addressed'] {
  return addressedIn(
    new SiteLists({
      sites: async () => azure.subscriptions.map((site) => ({ name: `subscription ${site.id}`, site })),
      read: ({ site }) => readSite(site),
      keptMs: KEPT_MS,
      clock: azure,
      log: azure.log,
      warning: 'the addresses of a subscription could not be read',
    }),
  );
}

async function readSite(site: Subscription): Promise<readonly MachineAddresses[]> {
  const [interfaces, fronts] = await Promise.all([
    site.read(ENDLESS, ({ network }, o) => Array.fromAsync(network.networkInterfaces.listAll(o)), LIST_MS),
    site.read(ENDLESS, ({ network }, o) => Array.fromAsync(network.publicIPAddresses.listAll(o)), LIST_MS),
  ]);
  const inPublic = new Map(fronts.map(({ id = '', ipAddress }) => [id.toLowerCase(), ipAddress]));
  return interfaces.flatMap(({ virtualMachine, ipConfigurations = [] }) => {
    const machine = machineId('azure', virtualMachine?.id ?? '');
    const addresses = ipConfigurations.flatMap(({ privateIPAddress, publicIPAddress: front }) => [
      privateIPAddress,
      front?.ipAddress ?? inPublic.get((front?.id ?? '').toLowerCase()),
    ]);
    return machine ? [{ machine, addresses }] : [];
  });
}
