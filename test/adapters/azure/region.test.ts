import type { VirtualMachine } from '@azure/arm-compute';
import { expect, it } from 'vitest';
import { toMachine } from '../../../adapters/azure/arm/machine.ts';
import { whereaboutsOf } from '../../../src/core/machine/machine.ts';

const ID =
  '/subscriptions/11112222-3333-4444-5555-66667777888A/resourceGroups/RG-prod/providers/Microsoft.Compute/virtualMachines/web-1';

it.each([
  ['westeurope', 'westeurope'],
  ['West Europe', 'westeurope'],
  // Absent against the contract: it is in no region that somebody could name.
  [undefined, ''],
])('a machine in %s is in the region “%s”, for whatever selects machines by where they are', (location, region) => {
  const machine = toMachine({ id: ID, name: 'web-1', location: location as string });
  const subscription = '11112222-3333-4444-5555-66667777888a';
  expect(machine && whereaboutsOf(machine)).toEqual({ subscription, group: 'rg-prod', region });
});

it.each([
  ['Linux', 'linux'],
  ['Windows', 'windows'],
  // What is not known makes “cannot tell” of policies that name it.
  ['Plan9', undefined],
  [undefined, undefined],
] as const)('a machine whose disk says %s has the operating system %s', (osType, os) => {
  const storageProfile = { osDisk: { createOption: 'FromImage', ...(osType ? { osType } : {}) } } as const;
  const vm = { id: ID, name: 'web-1', location: 'westeurope', storageProfile };
  expect(toMachine(vm as VirtualMachine)?.os).toBe(os);
});
