import { createHash } from 'node:crypto';
import { firstAllow, freePriority, pushDown } from './defender-order.ts';
import { newEtag, type World } from './history.ts';
import { lockOver } from './locks.ts';
import { oneOrMany } from './machines.ts';
import { type JitAccess, type JitPolicy, type JitPort, type Nsg, type Rule, type Snapshot, sameId } from './model.ts';

/** Rules that Defender for Cloud writes into network security groups: their names, texts and priorities. */
const PREFIX = 'MicrosoftDefenderForCloud-JITRule';
/** Every rule that starts like this is Defender's in its own eyes; the second is how they were called before. */
const OWN = /^(MicrosoftDefenderForCloud|SecurityCenter)-JITRule/;

const digest = (text: string): Buffer => createHash('sha256').update(text.toLowerCase()).digest();

/** 32 hex digits that are the same for one machine in every group. */
const machineHex = (vmId: string): string => digest(vmId).toString('hex').slice(0, 32).toUpperCase();

/** A signed 32-bit number that differs between groups and between rules. */
const spot = (...parts: readonly string[]): number => digest(parts.join('|')).readInt32BE(0);

/** Last segment of an id: the machine's name, which is all that is left of a deleted one. */
const lastOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

const wireProtocol = (protocol: JitPort['protocol']): string =>
  protocol === '*' ? '*' : protocol === 'TCP' ? 'Tcp' : 'Udp';

/** Every group in front of every private address of a machine: Defender writes to all of them. */
export function placesOf(view: Snapshot, vmId: string): readonly { readonly nsg: Nsg; readonly privateIp: string }[] {
  const nics = [...view.nics.values()].filter((nic) => sameId(nic.vmId, vmId));
  return nics.flatMap((nic) => {
    const guards = new Set([view.subnets.get(nic.subnetId.toLowerCase())?.nsgId, nic.nsgId]);
    return [...guards].flatMap((id) => {
      const nsg = id && view.nsgs.get(id.toLowerCase());
      return nsg ? nic.addresses.map(({ privateIp }) => ({ nsg, privateIp })) : [];
    });
  });
}

/** Puts a rule into its group, in place of one with the same name. */
function putRule(world: World, nsg: Nsg, rule: Rule): void {
  const rules = [...nsg.rules.filter((r) => r.name !== rule.name), rule];
  world.put('nsgs', { ...nsg, rules, etag: newEtag() });
}

/** Removes every rule that `unwanted` points at, from all groups that no lock keeps: locks bind Defender too. */
export function removeRules(world: World, unwanted: (rule: Rule, nsg: Nsg) => boolean): void {
  for (const nsg of world.current.nsgs.values()) {
    if (lockOver(world.current, nsg.id)) continue;
    const rules = nsg.rules.filter((rule) => !unwanted(rule, nsg));
    if (rules.length < nsg.rules.length) world.put('nsgs', { ...nsg, rules, etag: newEtag() });
  }
}

/** Names and ports of the deny rules that a policy wants for one machine, one for each place and protocol. */
function wantedDenies(view: Snapshot, vm: JitPolicy['virtualMachines'][number]) {
  const protocols = [...new Set(vm.ports.map((p) => p.protocol))];
  return placesOf(view, vm.id).flatMap(({ nsg, privateIp }) =>
    protocols.map((protocol) => ({
      nsgId: nsg.id,
      privateIp,
      protocol,
      name: `${PREFIX}_${spot(nsg.id, privateIp, protocol)}_${machineHex(vm.id)}`,
      ports: vm.ports.filter((p) => p.protocol === protocol).map((p) => String(p.number)),
    })),
  );
}

/**
 * Makes the deny rules those of the policy: writes what is missing or differs and clears what the policy no longer
 * says. Rules of the customer keep their priority, so that a deny stands behind an allow that was there before; with
 * `renumber` it takes the place of that allow, which moves down.
 */
