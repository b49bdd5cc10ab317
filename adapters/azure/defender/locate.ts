import type { JitNetworkAccessPolicy } from '@azure/arm-security';
import { JitError } from '../../../src/core/errors/errors.ts';
import { clockText } from '../../../src/core/language/text.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { portText, samePort } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import { part, partsOf } from '../arm/ids.ts';
import { readVm, type Vm } from '../arm/machine.ts';
import { isAllowFrom } from '../arm/nsg-rules.ts';
import { hasFamily, located, type Records, readGroups, whereNow } from '../arm/reading.ts';
import { findFirewalls } from '../firewall/in-front.ts';
import { entryOf, policyHolding, policyIdOf, protectedPorts } from './policy.ts';
import { accessesOf, isFor, isLive, isPending, placementAt } from './records.ts';

/** Where rules of one machine go: through the policy that holds it, into all groups in front of its addresses. */
export async function locate(azure: Azure, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  const [first] = rules;
  if (!first) return [];
  const { machine } = first;
  const site = siteOf(azure, providerIdOf(machine));
  const [vm, policy] = await Promise.all([readVm(site, machine, signal), policyHolding(site, machine, signal)]);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  const where = whereNow(vm);
  // Without a group there is nothing that Defender could close or open.
  const ports = policy && where.groups.length > 0 ? portsIn(policy, first) : [];
  for (const { port } of rules) {
    if (ports.some((one) => samePort(one, port))) continue;
    const known = ports.map(portText).join(', ') || 'nothing';
    throw new JitError('notProtected', { machine: vm.machine.name, port: portText(port), protected: known });
  }
  if (!policy || !rules.every((rule) => vm.nics.some((nic) => hasFamily(nic, rule))))
    throw new JitError('machineUnreachable', { machine: vm.machine.name });
  await refuseBehindFirewall(azure, vm, signal);
  const groups = await readGroups(site, where.groups, signal);
  const accesses = accessesOf(policy, azure.marks);
  const reading = { site, vm, accesses, groups, addresses: where.addresses, now: nowAt(azure, site) };
  for (const rule of rules) refuseTaken(reading, rule);
  const at = policyIdOf(policy);
  const location = part(at, 'locations');
  return rules.map((rule) => located({ ...placementAt(at, rule), detail: { location } }, where));
}

/**
 * Behind a firewall Defender writes a translation there too, and an allow rule whose source is the firewall or the client,
 * as people report both: neither could be told from others, nor proven closed.
 */
async function refuseBehindFirewall(azure: Azure, vm: Vm, signal: AbortSignal): Promise<void> {
  const [firewall] = (await findFirewalls(azure, vm, signal)).values();
  if (firewall)
    throw new JitError('behindFirewall', { machine: vm.machine.name, firewall: firewall.name ?? 'a firewall' });
}

function portsIn(policy: JitNetworkAccessPolicy, { machine }: Rule) {
  const entry = entryOf(policy, machine);
  return entry ? protectedPorts(entry).map(({ port }) => port) : [];
}

/**
 * Defender may take a port away from one source when it gives it to another. Throws `sourceTaken` when another source
 * has it now: a record alone is not enough, because that of a lease closed early lives on until its end.
 */
export function refuseTaken({ accesses, groups, addresses, now }: Records, rule: Rule): void {
  const { machine, port } = rule;
  const rules = [...groups.values()].flat();
  const taken = accesses.findLast(
    (access) =>
      access.machine === machine &&
      access.number === port.number &&
      isLive(access, now) &&
      !isFor(access, rule) &&
      (isPending(access, now) || rules.some((one) => isAllowFrom(one, port, access.sources, addresses))),
  );
  if (!taken) return;
  const words = { machine: partsOf(machine).name, port: portText(port), until: clockText(taken.end) };
  throw new JitError('sourceTaken', words);
}
