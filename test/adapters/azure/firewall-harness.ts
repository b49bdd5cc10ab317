import type { ClassicRule } from '../../../simulators/azure/firewall-model.ts';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { defaultMachines, type MachineSpec } from '../../../simulators/azure/machines.ts';
import type { NetworkSpec } from '../../../simulators/azure/network-spec.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { CallKind } from '../../conformance/cloud-harness.ts';
import { edge, FIREWALL_IP, httpsNat, sshToApp } from '../../simulators/azure-firewalls.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

/** `web-1` behind the firewall `edge`, without a public address; the others as they are. */
const behind = (change: Partial<MachineSpec['interfaces'][number]> = {}): readonly MachineSpec[] => [
  {
    name: 'web-1',
    interfaces: [
      {
        privateIps: ['10.0.0.4'],
        subnet: 'web',
        subnetNsg: 'subnet-web-nsg',
        nicNsg: 'web-1-nsg',
        through: 'edge',
        ...change,
      },
    ],
  },
  ...defaultMachines.filter(({ name }) => name !== 'web-1'),
];

/** The customer's own rules on a classic firewall. */
const classic = (): NetworkSpec => edge({ nat: [httpsNat] });

/** The same firewall under a policy with a parent, each with rules of the customer's. */
const governed = (): NetworkSpec => ({
  ...edge({ policy: 'branch' }),
  policies: [
    { name: 'base', groups: [{ name: 'standard', priority: 500, collections: [sshToApp] }] },
    {
      name: 'branch',
      parent: 'base',
      groups: [{ name: 'own', priority: 600, collections: [{ ...sshToApp, name: 'more' }] }],
    },
  ],
});

/** A classic firewall in a network of its own, which the machine's is peered with. */
const hub = (): NetworkSpec => ({
  vnets: [
    { name: 'hub', prefixes: ['10.1.0.0/16'], resourceGroup: 'rg-hub' },
    { name: 'vnet-prod', prefixes: ['10.0.0.0/16'], peers: ['hub'] },
  ],
  firewalls: [
    {
      name: 'edge',
      resourceGroup: 'rg-hub',
      vnet: 'hub',
      privateIp: '10.1.250.4',
      publicIps: [FIREWALL_IP],
      nat: [httpsNat],
    },
  ],
});

export type FirewallKind = 'classic' | 'policy' | 'hub';

const NETWORKS = { classic, policy: governed, hub };

/** A DNAT rule of the customer's. */
export const nat = (port: number, to: Partial<ClassicRule> = {}): ClassicRule => ({
  name: `n-${port}`,
  protocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: [FIREWALL_IP],
  destinationPorts: [String(port)],
  translatedAddress: '10.0.9.9',
  translatedPort: '443',
  ...to,
});

const WRITES = {
  classic: ['AzureFirewalls_CreateOrUpdate', 'AzureFirewalls_CreateOrUpdate'],
  policy: [
    'FirewallPolicyRuleCollectionGroups_CreateOrUpdate',
    /^FirewallPolicyRuleCollectionGroups_(CreateOrUpdate|Delete)$/,
  ],
} as const;
const MUTATING = /_(CreateOrUpdate|Delete|Initiate)$/;
const OURS = 'drawbridge-test-leases';
const NOTES = 'drawbridge-test-protection';

export interface FirewallHarness extends AzureHarness {
  /** Everything of others on firewalls and in groups, byte for byte. */
  others(): string;
  /** Whether a client gets to a port of the machine now. */
  reachable(from: string, port?: number): boolean;
}

/** Guarded by no group. */
export const BARE = { subnetNsg: undefined, nicNsg: undefined };

/** The adapter with rules of its own, and a machine behind a firewall. */
export async function firewallHarness(
  kind: FirewallKind,
  options: AzureOptions = {},
  nic: Partial<MachineSpec['interfaces'][number]> = {},
): Promise<FirewallHarness> {
  const network = NETWORKS[kind]();
  const cloud = await azureHarness({ machines: behind(nic), network, ...options }, 'nsg');
  const { sim } = cloud;
  const collections = () => sim.state().firewalls.flatMap((one) => one.collections);
  const translations = () =>
    collections()
      .filter(({ name }) => name === OURS)
      .flatMap(({ rules }) => rules);
  const [open, close] = WRITES[kind === 'policy' ? 'policy' : 'classic'];
  const operation: Readonly<Record<CallKind, string | RegExp>> = { open, close, read: /_(Get|List\w*)$/ };
  return {
    ...cloud,
    reachable: (from, port = 22) => sim.reachable({ from, machine: 'web-1', port }),
    others: () =>
      JSON.stringify([
        collections().filter(({ name }) => name !== OURS && name !== NOTES),
        sim.state().nsgs.map(({ rules }) => rules.filter(({ name }) => !name.startsWith('drawbridge-'))),
      ]),
    rulesLeft: () =>
      translations()
        .map(({ to, sources }) => `${to?.port} ${sources.map(parseSource).join(',')}`)
        .sort(),
    mutations: () => sim.log().filter((entry) => MUTATING.test(entry.operation)).length,
    loseReply: (of, times) => sim.faults.add(operation[of], { kind: 'lostReply' }, times),
    cut: (of, times) => sim.faults.add(operation[of], { kind: 'reset' }, times),
    throttle: (of, times) => sim.faults.add(operation[of], { kind: 'throttle' }, times),
    deny: (of, times) =>
      sim.faults.add(operation[of], { kind: 'error', status: 403, code: 'AuthorizationFailed' }, times),
    async openByHand(id: MachineId, port: number) {
      const to = sim.state().machines.find((one) => one.id.toLowerCase() === providerIdOf(id));
      const name = `by-hand-${port}`;
      for (const group of to?.nsgs ?? [])
        sim.human.addRule(group, { name, priority: 250, source: '*', ports: String(port) });
      const rule = {
        name: 'all',
        sourceAddresses: ['*'],
        destinationAddresses: [FIREWALL_IP],
        destinationPorts: ['2222'],
        translatedAddress: to?.privateIps[0] ?? '',
        translatedPort: String(port),
      };
      const common = { name, priority: 400 };
      if (kind !== 'policy') {
        const rules = [{ ...rule, protocols: ['TCP'] }];
        sim.human.putCollection('edge', 'nat', { ...common, action: { type: 'Dnat' }, rules });
        return name;
      }
      const rules = [{ ...rule, ruleType: 'NatRule', ipProtocols: ['TCP'] }] as const;
      const ruleCollectionType = 'FirewallPolicyNatRuleCollection';
      const collection = { ...common, ruleCollectionType, action: { type: 'DNAT' }, rules } as const;
      sim.human.putRuleGroup('branch', { ...common, collections: [collection] });
      return name;
    },
    tamper: async ({ id = '' }, mark) => sim.human.describeFirewallRule(id, mark),
  };
}
