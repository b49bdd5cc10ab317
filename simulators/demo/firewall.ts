import type { AzureOptions } from '../azure/index.ts';
import { defaultMachines } from '../azure/machines.ts';

/** How long a change takes there: real firewalls take minutes. */
const CHANGE_MS = 1_000;

/** The same machines, but `web-1` has no public address and is reached through an Azure Firewall. */
export function behindFirewall(): Pick<AzureOptions, 'machines' | 'network' | 'firewallMs'> {
  const machines = defaultMachines.map((machine) => {
    if (machine.name !== 'web-1') return machine;
    const interfaces = machine.interfaces.map(({ publicIp: _, ...face }) => ({ ...face, through: 'edge' }));
    return { ...machine, interfaces };
  });
  const https = {
    name: 'https',
    protocols: ['TCP'],
    sourceAddresses: ['*'],
    destinationAddresses: ['198.51.100.9'],
    destinationPorts: ['443'],
    translatedAddress: '10.0.0.4',
    translatedPort: '443',
  };
  const network = {
    vnets: [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }],
    firewalls: [
      {
        name: 'edge',
        vnet: 'vnet-prod',
        privateIp: '10.0.250.4',
        publicIps: ['198.51.100.9'],
        nat: [{ name: 'web', priority: 200, action: { type: 'Dnat' }, rules: [https] }],
      },
    ],
  };
  return { machines, network, firewallMs: CHANGE_MS };
}
