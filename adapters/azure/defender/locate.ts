import { JitError } from '../../../src/core/errors/errors.ts';
import { clockText } from '../../../src/core/language/text.ts';
import { portText, samePort } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import type { Azure } from '../arm/context.ts';
import { part, partsOf } from '../arm/ids.ts';
import { hasFamily, located, locationNow } from '../arm/location.ts';
import type { Vm } from '../arm/machine.ts';
import { isAllowFrom } from '../arm/nsg-rules.ts';
import type { SeenPresent } from '../backend.ts';
import { findFirewalls } from '../firewall/in-front.ts';
import { entryOf, protectedPorts } from './policy.ts';
import type { JitPolicy } from './policy-wire.ts';
import type { RecordedMachine } from './reading.ts';
import { accessesOf, isFor, isLive, isPending, placementAt } from './records.ts';

/** Where rules of one machine go: through the policy that holds it, into all groups in front of its addresses. */
export async function locate(
  azure: Azure,
  { seen: { vm, groups, now }, policy }: { readonly seen: SeenPresent; readonly policy: JitPolicy | undefined },
  rules: readonly Rule[],
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const location = locationNow(vm);
  // Without a group there is nothing that Defender could close or open.
  const [first] = rules;
  const ports = policy && first && location.groups.length > 0 ? portsIn(policy, first) : [];
  for (const { port } of rules) {
    if (ports.some((one) => samePort(one, port))) continue;
    const known = ports.map(portText).join(', ') || 'nothing';
    throw new JitError('notProtected', { machine: vm.machine.name, port: portText(port), protected: known });
  }
  if (!policy || !rules.every((rule) => vm.nics.some((nic) => hasFamily(nic, rule))))
    throw new JitError('machineUnreachable', { machine: vm.machine.name });
  await refuseBehindFirewall(azure, vm, signal);
  const reading = { vm, accesses: accessesOf(policy, azure.marks), groups, addresses: location.addresses, now };
  for (const rule of rules) refuseTaken(reading, rule);
  const at = policy.id;
  return rules.map((rule) =>
    located({ ...placementAt(at, rule), detail: { location: part(at, 'locations') } }, location),
  );
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

function portsIn(policy: JitPolicy, { machine }: Rule) {
  const entry = entryOf(policy, machine);
  return entry ? protectedPorts(entry).map(({ port }) => port) : [];
}

/**
 * Defender may take a port away from one source when it gives it to another. Throws `sourceTaken` when another source
 * has it now: a record alone is not enough, because that of a lease closed early lives on until its end.
 */
export function refuseTaken({ accesses, groups, addresses, now }: RecordedMachine, rule: Rule): void {
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
