import { afterEach, describe, expect, it } from 'vitest';
import type { NetworkSpec } from '../../../simulators/azure/network-spec.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const PROD = { name: 'vnet-prod', prefixes: ['10.0.0.0/16'] };
const bastion = (name: string, vnet: string, prefix: string) => ({ name, vnet, prefix, publicIp: '198.51.100.30' });
const hub = (name: string, second: number) => ({ name, prefixes: [`10.${second}.0.0/16`] });

/** The Bastion that reaches `web-1`, which is in `vnet-prod`. */
async function found(network: NetworkSpec) {
  cloud = await azureHarness({ network });
  return cloud.adapter.bastion(cloud.machine, never);
}

describe('the Bastion of a machine', () => {
  it('is the one in its own network, and the prefix is that of its subnet', async () => {
    const vnets = [{ ...PROD, peers: ['hub'] }, hub('hub', 1)];
    const bastions = [bastion('far', 'hub', '10.1.251.0/26'), bastion('near', 'vnet-prod', '10.0.251.0/26')];
    expect(await found({ vnets, bastions })).toEqual({ name: 'near', prefix: '10.0.251.0/26' });
  });

  it('is the one of a network that is peered with its own', async () => {
    const vnets = [{ ...PROD, peers: ['hub'] }, hub('hub', 1), hub('other', 2)];
    const bastions = [bastion('far', 'hub', '10.1.251.0/26'), bastion('stray', 'other', '10.2.251.0/26')];
    expect(await found({ vnets, bastions })).toEqual({ name: 'far', prefix: '10.1.251.0/26' });
  });

  it('is nobody’s guess where there are several', async () => {
    const vnets = [{ ...PROD, peers: ['one', 'two'] }, hub('one', 1), hub('two', 2)];
    const bastions = [bastion('first', 'one', '10.1.251.0/26'), bastion('second', 'two', '10.2.251.0/26')];
    await expect(found({ vnets, bastions })).rejects.toMatchObject({
      code: 'severalBastions',
      say: 'Several Azure Bastions reach web-1: first (10.1.251.0/26), second (10.2.251.0/26).',
    });
  });

  it.each<[string, NetworkSpec]>([
    ['there is none', { vnets: [PROD] }],
    ['its network is not peered', { vnets: [PROD, hub('hub', 1)], bastions: [bastion('far', 'hub', '10.1.251.0/26')] }],
    [
      'it is two peerings away',
      {
        vnets: [{ ...PROD, peers: ['mid'] }, { ...hub('mid', 1), peers: ['hub'] }, hub('hub', 2)],
        bastions: [bastion('far', 'hub', '10.2.251.0/26')],
      },
    ],
  ])('is not there: %s', async (_, network) => {
    await expect(found(network)).rejects.toMatchObject({ code: 'noBastion' });
  });

  it('is not said to be absent where it could not be read', async () => {
    cloud = await azureHarness();
    cloud.sim.faults.add('BastionHosts_List', {
      kind: 'error',
      status: 403,
      code: 'AuthorizationFailed',
      message: '-',
    });
    await expect(cloud.adapter.bastion(cloud.machine, never)).rejects.toMatchObject({ code: 'cloudDenied' });
    cloud.sim.human.deleteVm('web-1');
    cloud.sim.faults.clear();
    await expect(cloud.adapter.bastion(cloud.machine, never)).rejects.toMatchObject({ code: 'machineGone' });
  });
});
