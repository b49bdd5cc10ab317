import type { Instance } from '@aws-sdk/client-ec2';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { addressedIn, type MachineAddresses } from '../../../src/kit/addresses.ts';
import { SiteLists } from '../../../src/kit/site-lists.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Addressed } from '../../../src/ports/addressed.ts';
import type { Aws } from './context.ts';
import { machineAt } from './ids.ts';
import { THERE } from './machines.ts';
import { readInstances } from './read.ts';
import type { Site } from './sites.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;

/** By the addresses of all interfaces, read only once somebody names one. */
export function awsAddressed({ sites, log, now }: Aws): Addressed['addressed'] {
  return addressedIn(
    new SiteLists<Site, MachineAddresses>({
      async sites() {
        await sites.organization.refresh(ENDLESS);
        return sites.all();
      },
      read: readSite,
      keptMs: KEPT_MS,
      clock: { now },
      log,
      warning: 'the addresses of a region could not be read',
    }),
  );
}

async function readSite(site: Site): Promise<readonly MachineAddresses[]> {
  const all = await Array.fromAsync(readInstances(site, [THERE], ENDLESS));
  return all.flatMap((instance) => {
    const machine = machineAt(site, instance.InstanceId ?? '');
    return machine ? [{ machine, addresses: addressesOf(instance) }] : [];
  });
}

function addressesOf({ NetworkInterfaces: nics = [] }: Instance): MachineAddresses['addresses'] {
  return nics.flatMap(({ PrivateIpAddresses: fours = [], Ipv6Addresses: sixes = [] }) => [
    ...fours.flatMap((one) => [one.PrivateIpAddress, one.Association?.PublicIp]),
    ...sixes.map((one) => one.Ipv6Address),
  ]);
}
