import type { VirtualMachine, VirtualMachineScaleSet } from '@azure/arm-compute';
import { JitError } from '../../../src/core/errors/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import type { MachineList, UnservedMachine } from '../../../src/core/machine/match.ts';
import { SiteLists } from '../../../src/kit/site-lists.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import { partsOf } from './ids.ts';
import { toMachine } from './machine.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;
const LIST_MS = 30 * SECOND_MS;

/** The machines of one subscription, and what is there and cannot be served. */
export interface SiteMachines {
  readonly machines: readonly Machine[];
  readonly unserved: readonly UnservedMachine[];
}

/** The machines of all subscriptions, each subscription read at most once a minute. */
export function azureInventory(azure: Azure): { read(signal: AbortSignal): Promise<MachineList> } {
  const lists = new SiteLists({
    sites: async () => azure.subscriptions.map((site) => ({ name: `subscription ${site.id}`, site })),
    read: async ({ site }) => [await readMachines(site, ENDLESS)],
    keptMs: KEPT_MS,
    clock: azure,
    log: azure.log,
    warning: 'the machines of a subscription could not be read',
  });
  return {
    async read(signal) {
      const { all, unread } = await lists.read(signal);
      return {
        all: all.flatMap(({ machines }) => machines),
        unread,
        unserved: all.flatMap(({ unserved }) => unserved),
      };
    },
  };
}

/** All machines of a subscription, read now. */
export async function readMachines(site: Subscription, signal: AbortSignal): Promise<SiteMachines> {
  const [all, sets] = await Promise.all([
    site.read(signal, ({ compute }, options) => Array.fromAsync(compute.virtualMachines.listAll(options)), LIST_MS),
    readScaleSets(site, signal),
  ]);
  const machines = all.flatMap((vm) => {
    const machine = toMachine(vm);
    if (!machine) site.unreadable(`the machine ${vm.id ?? vm.name ?? ''}`, { id: vm.id, name: vm.name });
    return machine && !isOfAks(vm) ? [machine] : [];
  });
  const nodes = all.filter(isOfAks).map((vm) => unserved(vm, AKS));
  const instances = sets
    .filter(({ orchestrationMode = 'Uniform' }) => orchestrationMode === 'Uniform')
    .map((set) => ({ ...unserved(set, isOfAks(set) ? AKS : UNIFORM), isSet: true as const }));
  return { machines, unserved: [...nodes, ...instances] };
}

/** Without the right to read them they are as unknown as any other name. */
async function readScaleSets(site: Subscription, signal: AbortSignal): Promise<readonly VirtualMachineScaleSet[]> {
  try {
    return await site.read(
      signal,
      ({ compute }, options) => Array.fromAsync(compute.virtualMachineScaleSets.listAll(options)),
      LIST_MS,
    );
  } catch (error) {
    if (error instanceof JitError && error.code === 'cloudDenied') {
      const told = 'scale sets may not be read: whoever asks for an instance of one is not told why it is not served';
      site.unreadable('scale sets', { subscription: site.id }, told);
      return [];
    }
    throw error;
  }
}

/** "Orchestration modes for Virtual Machine Scale Sets": interfaces of such instances are parts of the set's model. */
const UNIFORM = 'it is a scale set with uniform orchestration, whose instances have no network interfaces of their own';

/** The groups of nodes are written anew by the service ("Network concepts for applications in AKS"; AKS#976, #570). */
const AKS = 'it is a node of Azure Kubernetes Service, which takes rules of others out of its network security groups';

/** In the resource group that the service makes, or with the tags that it gives ("AKS node resource group"). */
function isOfAks({ id = '', tags = {} }: VirtualMachine | VirtualMachineScaleSet): boolean {
  return /^mc_/i.test(partsOf(id).group) || Object.keys(tags).some((tag) => /^aks-managed-/i.test(tag));
}

function unserved({ id = '', name = '', location = '' }: VirtualMachine | VirtualMachineScaleSet, because: string) {
  return { name, location: `${partsOf(id).group}, ${location}`, because };
}
