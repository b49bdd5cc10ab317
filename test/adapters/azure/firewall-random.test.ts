import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { ClassicRule, PolicyRule } from '../../../simulators/azure/firewall-model.ts';
import { LISTED_THREAT } from '../../../simulators/azure/reach.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { FIREWALL_IP } from '../../simulators/azure-firewalls.ts';
import { type FirewallHarness, firewallHarness } from './firewall-harness.ts';

/** Firewalls of all kinds in front of one machine: what is read of them through the API against where packets get. */

let cloud: FirewallHarness;
afterEach(() => cloud.stop());

const PACKETS = [LISTED_THREAT, '198.51.100.77', '203.0.113.7', '10.0.1.4', '192.168.7.9'];
const WORDS = ['*', '198.51.100.0/24', '203.0.113.0-203.0.113.9', '192.0.2.64/26', '192.168.7.0/24', 'office'];
const OFFICE = ['203.0.113.7', '198.51.100.64/27'];
const ID =
  '/subscriptions/11112222-3333-4444-5555-666677778888/resourceGroups/rg-prod/providers/Microsoft.Network/ipGroups/office';

const anyNat = fc.record({
  source: fc.constantFrom(...WORDS),
  port: fc.constantFrom('2222', '2223'),
  to: fc.constantFrom('10.0.0.4', '10.0.0.4', '10.0.9.9'),
  toPort: fc.constantFrom('22', '22', '443'),
});
const anyFilter = fc.record({
  action: fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny'),
  source: fc.constantFrom(...WORDS),
  destination: fc.constantFrom('*', '10.0.0.0/24', '10.0.0.4', '10.0.9.0-10.0.9.9'),
  ports: fc.constantFrom('22', '*', '443', '20-25'),
});
const anyWorld = fc.record({
  nat: fc.array(anyNat, { maxLength: 3 }),
  filters: fc.array(anyFilter, { maxLength: 3 }),
  parents: fc.array(anyFilter, { maxLength: 2 }),
  isGroupReadable: fc.boolean(),
  isDenying: fc.boolean(),
  isRouted: fc.boolean(),
  // Whom the groups let in: the firewall's subnet, everybody near, or nobody.
  lets: fc.constantFrom(['10.0.250.0/26'], ['10.0.250.0/26'], ['192.168.7.0/24'], [], ['10.0.250.0/30']),
});
type World = typeof anyWorld extends fc.Arbitrary<infer W> ? W : never;

function sourcesOf(word: string) {
  return word === 'office' ? { sourceAddresses: [], sourceIpGroups: [ID] } : { sourceAddresses: [word] };
}
const natOf = ({ source, port, to, toPort }: World['nat'][number], i: number) => ({
  name: `n${i}`,
  ...sourcesOf(source),
  destinationAddresses: [FIREWALL_IP],
  destinationPorts: [port],
  translatedAddress: to,
  translatedPort: toPort,
});
const filterOf = ({ source, destination, ports }: World['filters'][number]) => ({
  name: 'f',
  ...sourcesOf(source),
  destinationAddresses: [destination],
  destinationPorts: [ports],
});

function putClassic({ nat, filters }: World): void {
  const protocols = ['TCP'];
  const rules = nat.map((one, i): ClassicRule => ({ ...natOf(one, i), protocols }));
  cloud.sim.human.setFirewallRules('edge', {
    nat: rules.length > 0 ? [{ name: 'in', priority: 200, action: { type: 'Dnat' }, rules }] : [],
    network: filters.map((one, i) => ({
      name: `c${i}`,
      priority: 300 + i,
      action: { type: one.action },
      rules: [{ ...filterOf(one), protocols }],
    })),
  });
}

function putPolicy({ nat, filters, parents }: World): void {
  const ipProtocols = ['TCP'];
  const filter = (one: World['filters'][number], i: number) => ({
    name: `c${i}`,
    priority: 300 + i,
    ruleCollectionType: 'FirewallPolicyFilterRuleCollection' as const,
    action: { type: one.action },
    rules: [{ ...filterOf(one), ruleType: 'NetworkRule', ipProtocols } satisfies PolicyRule],
  });
  const rules = nat.map((one, i): PolicyRule => ({ ...natOf(one, i), ruleType: 'NatRule', ipProtocols }));
  const translating = { ruleCollectionType: 'FirewallPolicyNatRuleCollection', action: { type: 'DNAT' } } as const;
  // Translations come before filters whatever the numbers say, and a parent's filters before the child's.
  cloud.sim.human.putRuleGroup('branch', {
    name: 'late',
    priority: 900,
    collections: rules.length > 0 ? [{ name: 'in', priority: 900, ...translating, rules }] : [],
  });
  cloud.sim.human.putRuleGroup('branch', { name: 'own', priority: 600, collections: filters.map(filter) });
  cloud.sim.human.putRuleGroup('base', { name: 'standard', priority: 800, collections: parents.map(filter) });
}

function put(kind: 'classic' | 'policy', world: World): void {
  const { human, faults } = cloud.sim;
  faults.clear();
  if (!world.isGroupReadable)
    faults.add('IpGroups_Get', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, Number.POSITIVE_INFINITY);
  if (kind === 'classic') putClassic(world);
  else putPolicy(world);
  human.setThreatIntelligence('edge', world.isDenying ? 'Deny' : 'Off');
  human.setRoute('web', world.isRouted ? 'edge' : undefined);
  for (const group of ['subnet-web-nsg', 'web-1-nsg']) {
    const nsg = cloud.sim.state().nsgs.find(({ name }) => name === group);
    for (const { name } of nsg?.rules ?? []) human.removeRule(group, name);
    for (const [i, source] of world.lets.entries())
      human.addRule(group, { name: `l${i}`, priority: 200 + i, source, ports: '22' });
    human.addRule(group, { name: 'nobody', priority: 300, access: 'Deny', source: '*', ports: '*' });
  }
  // What is around a machine is remembered for some seconds.
  cloud.advance(11_000);
}

test.each(['classic', 'policy'] as const)('no firewall (%s) brings in whom nobody knows of', async (kind) => {
  cloud = await firewallHarness(kind);
  cloud.sim.human.putIpGroup('office', OFFICE);
  const said = { closed: 0, open: 0, unknown: 0, through: 0 };
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      put(kind, world);
      const { effective, others } = await cloud.adapter.observe(cloud.machine, [], never);
      const found = effective.find(({ port }) => port.number === 22);
      const gotIn = PACKETS.filter((from) => cloud.reachable(from));
      if (gotIn.length > 0) expect([gotIn, found?.state]).not.toEqual([gotIn, 'closed']);
      // Whoever comes from the Internet comes by the firewall alone, and by a rule that is named.
      const outside = gotIn.filter((from) => !/^(?:10|192\.168)\./.test(from));
      const named = others.filter(({ port, through }) => port.number === 22 && through.startsWith('edge: '));
      if (outside.length > 0) expect(named.length).toBeGreaterThan(0);
      if (named.length > 0) said.through += 1;
      if (found) said[found.state] += 1;
    }),
    { numRuns: often(60, 3_000) },
  );
  for (const kind of ['closed', 'open', 'through'] as const) expect(said[kind], kind).toBeGreaterThan(3);
});