export function applyDenies(world: World, policy: JitPolicy, renumber: boolean): void {
  const kept = new Set<string>();
  for (const vm of policy.virtualMachines) {
    for (const wanted of wantedDenies(world.current, vm)) {
      kept.add(`${wanted.nsgId}|${wanted.name}`.toLowerCase());
      let nsg = world.current.nsgs.get(wanted.nsgId.toLowerCase());
      if (!nsg) continue;
      const before = nsg.rules.find((r) => r.name === wanted.name);
      const taken = renumber && !before ? firstAllow(nsg, wanted.privateIp, wanted.ports) : undefined;
      if (taken !== undefined) nsg = pushDown(nsg, taken);
      const name = lastOf(vm.id);
      const rule: Rule = {
        name: wanted.name,
        etag: before?.etag ?? newEtag(),
        writer: 'defender',
        jit: { kind: 'deny', policyId: policy.id, vmId: vm.id },
        properties: {
          description: `MDC JIT Network Access rule for policy '${policy.name}' of VM '${name}'.`,
          protocol: wireProtocol(wanted.protocol),
          sourcePortRange: '*',
          ...oneOrMany('destinationPortRange', 'destinationPortRanges', wanted.ports),
          sourceAddressPrefix: '*',
          destinationAddressPrefix: wanted.privateIp,
          access: 'Deny',
          priority: before?.properties.priority ?? taken ?? freePriority(nsg, 'last'),
          direction: 'Inbound',
        },
      };
      if (JSON.stringify(rule) !== JSON.stringify(before)) putRule(world, nsg, { ...rule, etag: newEtag() });
    }
  }
  removeRules(world, (rule, nsg) => {
    if (rule.jit?.kind !== 'deny' || !sameId(rule.jit.policyId, policy.id)) return false;
    if (kept.has(`${nsg.id}|${rule.name}`.toLowerCase())) return false;
    // A deleted machine leaves its deny behind for as long as the policy still names it.
    const { vmId } = rule.jit;
    const named = policy.virtualMachines.some((vm) => sameId(vm.id, vmId));
    return !named || world.current.vms.has(vmId.toLowerCase());
  });
}

/** Clears rules with Defender's prefix that Defender did not write, from the groups of the policy's machines. */
export function clearForeign(world: World, policy: JitPolicy): void {
  const places = policy.virtualMachines.flatMap((vm) => placesOf(world.current, vm.id));
  removeRules(world, (rule, nsg) => !rule.jit && OWN.test(rule.name) && places.some((at) => sameId(at.nsg.id, nsg.id)));
}

const isV6 = (text: string): boolean => text.includes(':');

/** Whether a rule for that private address can have this source: both are of one family. */
export function canReach(source: string, privateIp: string): boolean {
  return source === '*' || isV6(source) === isV6(privateIp);
}

/** Writes the allow rules of one port of a request, in front of every address of the machine that its sources can reach. */
export function writeAllows(
  world: World,
  policy: JitPolicy,
  requestId: string,
  access: JitAccess,
  from: readonly string[] = access.sources,
): void {
  for (const place of placesOf(world.current, access.vmId)) {
    const nsg = world.current.nsgs.get(place.nsg.id.toLowerCase());
    const sources = from.filter((source) => canReach(source, place.privateIp));
    if (!nsg || sources.length === 0) continue;
    const number = spot(nsg.id, place.privateIp, requestId, String(access.number), sources.join(','));
    const vmName = lastOf(access.vmId);
    putRule(world, nsg, {
      name: `${PREFIX}-${number}-${machineHex(access.vmId)}`,
      etag: newEtag(),
      writer: 'defender',
      jit: { kind: 'allow', policyId: policy.id, vmId: access.vmId, requestId, port: access.number },
      properties: {
        description: `MDC JIT Network Access rule created by an initiation request for policy '${policy.name}' of VM '${vmName}'.`,
        protocol: wireProtocol(access.protocol),
        sourcePortRange: '*',
        destinationPortRange: String(access.number),
        ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', sources),
        destinationAddressPrefix: place.privateIp,
        access: 'Allow',
        priority: freePriority(nsg, 'first'),
        direction: 'Inbound',
      },
    });
  }
}

/** Whether a rule is the allow of this port of this request, even if somebody has edited it since. */
export function isAllowOf(rule: Rule, requestId: string, access: JitAccess): boolean {
  const { jit } = rule;
  return (
    jit?.kind === 'allow' && jit.requestId === requestId && jit.port === access.number && sameId(jit.vmId, access.vmId)
  );
}
