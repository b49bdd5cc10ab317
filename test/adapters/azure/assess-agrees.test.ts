import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec, type RuleSpec } from '../../../simulators/azure/machines.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const rule: fc.Arbitrary<Omit<RuleSpec, 'name' | 'priority'>> = fc.record(
  {
    source: fc.constantFrom('*', 'Internet', '198.51.100.0/24', 'VirtualNetwork'),
    ports: fc.constantFrom('22', '443', '*', '20-25', '23-3388', ['80', '5986'], '5985-6000'),
    access: fc.constantFrom('Allow', 'Deny'),
    direction: fc.constantFrom('Inbound', 'Inbound', 'Outbound'),
    protocol: fc.constantFrom('Tcp', 'Udp', '*'),
    destination: fc.constantFrom('*', '10.0.0.0/8', '10.9.9.9', 'VirtualNetwork'),
  },
  { requiredKeys: ['source', 'ports'] },
);
const shape = fc.record({
  hasOwn: fc.boolean(),
  hasSubnets: fc.boolean(),
  own: fc.array(rule, { maxLength: 3 }),
  subnets: fc.array(rule, { maxLength: 2 }),
});

const machines = fc
  .sample(shape, { numRuns: 80, seed: 4711 })
  .map(({ hasOwn, hasSubnets, own, subnets }, i): MachineSpec => {
    const [nicNsg, subnetNsg] = [`own-${i}`, `subnet-${i}`];
    const named = (nsg: string, rules: typeof own) =>
      rules.map((one, n) => ({ nsg, rule: { ...one, name: `rule-${n}`, priority: 200 + n } }));
    return {
      name: `any-${i}`,
      interfaces: [
        {
          privateIps: [`10.0.${10 + i}.4`],
          subnet: `any-${i}`,
          ...(hasOwn ? { nicNsg } : {}),
          ...(hasSubnets ? { subnetNsg } : {}),
        },
      ],
      standing: [...(hasOwn ? named(nicNsg, own) : []), ...(hasSubnets ? named(subnetNsg, subnets) : [])],
    };
  });

test('our judgement is that of the diagram, which the simulated Defender goes by in its own words', async () => {
  cloud = await azureHarness({ machines: [...defaultMachines, ...machines] });
  for (const i of [3, 14]) {
    const guarded = machines.filter(({ interfaces: [nic] }) => nic?.nicNsg !== undefined)[i];
    await cloud.adapter.protect(cloud.idOf(guarded?.name ?? ''), PROTECTION, never);
  }
  const { machines: found } = await cloud.adapter.assess(never);
  const differing = found.filter(({ verdict, opinion }) => opinion?.verdict !== verdict);
  expect(differing.map(({ machine, verdict, opinion }) => [machine.name, verdict, opinion?.verdict])).toEqual([]);
  const counts = Map.groupBy(found, ({ verdict }) => verdict);
  for (const verdict of ['healthy', 'unhealthy', 'notApplicable'] as const)
    expect(counts.get(verdict)?.length, verdict).toBeGreaterThan(8);
});
