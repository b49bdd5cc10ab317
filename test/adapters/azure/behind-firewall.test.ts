import { afterEach, describe, expect, it } from 'vitest';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { never, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { edge, FIREWALL_IP, guarded } from '../../simulators/azure-firewalls.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

/** `app-1` protected through Defender, behind the firewall `edge`. */
async function protectedBehind() {
  cloud = await azureHarness({ machines: [...defaultMachines, guarded()], network: edge() });
  const id = cloud.idOf('app-1');
  await cloud.adapter.protect(id, PROTECTION, never);
  return () => placeOne(cloud, rule(id, 22));
}

describe('with Defender, a machine behind a firewall', () => {
  it('is refused before anything is written, and the others are not', async () => {
    const place = await protectedBehind();
    const before = cloud.mutations();
    await expect(place()).rejects.toMatchObject({
      code: 'behindFirewall',
      say: 'app-1 is behind the firewall edge, where ports opened by Defender cannot be proven closed.',
    });
    expect(cloud.mutations()).toBe(before);
    await placeOne(cloud);
  });

  it('is opened once its route leads elsewhere', async () => {
    const place = await protectedBehind();
    cloud.sim.human.setRoute('app', undefined);
    expect((await place()).backend).toBe('defender');
  });

  it.each(['RouteTables_Get', 'AzureFirewalls_ListAll', 'VirtualNetworks_Get'])(
    'is refused too where that cannot be told: %s',
    async (operation) => {
      const place = await protectedBehind();
      const fault = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: '-' } as const;
      cloud.sim.faults.add(operation, fault, Number.POSITIVE_INFINITY);
      await expect(place()).rejects.toMatchObject({ code: 'cloudDenied' });
    },
  );
});

describe('with Defender, a firewall to which no route leads', () => {
  it.each(['its own network', 'a peered one'])('in %s is seen to let people in by its translations', async (where) => {
    const own = edge();
    const hub = {
      vnets: [
        { name: 'hub', prefixes: ['10.1.0.0/16'], resourceGroup: 'rg-hub' },
        { name: 'vnet-prod', prefixes: ['10.0.0.0/16'], peers: ['hub'] },
      ],
      firewalls: [
        { name: 'edge', resourceGroup: 'rg-hub', vnet: 'hub', privateIp: '10.1.250.4', publicIps: [FIREWALL_IP] },
      ],
    };
    cloud = await azureHarness({ network: where === 'a peered one' ? hub : own });
    const from = where === 'a peered one' ? '10.1.250.0/26' : '10.0.250.0/26';
    for (const group of ['subnet-web-nsg', 'web-1-nsg'])
      cloud.sim.human.addRule(group, { name: 'firewall', priority: 200, source: from, ports: '22' });
    cloud.sim.human.putCollection('edge', 'nat', {
      name: 'in',
      priority: 200,
      action: { type: 'Dnat' },
      rules: [
        {
          name: 'ssh',
          protocols: ['TCP'],
          sourceAddresses: ['198.51.100.0/24'],
          destinationAddresses: [FIREWALL_IP],
          destinationPorts: ['2222'],
          translatedAddress: '10.0.0.4',
          translatedPort: '22',
        },
      ],
    });
    cloud.advance(11_000);
    expect(cloud.sim.reachable({ from: '198.51.100.77', machine: 'web-1', port: 22 })).toBe(true);
    const { others, effective } = await cloud.adapter.observe(cloud.machine, [], never);
    expect(others.map(({ source, through }) => `${source} ${through}`).join('\n')).toContain('198.51.100.0/24');
    expect(effective.find(({ port }) => port.number === 22)?.state).toBe('open');
  });
});
