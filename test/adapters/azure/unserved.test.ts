import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec } from '../../../simulators/azure/machines.ts';
import { match } from '../../../src/core/machine/match.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

const node: MachineSpec = {
  name: 'aks-pool-1',
  resourceGroup: 'MC_rg-prod_shop_westeurope',
  interfaces: [{ privateIps: ['10.0.8.4'], vnet: 'vnet-prod', subnet: 'nodes', subnetNsg: 'aks-agentpool-nsg' }],
};
const tagged: MachineSpec = {
  ...node,
  name: 'node-2',
  resourceGroup: 'rg-nodes',
  tags: { 'aks-managed-poolName': 'p' },
};

let cloud: AzureHarness;
beforeEach(async () => {
  cloud = await azureHarness({ machines: [...defaultMachines, node, tagged] });
  cloud.sim.human.putScaleSet('shop');
  cloud.sim.human.putScaleSet('modern', { orchestrationMode: 'Flexible' });
  cloud.sim.human.putScaleSet('aks-sys-vmss', { resourceGroup: 'MC_rg-prod_shop_westeurope' });
  cloud.advance(61_000);
});
afterEach(() => cloud.stop());

const AKS = expect.stringContaining('it is a node of Azure Kubernetes Service');

test('scale sets and nodes of AKS are listed with the reason, not as machines', async () => {
  const { all, unserved = [] } = await cloud.adapter.machines(never);
  expect(all.map(({ name }) => name).sort()).toEqual(['db-1', 'jump-1', 'web-1']);
  expect(unserved.map(({ name, because }) => [name, because])).toEqual([
    ['aks-pool-1', AKS],
    ['node-2', AKS],
    ['shop', expect.stringContaining('it is a scale set with uniform orchestration')],
    ['aks-sys-vmss', AKS],
  ]);
  const assessed = await cloud.adapter.assess(never);
  expect([assessed.machines.length, assessed.unserved]).toEqual([3, unserved]);
});

test.each([
  ['shop', 'shop'],
  ['shop_3', 'shop'],
  ['shop00000A', 'shop'],
  ['aks-sys-vmss000000', 'aks-sys-vmss'],
  ['AKS-POOL-1', 'aks-pool-1'],
])('whoever asks for %s is told why it is not served', async (typed, name) => {
  const list = await cloud.adapter.machines(never);
  expect(() => match(list, typed)).toThrowError(expect.objectContaining({ code: 'machineNotServed' }));
  expect(() => match(list, typed)).toThrowError(new RegExp(`does not open ${name}: it is a `));
});

test('a machine that is served goes before one that is not, and another name is unknown', async () => {
  const list = await cloud.adapter.machines(never);
  const unserved = [...(list.unserved ?? []), { name: 'web-1', location: '', because: 'it is another' }];
  expect(match({ ...list, unserved }, 'web-1').name).toBe('web-1');
  for (const typed of ['shopping', 'shop-2', 'modern_1'])
    expect(() => match(list, typed)).toThrowError(expect.objectContaining({ code: 'unknownMachine' }));
});

test('without the right to read scale sets machines are found as before', async () => {
  const refused = { kind: 'error', status: 403, code: 'AuthorizationFailed' } as const;
  cloud.sim.faults.add('VirtualMachineScaleSets_ListAll', refused, Number.POSITIVE_INFINITY);
  const { all, unserved = [] } = await cloud.adapter.machines(never);
  expect([all.length, unserved.map(({ name }) => name)]).toEqual([3, ['aks-pool-1', 'node-2']]);
});
