import { afterEach, describe, expect, it } from 'vitest';
import type { MachineSpec } from '../../../simulators/azure/machines.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, PROTECTION } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

type Standing = NonNullable<MachineSpec['standing']>[number]['rule'];

let cloud: AzureHarness;
afterEach(() => cloud.stop());

/** Two machines, the second behind a group with these rules of the customer. */
async function start(...standing: readonly Standing[]): Promise<void> {
  const face = (at: string, subnet: string) => ({ privateIps: [at], subnet, subnetNsg: `${subnet}-nsg` });
  cloud = await nsgHarness({
    machines: [
      { name: 'web-1', interfaces: [face('10.0.0.4', 'web')] },
      {
        name: 'jump-1',
        interfaces: [face('10.0.2.4', 'jump')],
        standing: standing.map((one) => ({ nsg: 'jump-nsg', rule: one })),
      },
    ],
  });
}
const protect = () => cloud.adapter.protect(cloud.exposed, PROTECTION, never);
const open = async (source: string) =>
  openOne(cloud, await placeOne(cloud, rule(cloud.exposed, 22, source)), cloud.now() + HOUR_MS);
const getsIn = (from: string) => cloud.sim.reachable({ from, machine: 'jump-1', port: 22 });
const ours = () =>
  (cloud.sim.state().nsgs.find(({ name }) => name === 'jump-nsg')?.rules ?? []).filter(({ name }) =>
    name.startsWith('drawbridge-'),
  );

const PROBE = { name: 'AllowAzureLoadBalancer', priority: 4095, source: 'AzureLoadBalancer', ports: '*' } as const;
const DENY_ALL = { name: 'DenyAll', priority: 4096, source: '*', ports: '*', access: 'Deny' } as const;

describe('the place of a protection', () => {
  it('is free beside the pair that a public module writes: nobody comes in by the load balancer’s probe', async () => {
    await start(PROBE, DENY_ALL);
    await protect();
    expect(ours()).toMatchObject([{ access: 'Deny', priority: 4094 }]);
  });

  it('is refused by the name of the rule that stands at the end', async () => {
    await start({ name: 'office', priority: 4095, source: '198.51.100.0/24', ports: '22' }, DENY_ALL);
    await expect(protect()).rejects.toMatchObject({
      code: 'azureInTheWay',
      say: 'This is not possible in Azure: no priority is free behind rule office (4095) of jump-nsg.',
    });
    expect(ours()).toEqual([]);
  });
});

describe('the place of a lease', () => {
  it('need not be before a deny of the Internet for a private source, which that tag does not hold', async () => {
    await start({ name: 'no-internet', priority: 100, source: 'Internet', ports: '*', access: 'Deny' });
    await protect();
    await open('10.0.0.4/32');
    expect(getsIn('10.0.0.4')).toBe(true);
  });

  it.each([
    ['203.0.113.7/32', 'Internet'],
    ['10.9.0.0/16', '10.0.0.0/8'],
    ['203.0.113.7/32', 'Storage'],
  ])('is refused for %s behind a deny of %s, by its name, before anybody approves it', async (source, tag) => {
    await start({ name: 'first', priority: 100, source: tag, ports: '*', access: 'Deny' });
    await protect();
    await expect(open(source)).rejects.toMatchObject({
      code: 'azureInTheWay',
      say: 'This is not possible in Azure: no priority is free before rule first (100) of jump-nsg.',
    });
    await expect(placeOne(cloud, rule(cloud.exposed, 22, source))).rejects.toMatchObject({ code: 'azureInTheWay' });
  });
});
