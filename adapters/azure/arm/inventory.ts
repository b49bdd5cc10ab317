import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import { SiteLists } from '../../../src/kit/site-lists.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Subscription } from './clients.ts';
import type { Azure } from './context.ts';
import { toMachine } from './machine.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;
const LIST_MS = 30 * SECOND_MS;

/** The machines of all subscriptions, each subscription read at most once a minute. */
export function azureInventory(azure: Azure) {
  return new SiteLists({
    sites: async () => azure.subscriptions.map((site) => ({ name: `subscription ${site.id}`, site })),
    read: ({ site }) => readMachines(site, ENDLESS),
    keptMs: KEPT_MS,
    clock: azure,
    log: azure.log,
    warning: 'the machines of a subscription could not be read',
  });
}

/** All machines of a subscription, read now. */
export async function readMachines(site: Subscription, signal: AbortSignal): Promise<readonly Machine[]> {
  const all = await site.read(
    signal,
    ({ compute }, options) => Array.fromAsync(compute.virtualMachines.listAll(options)),
    LIST_MS,
  );
  return all.flatMap((vm) => {
    const machine = toMachine(vm);
    if (!machine) site.unreadable(`the machine ${vm.id ?? vm.name ?? ''}`, { id: vm.id, name: vm.name });
    return machine ?? [];
  });
}
