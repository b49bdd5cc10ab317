import { afterEach, describe, expect, it } from 'vitest';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { never, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { edge, guarded } from '../../simulators/azure-firewalls.ts';
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
