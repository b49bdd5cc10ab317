import { createHash } from 'node:crypto';
import type { ClassicCollection, Firewall } from './firewall-model.ts';
import { publicAddresses, updateFirewall } from './firewalls.ts';
import { type JitAccess, type JitVm, type Snapshot, sameId } from './model.ts';
import { firewallOnRoute, subnetOf } from './reach.ts';
import type { Simulation } from './simulation.ts';
import { vnetIdOf } from './topology-model.ts';

/** What Defender for Cloud does with Azure Firewall: one DNAT rule for each port of a request. */
const COLLECTION = 'MDC-JIT-Collection';
const FIRST_MAPPED = 40_000;

/** The classic firewall that guards a machine, and the address behind it. */
interface Guard {
  readonly firewall: Firewall;
  readonly privateIp: string;
}

/**
 * The firewall of a machine as Defender knows it: on the route, in the machine's own network, and with rules of its
 * own. One with a firewall policy is not supported ("Understanding just-in-time VM access").
 */
export function guardOf(view: Snapshot, vmId: string): Guard | undefined {
  const nics = [...view.nics.values()].filter((nic) => sameId(nic.vmId, vmId));
  for (const nic of nics) {
    const firewall = firewallOnRoute(view, nic.subnetId);
    const privateIp = nic.addresses.find((address) => !address.privateIp.includes(':'))?.privateIp;
    if (!firewall || firewall.policyId || !privateIp) continue;
    if (sameId(vnetIdOf(subnetOf(firewall) ?? ''), vnetIdOf(nic.subnetId))) return { firewall, privateIp };
  }
  return undefined;
}

/** Where a request's port is reached on a firewall, or nothing where the machine is behind none. */
export function mapPort(
  view: Snapshot,
  vm: JitVm | undefined,
  wanted: Pick<JitAccess, 'vmId' | 'number'>,
  taken: readonly JitAccess[],
): Pick<JitAccess, 'mapping'> {
  const guard = guardOf(view, wanted.vmId);
  if (!guard) return {};
  const { firewall, privateIp } = guard;
  const address = vm?.publicIpAddress ?? publicAddresses(view, firewall)[0];
  if (address === undefined) return {};
  const used = new Set([
    ...firewall.rules.nat.flatMap(({ rules }) =>
      rules.filter((r) => r.destinationAddresses?.includes(address)).flatMap((r) => r.destinationPorts.map(Number)),
    ),
    ...taken.flatMap(({ mapping }) => (mapping?.address === address ? [mapping.port] : [])),
  ]);
  let port = FIRST_MAPPED + (wanted.number % 10_000);
  while (used.has(port)) port += 1;
  return { mapping: { firewallId: firewall.id, address, port, privateIp } };
}

/** What the groups have to let in for a request: translated packets come from the firewall's subnet, IPv6 as it is. */
export function sourcesBehind(view: Snapshot, { mapping, sources }: JitAccess): readonly string[] {
  const firewall = view.firewalls.get(mapping?.firewallId.toLowerCase() ?? '');
  const subnet = view.subnets.get((firewall && subnetOf(firewall))?.toLowerCase() ?? '');
  const direct = sources.filter((source) => source.includes(':'));
  return direct.length < sources.length ? [...(subnet?.prefixes ?? []), ...direct] : direct;
}

function ruleName(requestId: string, { vmId, number }: JitAccess): string {
  const digest = createHash('sha256').update(`${requestId}|${vmId.toLowerCase()}|${number}`).digest('hex');
  return `MDC-JIT-Rule-${number}-${digest.slice(0, 32).toUpperCase()}`;
}

/** Changes Defender's own collection of a firewall, at once or when the update that is under way is through. */
function change(
  sim: Simulation,
  firewallId: string,
  edit: (rules: ClassicCollection['rules']) => ClassicCollection['rules'],
): void {
  const { world } = sim;
  const firewall = world.current.firewalls.get(firewallId.toLowerCase());
  if (!firewall) return;
  if (firewall.busyUntilMs > world.nowMs) {
    world.schedule(firewall.busyUntilMs, () => change(sim, firewallId, edit));
    return;
  }
  const others = firewall.rules.nat.filter((one) => one.name !== COLLECTION);
  const before = firewall.rules.nat.find((one) => one.name === COLLECTION);
  const rules = edit(before?.rules ?? []);
  if (rules.length === (before?.rules.length ?? 0)) return;
  const taken = new Set(others.map((one) => one.priority));
  let priority = before?.priority ?? 100;
  while (taken.has(priority)) priority += 1;
  const own = { name: COLLECTION, priority, action: { type: 'Dnat' }, rules };
  const nat = rules.length === 0 ? others : [...others, own];
  updateFirewall(sim, firewall, { ...firewall, rules: { ...firewall.rules, nat } });
}

/** Opens a port of a request on the firewall; `live` tells whether the request still wants it by then. */
export function addDnat(sim: Simulation, requestId: string, access: JitAccess, live: () => boolean): void {
  const { mapping } = access;
  const sourceAddresses = access.sources.filter((source) => !source.includes(':'));
  if (!mapping || sourceAddresses.length === 0) return;
  const name = ruleName(requestId, access);
  const rule = {
    name,
    protocols: access.protocol === '*' ? ['TCP', 'UDP'] : [access.protocol],
    sourceAddresses,
    destinationAddresses: [mapping.address],
    destinationPorts: [String(mapping.port)],
    translatedAddress: mapping.privateIp,
    translatedPort: String(access.number),
  };
  change(sim, mapping.firewallId, (rules) =>
    live() && !rules.some((one) => one.name === name) ? [...rules, rule] : rules,
  );
}

/** Closes a port of a request on the firewall. */
export function removeDnat(sim: Simulation, requestId: string, access: JitAccess): void {
  if (!access.mapping) return;
  const name = ruleName(requestId, access);
  change(sim, access.mapping.firewallId, (rules) => rules.filter((one) => one.name !== name));
}
