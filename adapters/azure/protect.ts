import type { JitNetworkAccessPolicy } from '@azure/arm-security';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { type MachineId, machineId, providerIdOf } from '../../src/core/machine/machine.ts';
import { sameProtection } from '../../src/core/machine/protection.ts';
import { type Port, samePort } from '../../src/core/rule/port.ts';
import type { MachineState, ProtectedPort, Protection } from '../../src/ports/cloud.ts';
import type { Subscription } from './arm/clients.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { partsOf } from './arm/ids.ts';
import { readVm, type Vm } from './arm/machine.ts';
import { whereNow } from './arm/reading.ts';
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
} from './defender/policy.ts';
import { CLOUD, isSilent } from './errors.ts';
import { firewallsBefore, NO_FIREWALLS } from './firewall/in-front.ts';
import { note, unnote } from './firewall/protection.ts';
import { protect as protectByRules, unprotect as unprotectByRules } from './nsg/protection.ts';
import { look } from './observe.ts';

/** Policy and machine share the description of a rule, which has 140 characters ("Just-in-time VM access", limits). */
const LONGEST_NAMES = 56;
/** The policy's name in the portal. */
const USUAL_NAME = 'default';
/** Defender rewrites the rules of all machines of the policy before it answers. */
const WRITE_MS = 30 * SECOND_MS;
/** How often a policy is written when somebody else writes it at the same moment, or nobody answers. */
const TRIES = 3;

/**
 * With our own rules: writes deny rules. With Defender: puts a machine into the JIT policy of its resource group and region, or adds ports to the one it is in.
 *
 * NB. A PUT replaces the whole policy and knows no conditions: all that was read is written back, the records too, and
 * then it is read whether this machine is there, for somebody else may have written meanwhile.
 */
export async function protect(
  azure: Azure,
  rows: Rows,
  machine: MachineId,
  protection: Protection,
  signal: AbortSignal,
): Promise<MachineState> {
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await readVm(site, machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  const isGuarded = whereNow(vm).groups.length > 0;
  const firewalls = isGuarded || site.backend !== 'nsg' ? NO_FIREWALLS : await firewallsBefore(azure, vm, signal);
  if (!isGuarded && firewalls.size === 0) throw new JitError('notProtectable', { machine: vm.machine.name });
  if (site.backend === 'nsg') {
    await rows.inRow(machine, () =>
      isGuarded ? protectByRules(azure, vm, protection, signal) : note(azure, vm, firewalls, protection, signal),
    );
    return look(azure, machine, signal);
  }
  const holding = await policyHolding(site, machine, signal);
  const ref = holding ? policyRef(policyIdOf(holding)) : { ...homeOf(vm), name: USUAL_NAME };
  if (ref.name.length + vm.machine.name.length > LONGEST_NAMES)
    throw new JitError('namesTooLong', { machine: vm.machine.name, policy: ref.name, most: LONGEST_NAMES });
  await rows.inRow(rowOf(site, ref), () =>
    writeUntil(site, ref, (before) => withPorts(before, vm, protection.ports), signal),
  );
  return look(azure, machine, signal);
}

/** The policy that holds the machine, or would; with our own rules nothing is shared. */
export async function protectKey(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<string> {
  const site = siteOf(azure, providerIdOf(machine));
  if (site.backend === 'nsg') return machine;
  const holding = await policyHolding(site, machine, signal);
  if (holding) return policyIdOf(holding);
  const vm = await readVm(site, machine, signal);
  return vm ? rowOf(site, { ...homeOf(vm), name: USUAL_NAME }) : machine;
}

/**
 * For these ports, or all. With our own rules: takes our deny rules for this machine away. With Defender: takes the machine out of its policy, and
 * the policy away with its last one, for an empty one protects nothing.
 */
export async function unprotect(
  azure: Azure,
  rows: Rows,
  machine: MachineId,
  signal: AbortSignal,
  ports?: readonly Port[],
): Promise<MachineState> {
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await readVm(site, machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  if (site.backend === 'nsg') {
    const firewalls = await firewallsBefore(azure, vm, signal);
    await rows.inRow(machine, async () => {
      await unprotectByRules(azure, vm, signal, ports);
      await unnote(azure, vm, firewalls, signal, ports);
    });
    return look(azure, machine, signal);
  }
  const holding = await policyHolding(site, machine, signal);
  if (holding) {
    const ref = policyRef(policyIdOf(holding));
    await rows.inRow(rowOf(site, ref), () =>
      writeUntil(site, ref, (before) => without(before, machine, ports), signal),
    );
  }
  return look(azure, machine, signal);
}

/** Policies are per resource group and region of their machines. */
function homeOf({ machine, location }: Vm): { readonly group: string; readonly location: string } {
  return { group: partsOf(providerIdOf(machine.id)).group, location };
}

type Next = JitNetworkAccessPolicy | 'none' | undefined;

/** Writes the policy until `next` finds nothing more to change; `none` deletes it. */
async function writeUntil(
  site: Subscription,
  ref: PolicyRef,
  next: (before: JitNetworkAccessPolicy | undefined) => Next,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const wanted = next(await readPolicy(site, ref, signal));
    if (!wanted) return;
    if (tries > TRIES) throw new JitError('cloudBusy', { cloud: CLOUD });
    try {
      await site.change(
        { signal, beforeCall: () => signal.throwIfAborted() },
        async ({ security: { jitNetworkAccessPolicies: policies } }, options) => {
          if (wanted === 'none') await policies.delete(ref.group, ref.location, ref.name, options);
          else await policies.createOrUpdate(ref.group, ref.location, ref.name, wanted, options);
        },
        WRITE_MS,
      );
    } catch (error) {
      // What was not answered may have been done.
      if (!isSilent(error) || tries === TRIES) throw error;
    }
  }
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

function rowOf(site: Subscription, { group, location, name }: PolicyRef): string {
  return [site.id, group, location, name].join('/').toLowerCase();
}

/** One after the other, for each key. */
export class Rows {
  readonly #last = new Map<string, Promise<unknown>>();

  async inRow<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return work();
    })();
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
