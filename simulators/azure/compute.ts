import { createHash } from 'node:crypto';
import { badRequest, resourceNotFound } from './errors.ts';
import { sameId, type Vm } from './model.ts';
import { type Call, page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isNamed } from './tenant.ts';

const TYPE = 'Microsoft.Compute/virtualMachines';
const API_VERSION = '2026-04-01';
const SUBSCRIPTION = '/subscriptions/{subscriptionId}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{resourceGroupName}`;

function instanceView(vm: Vm) {
  const running = vm.power === 'running';
  return {
    statuses: [
      { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' },
      { code: `PowerState/${vm.power}`, level: 'Info', displayStatus: running ? 'VM running' : 'VM deallocated' },
    ],
  };
}

function wire(vm: Vm, withView: boolean) {
  const digest = createHash('sha256').update(`${vm.id.toLowerCase()} ${vm.createdMs}`).digest('hex');
  return {
    id: vm.id,
    name: vm.name,
    type: TYPE,
    location: vm.location,
    tags: vm.tags,
    properties: {
      vmId: digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      hardwareProfile: { vmSize: 'Standard_D2s_v5' },
      storageProfile: { osDisk: { osType: 'Linux', createOption: 'FromImage' } },
      osProfile: { computerName: vm.name, adminUsername: 'azureuser' },
      networkProfile: { networkInterfaces: vm.nicIds.map((id, i) => ({ id, properties: { primary: i === 0 } })) },
      provisioningState: 'Succeeded',
      timeCreated: new Date(vm.createdMs).toISOString(),
      ...(withView ? { instanceView: instanceView(vm) } : {}),
    },
  };
}

function find(call: Call): Vm {
  const [group, name] = [call.param('resourceGroupName'), call.param('vmName')];
  const vm = [...call.view.vms.values()].find(
    (v) => isNamed(call, v) && sameId(v.resourceGroup, group) && sameId(v.name, name),
  );
  if (!vm) throw resourceNotFound(TYPE, name, group);
  return vm;
}

function wantsView(call: Call): boolean {
  const expand = call.query.get('$expand');
  if (expand !== null && expand !== 'instanceView') {
    throw badRequest(`The value '${expand}' of parameter '$expand' is not supported.`, 'InvalidParameter');
  }
  return expand !== null;
}

/** Machines of the subscription in one resource group, or in all. */
function inGroup(call: Call, group?: string): readonly Vm[] {
  const own = [...call.view.vms.values()].filter((vm) => isNamed(call, vm));
  return own.filter((vm) => group === undefined || sameId(vm.resourceGroup, group));
}

/** Microsoft.Compute, in the api-version of arm-compute 25. */
export function computeRoutes(sim: Simulation): readonly Route[] {
  const common = { area: 'arm', method: 'GET', apiVersion: API_VERSION } as const;
  return [
    {
      ...common,
      operation: 'VirtualMachines_ListAll',
      path: `${SUBSCRIPTION}/providers/${TYPE}`,
      query: ['$expand', '$skiptoken'],
      handle: (call) => {
        const view = wantsView(call);
        // NB. This list really writes resource groups in capitals; whoever compares ids must ignore case.
        const shout = (vm: Vm) => ({ ...vm, id: vm.id.replace(vm.resourceGroup, vm.resourceGroup.toUpperCase()) });
        const items = inGroup(call).map((vm) => wire(shout(vm), view));
        return page(call, items, sim.behaviour.pageSize, sim.origin());
      },
    },
    {
      ...common,
      operation: 'VirtualMachines_List',
      path: `${GROUP}/providers/${TYPE}`,
      query: ['$expand', '$skiptoken'],
      handle: (call) => {
        const view = wantsView(call);
        const items = inGroup(call, call.param('resourceGroupName')).map((vm) => wire(vm, view));
        return page(call, items, sim.behaviour.pageSize, sim.origin());
      },
    },
    {
      ...common,
      operation: 'VirtualMachines_Get',
      path: `${GROUP}/providers/${TYPE}/{vmName}`,
      query: ['$expand'],
      handle: (call) => ({ status: 200, body: wire(find(call), wantsView(call)) }),
    },
    {
      ...common,
      operation: 'VirtualMachines_InstanceView',
      path: `${GROUP}/providers/${TYPE}/{vmName}/instanceView`,
      handle: (call) => ({ status: 200, body: instanceView(find(call)) }),
    },
  ];
}
