import type { Instance } from '@aws-sdk/client-ec2';
import { addressedIn, type MachineAddresses } from '../../../src/kit/addresses.ts';
import type { Addressed } from '../../../src/ports/addressed.ts';
import type { Aws } from './context.ts';
import { machineAt } from './ids.ts';
import { instanceLists } from './machines.ts';

/** By the addresses of all interfaces, read only once somebody names one. */
export function awsAddressed(aws: Aws): Addressed['addressed'] {
  return addressedIn(
    instanceLists<MachineAddresses>(aws, 'the addresses of a region could not be read', (site, instance) => {
      const machine = machineAt(site, instance.InstanceId ?? '');
      return machine && { machine, addresses: addressesOf(instance) };
    }),
  );
}

function addressesOf({ NetworkInterfaces: nics = [] }: Instance): MachineAddresses['addresses'] {
  return nics.flatMap(({ PrivateIpAddresses: fours = [], Ipv6Addresses: sixes = [] }) => [
    ...fours.flatMap((one) => [one.PrivateIpAddress, one.Association?.PublicIp]),
    ...sixes.map((one) => one.Ipv6Address),
  ]);
}
