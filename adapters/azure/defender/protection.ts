import type { JitNetworkAccessPolicy } from '@azure/arm-security';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { sameProtection } from '../../../src/core/machine/protection.ts';
import { type Port, samePort } from '../../../src/core/rule/port.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import { pollUntil } from '../../../src/kit/poll.ts';
import type { ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import { locationNow } from '../arm/location.ts';
import { readVm, type Vm } from '../arm/machine.ts';
import { CLOUD, isSilent } from '../errors.ts';
import {
  entryOf,
  type PolicyRef,
  policyHolding,
  policyIdOf,
  policyRef,
  portOf,
  protectedPorts,
  readPolicy,
  toWire,
} from './policy.ts';

/** Policy and machine share the description of a rule, which has 140 characters ("Just-in-time VM access", limits). */
const LONGEST_NAMES = 56;
/** The policy's name in the portal. */
const USUAL_NAME = 'default';
/** Defender rewrites the rules of all machines of the policy before it answers. */
const WRITE_MS = 30 * SECOND_MS;
/** How often a policy is written when somebody else writes it at the same moment, or nobody answers. */
const TRIES = 3;

/**
 * Puts a machine into the JIT policy of its resource group and region, or adds ports to the one it is in.
 *
 * NB. A PUT replaces the whole policy and knows no conditions: all that was read is written back, the records too, and
 * then it is read whether this machine is there, for somebody else may have written meanwhile.
 */
export async function protect(azure: Azure, vm: Vm, { ports }: Protection, signal: AbortSignal): Promise<void> {
  if (locationNow(vm).groups.length === 0) throw new JitError('notProtectable', { machine: vm.machine.name });
  const site = siteOf(azure, vm.id);
  const holding = await policyHolding(site, vm.machine.id, signal);
  const ref = holding ? policyRef(policyIdOf(holding)) : { ...homeOf(vm), name: USUAL_NAME };
  if (ref.name.length + vm.machine.name.length > LONGEST_NAMES)
    throw new JitError('namesTooLong', { machine: vm.machine.name, policy: ref.name, most: LONGEST_NAMES });
  await azure.turns.inTurn(keyOf(site, ref), () =>
    writeUntil(azure, { site, ref }, (before) => withPorts(before, vm, ports), signal),
  );
}

/** The policy that holds the machine, or would. */
export async function protectKey(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<string> {
  const site = siteOf(azure, providerIdOf(machine));
  const holding = await policyHolding(site, machine, signal);
  if (holding) return policyIdOf(holding);
  const vm = await readVm(site, machine, signal);
  return vm ? keyOf(site, { ...homeOf(vm), name: USUAL_NAME }) : machine;
}

/** Takes the machine, or these of its ports, out of its policy, and the policy away with its last machine: an empty one protects nothing. */
export async function unprotect(
  azure: Azure,
  vm: Vm,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const site = siteOf(azure, vm.id);
  const machine = vm.machine.id;
  const holding = await policyHolding(site, machine, signal);
  if (!holding) return;
  const ref = policyRef(policyIdOf(holding));
  await azure.turns.inTurn(keyOf(site, ref), () =>
    writeUntil(azure, { site, ref }, (before) => without(before, machine, ports), signal),
  );
}

/** Policies are per resource group and region of their machines. */
function homeOf({ machine, location }: Vm): { readonly group: string; readonly location: string } {
  return { group: partsOf(providerIdOf(machine.id)).group, location };
}

type Next = JitNetworkAccessPolicy | 'none' | undefined;

/** Writes the policy until `next` finds nothing more to change; `none` deletes it. */
async function writeUntil(
  { pause }: Azure,
  { site, ref }: { readonly site: Subscription; readonly ref: PolicyRef },
  next: (before: JitNetworkAccessPolicy | undefined) => Next,
  signal: AbortSignal,
): Promise<void> {
  const notYet = new JitError('cloudBusy', { cloud: CLOUD });
  await pollUntil({ tries: TRIES + 1, betweenMs: 0, signal }, { pause }, async ({ number, isLast }) => {
    const wanted = next(await readPolicy(site, ref, signal));
    if (!wanted) return { done: undefined };
    if (isLast) return { notYet };
    try {
      await site.change(
        allowedUntil(signal),
        async ({ security: { jitNetworkAccessPolicies: policies } }, options) => {
          if (wanted === 'none') await policies.delete(ref.group, ref.location, ref.name, options);
          else await policies.createOrUpdate(ref.group, ref.location, ref.name, wanted, options);
        },
        WRITE_MS,
      );
    } catch (error) {
      // What was not answered may have been done.
      if (!isSilent(error) || number === TRIES) throw error;
    }
    return { notYet };
  });
}

/** The policy with these ports and limits for this machine besides all that it says already; undefined when it says them. */
function withPorts(
  before: JitNetworkAccessPolicy | undefined,
  vm: Vm,
  ports: readonly ProtectedPort[],
): JitNetworkAccessPolicy | undefined {
  const { virtualMachines = [], requests = [] } = before ?? {};
  const entry = before && entryOf(before, vm.machine.id);
  const known = entry?.ports ?? [];
  const said = entry ? protectedPorts(entry) : [];
  // As it will be read back: a policy takes whole minutes, from five to a day.
  const asWritten = (port: ProtectedPort) => protectedPorts({ id: vm.id, ports: [toWire(port)] })[0] ?? port;
  const wanted = ports.filter((port) => !said.some((one) => sameProtection(one, asWritten(port))));
  if (wanted.length === 0) return undefined;
  // A number can be there once, whatever its protocol.
  const kept = known.filter(({ number }) => !wanted.some(({ port }) => port.number === number));
  const others = virtualMachines.filter(({ id }) => machineId('azure', id) !== vm.machine.id);
  const own = { ...entry, id: entry?.id ?? vm.id, ports: [...kept, ...wanted.map(toWire)] };
  return { kind: 'Basic', virtualMachines: [...others, own], requests };
}

/** The policy without these ports of the machine; without the machine when it has no others. */
function without(
  before: JitNetworkAccessPolicy | undefined,
  machine: MachineId,
  ports: readonly Port[] | undefined,
): Next {
  const entry = before && entryOf(before, machine);
  if (!before || !entry) return undefined;
  const left = entry.ports.filter((wire) => ports && !ports.some((port) => samePort(port, portOf(wire))));
  if (left.length === 0) return withoutMachine(before, machine);
  if (left.length === entry.ports.length) return undefined;
  const others = before.virtualMachines.filter(({ id }) => machineId('azure', id) !== machine);
  const { requests = [] } = before;
  return { kind: 'Basic', virtualMachines: [...others, { ...entry, ports: left }], requests };
}

/** The policy without this machine and its records; `none` when nobody is left in it. */
function withoutMachine(before: JitNetworkAccessPolicy | undefined, machine: MachineId): Next {
  if (!before || !entryOf(before, machine)) return undefined;
  const isOther = ({ id }: { readonly id: string }) => machineId('azure', id) !== machine;
  const virtualMachines = before.virtualMachines.filter(isOther);
  if (virtualMachines.length === 0) return 'none';
  const requests = (before.requests ?? []).flatMap((request) => {
    const left = request.virtualMachines.filter(isOther);
    return left.length > 0 ? [{ ...request, virtualMachines: left }] : [];
  });
  return { kind: 'Basic', virtualMachines, requests };
}

function keyOf(site: Subscription, { group, location, name }: PolicyRef): string {
  return [site.id, group, location, name].join('/').toLowerCase();
}
