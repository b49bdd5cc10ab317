import { JitError } from '../../../src/core/errors/errors.ts';
import { type MachineId, machineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { sameProtection } from '../../../src/core/machine/protection.ts';
import { type Port, samePort } from '../../../src/core/rule/port.ts';
import type { ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import { locationNow } from '../arm/location.ts';
import { readVm, type Vm } from '../arm/machine.ts';
import { itemsIn, omit, type Raw } from '../arm/raw.ts';
import { entryOf, type PolicyRef, policyHolding, policyRef, toWire } from './policy.ts';
import { durationMs, type JitPolicy } from './policy-wire.ts';
import { refuseLeftBehind } from './witness.ts';
import { bodyWith, machinesOf, rewrite, type Written } from './write.ts';

/** Policy and machine share the description of a rule, which has 140 characters ("Just-in-time VM access", limits). */
const LONGEST_NAMES = 56;
/** The policy's name in the portal. */
const USUAL_NAME = 'default';

/** Puts a machine into the JIT policy of its resource group and region, or adds ports to the one it is in. */
export async function protect(azure: Azure, vm: Vm, { ports }: Protection, signal: AbortSignal): Promise<void> {
  if (locationNow(vm).groups.length === 0) throw new JitError('notProtectable', { machine: vm.machine.name });
  const site = siteOf(azure, vm.id);
  const holding = await policyHolding(site, vm.machine.id, signal);
  const ref = holding ? policyRef(holding.id) : { ...homeOf(vm), name: USUAL_NAME };
  if (ref.name.length + vm.machine.name.length > LONGEST_NAMES)
    throw new JitError('namesTooLong', { machine: vm.machine.name, policy: ref.name, most: LONGEST_NAMES });
  await azure.turns.inTurn(keyOf(site, ref), () =>
    rewrite(azure, { site, ref, next: (before) => withPorts(before, vm, ports) }, signal),
  );
}

/** The policy that holds the machine, or would. */
export async function protectKey(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<string> {
  const site = siteOf(azure, providerIdOf(machine));
  const holding = await policyHolding(site, machine, signal);
  if (holding) return holding.id;
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
  if (!holding) return refuseLeftBehind(site, vm, signal);
  const ref = policyRef(holding.id);
  await azure.turns.inTurn(keyOf(site, ref), () =>
    rewrite(azure, { site, ref, next: (before) => without(before, machine, ports) }, signal),
  );
}

/** Policies are per resource group and region of their machines. */
function homeOf({ machine, location }: Vm): { readonly group: string; readonly location: string } {
  return { group: partsOf(providerIdOf(machine.id)).group, location };
}

/** The policy with these ports and limits for this machine besides all that it says already; undefined when it says them. */
function withPorts(before: JitPolicy | undefined, vm: Vm, ports: readonly ProtectedPort[]): Written | undefined {
  const entry = before && entryOf(before, vm.machine.id);
  const known = entry?.ports ?? [];
  const says = (wanted: ProtectedPort) => known.some((one) => one.known && sameProtection(one.known, asRead(wanted)));
  const wanted = ports.filter((port) => !says(port));
  if (wanted.length === 0) return undefined;
  // A number can be there once, whatever its protocol.
  const replaced = known.filter(({ port }) => wanted.some((one) => one.port.number === port.number));
  const left = itemsIn(entry?.raw, 'ports').filter((raw) => !replaced.some((one) => one.raw === raw));
  const written = wanted.map((one) => {
    const old = replaced.find(({ port }) => port.number === one.port.number)?.raw;
    return { ...omit(old, ['allowedSourceAddressPrefix', 'allowedSourceAddressPrefixes']), ...toWire(one) };
  });
  const own = { id: vm.id, ...entry?.raw, ports: [...left, ...written] };
  return bodyWith(before, { virtualMachines: placed(before, entry?.raw, own) });
}

/** As it will be read back: a policy takes whole minutes, from five to a day. */
function asRead(wanted: ProtectedPort): ProtectedPort {
  const longestMs = durationMs(toWire(wanted).maxRequestAccessDuration);
  return longestMs === undefined ? wanted : { ...wanted, longestMs };
}

/** The policy without these ports of the machine; without the machine when it has no others. */
function without(
  before: JitPolicy | undefined,
  machine: MachineId,
  ports: readonly Port[] | undefined,
): Written | undefined {
  const entry = before && entryOf(before, machine);
  if (!before || !entry) return undefined;
  const gone = entry.ports.filter(({ port }) => !ports || ports.some((one) => samePort(one, port)));
  const all = itemsIn(entry.raw, 'ports');
  const left = all.filter((raw) => !gone.some((one) => one.raw === raw));
  if (!ports || left.length === 0) return withoutMachine(before, machine, entry.raw);
  if (left.length === all.length) return undefined;
  return bodyWith(before, { virtualMachines: placed(before, entry.raw, { ...entry.raw, ports: left }) });
}

/** The policy without this machine and its records; `none` when nobody is left in it. */
function withoutMachine(before: JitPolicy, machine: MachineId, entry: Raw): Written {
  const virtualMachines = machinesOf(before).filter((raw) => raw !== entry);
  if (virtualMachines.length === 0) return 'none';
  const isOther = (raw: unknown) => machineId('azure', String((raw as Raw | null)?.id)) !== machine;
  const requests = itemsIn(before.raw.properties, 'requests').flatMap((request) => {
    const all = itemsIn(request, 'virtualMachines');
    const left = all.filter(isOther);
    if (left.length === all.length) return [request];
    return left.length > 0 ? [{ ...(request as Raw), virtualMachines: left }] : [];
  });
  return bodyWith(before, { virtualMachines, requests });
}

/** All machines of the policy, with one in the place that it had, or at the end. */
function placed(policy: JitPolicy | undefined, old: Raw | undefined, own: Raw): readonly unknown[] {
  const all = policy ? machinesOf(policy) : [];
  return old ? all.map((raw) => (raw === old ? own : raw)) : [...all, own];
}

function keyOf(site: Subscription, { group, location, name }: PolicyRef): string {
  return [site.id, group, location, name].join('/').toLowerCase();
}
