import type { ClassicCollection, PolicyCollection } from '../../simulators/azure/firewall-model.ts';
import type { MachineSpec } from '../../simulators/azure/machines.ts';
import type { FirewallSpec, NetworkSpec } from '../../simulators/azure/network-spec.ts';

export const FIREWALL_IP = '198.51.100.9';

/** A machine behind a firewall, in `vnet-prod` or in a spoke; it has no public address. */
export const guarded = (change: Partial<MachineSpec['interfaces'][number]> = {}): MachineSpec => ({
  name: 'app-1',
  interfaces: [{ privateIps: ['10.0.3.4'], subnet: 'app', subnetNsg: 'subnet-app-nsg', through: 'edge', ...change }],
});

/** The firewall's rule for HTTPS, as the customer has it. */
export const httpsNat: ClassicCollection = {
  name: 'web',
  priority: 200,
  action: { type: 'Dnat' },
  rules: [
    {
      name: 'https',
      protocols: ['TCP'],
      sourceAddresses: ['*'],
      destinationAddresses: [FIREWALL_IP],
      destinationPorts: ['443'],
      translatedAddress: '10.0.3.4',
      translatedPort: '443',
    },
  ],
};

/** `vnet-prod` with the firewall `edge` in it. */
export const edge = (change: Partial<FirewallSpec> = {}): NetworkSpec => ({
  vnets: [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }],
  firewalls: [{ name: 'edge', vnet: 'vnet-prod', privateIp: '10.0.250.4', publicIps: [FIREWALL_IP], ...change }],
});

/** A collection of a firewall policy that lets a source through to port 22 of `app-1`. */
export const sshToApp: PolicyCollection = {
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  name: 'admins',
  priority: 300,
  action: { type: 'Allow' },
  rules: [
    {
      ruleType: 'NetworkRule',
      name: 'ssh',
      ipProtocols: ['TCP'],
      sourceAddresses: ['192.168.7.0/24'],
      destinationAddresses: ['10.0.3.4'],
      destinationPorts: ['22'],
    },
  ],
};

/** The firewall `edge` under the policy `branch`, which inherits `sshToApp` from `base`. */
export const governed = (): NetworkSpec => ({
  ...edge({ policy: 'branch' }),
  policies: [
    { name: 'base', groups: [{ name: 'standard', priority: 500, collections: [sshToApp] }] },
    { name: 'branch', parent: 'base', groups: [] },
  ],
});

/** DNAT of 40022 to port 22 of `app-1` for one client. */
export const sshNat = (from = '203.0.113.7'): ClassicCollection => ({
  name: 'drawbridge-leases',
  priority: 150,
  action: { type: 'Dnat' },
  rules: [
    {
      name: 'ssh',
      protocols: ['TCP'],
      sourceAddresses: [from],
      destinationAddresses: [FIREWALL_IP],
      destinationPorts: ['40022'],
      translatedAddress: '10.0.3.4',
      translatedPort: '22',
    },
  ],
});

/** A network rule of a classic firewall about port 22 of `app-1`. */
export const sshFilter = (type: 'Allow' | 'Deny', from: string): ClassicCollection => ({
  name: `ssh-${type.toLowerCase()}`,
  priority: 300,
  action: { type },
  rules: [
    {
      name: 'ssh',
      protocols: ['Any'],
      sourceAddresses: [from],
      destinationAddresses: ['10.0.3.0-10.0.3.9'],
      destinationPorts: ['20-30'],
    },
  ],
});
