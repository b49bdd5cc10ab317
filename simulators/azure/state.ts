import { collectionsOf } from './firewall-match.ts';
import { publicAddresses } from './firewalls.ts';
import type { Nsg, Rule, Snapshot, Writer } from './model.ts';
import { sameId } from './model.ts';

/** A rule as the page and the tests look at it. */
export interface RuleState {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
  readonly description: string;
  readonly writer: Writer;
  /** UTC ms at which Defender is to remove it; only the allow of a live request has one. */
  readonly endMs?: number | undefined;
}

const both = (single: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  single === undefined ? (many ?? []) : [single];

/** Application security groups by their names, as the page shows them beside addresses. */
const names = (groups: readonly { readonly id: string }[] = []): readonly string[] =>
  groups.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));

function ruleState(view: Snapshot, rule: Rule): RuleState {
  const p = rule.properties;
  const request = rule.jit?.requestId === undefined ? undefined : view.requests.get(rule.jit.requestId);
  const access = request?.accesses.find((a) => a.number === rule.jit?.port && sameId(a.vmId, rule.jit.vmId));
  return {
    name: rule.name,
    priority: p.priority,
    direction: p.direction,
    access: p.access,
    protocol: p.protocol,
    sources: [...both(p.sourceAddressPrefix, p.sourceAddressPrefixes), ...names(p.sourceApplicationSecurityGroups)],
    destinations: [
      ...both(p.destinationAddressPrefix, p.destinationAddressPrefixes),
      ...names(p.destinationApplicationSecurityGroups),
    ],
    ports: both(p.destinationPortRange, p.destinationPortRanges),
    description: p.description ?? '',
    writer: rule.writer,
    endMs: access?.endMs,
  };
}

/** What is attached to a group, by name. */
function attachedTo(view: Snapshot, nsg: Nsg): readonly string[] {
  const all = [...view.subnets.values(), ...view.nics.values()];
  return all.filter((e) => sameId(e.nsgId, nsg.id)).map((e) => e.name);
}

/** Who wrote a collection of a firewall, as far as its name tells: a PUT of the whole firewall has one caller for all. */
function writerOf(name: string): Writer {
  if (/^(MDC|ASC)-JIT/.test(name)) return 'defender';
  return name.startsWith('drawbridge-') ? 'other' : 'customer';
}

/** Firewalls with what their rules say, in the order in which they are judged. */
function describeFirewalls(view: Snapshot, nowMs: number) {
  return [...view.firewalls.values()].map((firewall) => ({
    id: firewall.id,
    name: firewall.name,
    privateIp: firewall.privateIp,
    publicIps: publicAddresses(view, firewall),
    policyId: firewall.policyId,
    updating: firewall.busyUntilMs > nowMs,
    collections: collectionsOf(view, firewall).map((collection) => ({
      ...collection,
      writer: writerOf(collection.name),
    })),
  }));
}

/** The whole subscription as plain JSON; rules in the order in which they are judged. */
export function describe(view: Snapshot, nowMs: number) {
  const byPriority = (a: RuleState, b: RuleState) => a.priority - b.priority;
  return {
    nowMs,
    plans: [...view.pricings.values()].map(({ name, pricingTier, subPlan }) => ({ name, pricingTier, subPlan })),
    machines: [...view.vms.values()].map((vm) => {
      const nics = [...view.nics.values()].filter((nic) => sameId(nic.vmId, vm.id));
      const addresses = nics.flatMap((nic) => nic.addresses);
      const guards = nics.flatMap((nic) => [view.subnets.get(nic.subnetId.toLowerCase())?.nsgId, nic.nsgId]);
      return {
        id: vm.id,
        name: vm.name,
        resourceGroup: vm.resourceGroup,
        location: vm.location,
        tags: vm.tags,
        power: vm.power,
        privateIps: addresses.map((a) => a.privateIp),
        publicIps: addresses.flatMap((a) => view.publicIps.get(a.publicIpId?.toLowerCase() ?? '')?.address ?? []),
        nsgs: [...new Set(guards.flatMap((id) => view.nsgs.get(id?.toLowerCase() ?? '')?.name ?? []))],
      };
    }),
    nsgs: [...view.nsgs.values()].map((nsg) => ({
      id: nsg.id,
      name: nsg.name,
      resourceGroup: nsg.resourceGroup,
      flushConnection: nsg.flushConnection ?? false,
      attachedTo: attachedTo(view, nsg),
      rules: nsg.rules.map((rule) => ruleState(view, rule)).sort(byPriority),
    })),
    firewalls: describeFirewalls(view, nowMs),
    policies: [...view.policies.values()].map((policy) => ({
      id: policy.id,
      name: policy.name,
      location: policy.location,
      appendMode: policy.appendMode,
      machines: policy.virtualMachines,
      requests: [...view.requests.values()]
        .filter((r) => sameId(r.policyId, policy.id))
        .map(({ startMs, requestor, justification, hidden, accesses }) => ({
          startMs,
          requestor,
          justification,
          hidden,
          ports: accesses.map(({ vmId, number, sources, endMs, status, statusReason, mapping }) => ({
            vmId,
            number,
            sources,
            endMs,
            status,
            statusReason,
            mappedPort: mapping?.port,
          })),
        })),
    })),
  };
}

export type AzureState = ReturnType<typeof describe>;
