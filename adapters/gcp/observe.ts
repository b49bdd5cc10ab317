import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { type Family, prefixesOf } from '../../src/core/packet/addresses.ts';
import { MANAGEMENT_PORTS, type Port, uniquePorts } from '../../src/core/rule/port.ts';
import type { EffectivePort, MarkedRule, Observed, Placement, StandingRule } from '../../src/core/rule/rule.ts';
import { familyOf } from '../../src/core/rule/source.ts';
import { allOf } from '../../src/kit/outcome.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Gcp } from './context.ts';
import { strange } from './errors.ts';
import { findVm, type GcpNic, type GcpVm, pathOf, readVm } from './machines.ts';
import { readProtection } from './protection.ts';
import { type Effective, evaluate, type Front, isKeptOut, type Order, type RuleCounts } from './reach.ts';
import { foundRule, hasRules, prefixOf, readRule, spotOf } from './rules.ts';

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** "VPC Flow Logs records a sample of network flows" ("VPC Flow Logs", sampling): a connection that is not in it may have been. */
const USAGE_UNTOLD = 'Google Cloud’s flow logs are samples';

/** One machine with its protection, and what else opens its protected ports (the management ports, when there is none). */
export async function look(gcp: Gcp, id: MachineId, signal: AbortSignal): Promise<MachineState> {
  const vm = await readVm(gcp, id, signal);
  const [protection, fronts] = await Promise.all([readProtection(gcp, vm, signal), frontsOf(gcp, vm, signal)]);
  const ports = protection ? protection.ports.map(({ port }) => port) : MANAGEMENT_PORTS;
  const { ways } = standingIn(gcp, fronts, ports);
  const addresses = vm.nics.flatMap(({ external, ipv4, ipv6 }, i) => [
    ...(external === undefined ? [] : [{ address: external, isPublic: true, isServed: i === 0 }]),
    ...(ipv4 === undefined ? [] : [{ address: ipv4, isPublic: false, isServed: i === 0 }]),
    ...(ipv6 === undefined ? [] : [{ address: ipv6, isPublic: true, isServed: i === 0 }]),
  ]);
  return {
    machine: vm.machine,
    identity: vm.identity,
    ...(protection ? { protection } : {}),
    standing: ways,
    usageUntold: USAGE_UNTOLD,
    keptOut: (port, source) => keptOut(gcp, vm, fronts, { port, source }),
    ...(addresses.length > 0 ? { addresses } : {}),
  };
}

/** What is there of ours, what else opens the ports of these placements, and whether they are open without us. */
export async function observe(
  gcp: Gcp,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Observed> {
  const vm = await findVm(gcp, machine, signal);
  const fronts = vm ? await frontsOf(gcp, vm, signal) : [];
  const ports = placements.length > 0 ? uniquePorts(placements.map(({ rule }) => rule.port)) : MANAGEMENT_PORTS;
  const { ways, effective } = standingIn(gcp, fronts, ports);
  const recorded = await allOf(placements, async (placement) => {
    const { project, name } = spotOf(gcp, placement);
    const rule = await readRule(gcp, project, name, signal);
    return rule ? [foundRule(gcp, project, rule, machine)] : [];
  });
  const inFront = fronts.flatMap(({ nic, effective: { firewalls = [] } }) =>
    firewalls
      .filter((rule) => isLease(gcp, rule.name))
      .map((rule) => foundRule(gcp, nic.project, rule, machine))
      .filter((found) => found.placement.rule.machine === machine),
  );
  const ours = new Map<string, MarkedRule>(
    [...inFront, ...recorded.flat()].map((found) => [found.placement.id ?? '', found]),
  );
  const cloudNow = gcp.client.cloudNow();
  return {
    ours: [...ours.values()],
    others: ways,
    effective,
    ...(cloudNow === undefined ? {} : { cloudNow }),
  };
}

type NicFront = Front & { readonly nic: GcpNic };

/** Everything that decides on packets to each interface. */
function frontsOf(gcp: Gcp, vm: GcpVm, signal: AbortSignal): Promise<readonly NicFront[]> {
  return allOf(vm.nics, async (nic) => {
    const [effective, network] = await Promise.all([
      effectiveOn(gcp, vm, nic, signal),
      gcp.client.get<{ readonly networkFirewallPolicyEnforcementOrder?: Order }>(
        { path: `/projects/${nic.project}/global/networks/${nic.network}`, kind: 'network' },
        signal,
      ),
    ]);
    return {
      nic,
      effective,
      order: network.networkFirewallPolicyEnforcementOrder ?? 'AFTER_CLASSIC_FIREWALL',
      addresses: [nic.ipv4, nic.ipv6, ...nic.blocks].filter((address) => address !== undefined),
    };
  });
}

/** This answer names no kind. One with nothing in it is believed only of a network that has no rule at all. */
async function effectiveOn(gcp: Gcp, vm: GcpVm, nic: GcpNic, signal: AbortSignal): Promise<Effective> {
  const path = `${pathOf(vm.machine.id)}/getEffectiveFirewalls`;
  const said = await gcp.client.plain<Effective>(path, { networkInterface: nic.name }, signal);
  if (Array.isArray(said.firewalls) || Array.isArray(said.firewallPolicys)) return said;
  if (await hasRules(gcp, nic, signal)) throw strange();
  return said;
}

function isLease(gcp: Gcp, name: string): boolean {
  const prefix = prefixOf(gcp.installation, 'l');
  return name.startsWith(prefix) && /^[0-9a-f]{24}$/.test(name.slice(prefix.length));
}

/** Who gets in without our rules, port by port. What rests on an unknown is neither open nor closed. */
function standingIn(gcp: Gcp, fronts: readonly NicFront[], ports: readonly Port[]) {
  const counts: RuleCounts = ({ name }) => !isLease(gcp, name);
  const ways: StandingRule[] = [];
  const effective = ports.map((port): EffectivePort => {
    const verdicts = fronts.flatMap((front) =>
      FAMILIES.filter((family) => front.nic[family] !== undefined).map((family) => ({
        family,
        verdict: evaluate(front, port, family, counts),
      })),
    );
    for (const { family, verdict } of verdicts) {
      for (const { sources, through } of verdict.open)
        for (const source of prefixesOf(sources, family) ?? [undefined])
          ways.push({ port, source: source ?? 'unknown', through: through.join(', ') });
      for (const { because } of verdict.unclear)
        ways.push({ port, source: because.join(', '), through: because.join(', ') });
    }
    const own = ways.filter((way) => way.port === port);
    const [open] = verdicts.flatMap(({ verdict }) => verdict.open);
    if (open)
      return { port, state: 'open', through: open.through.join(', '), ...(own[0] ? { source: own[0].source } : {}) };
    const [doubt] = verdicts.flatMap(({ verdict }) => verdict.unclear);
    return doubt ? { port, state: 'unknown', through: doubt.because.join(', ') } : { port, state: 'closed' };
  });
  return { ways, effective };
}

/** A deny rule that is stronger than what we would write, or a policy in front of it. */
function keptOut(
  gcp: Gcp,
  vm: GcpVm,
  fronts: readonly NicFront[],
  { port, source }: { readonly port: Port; readonly source: string },
): JitError | undefined {
  const family = familyOf(source);
  const front = fronts.find(({ nic }) => nic[family] !== undefined);
  const address = front?.nic[family];
  if (!front || address === undefined) return undefined;
  const ours = {
    name: 'ours',
    direction: 'INGRESS',
    priority: gcp.settings.priority,
    allowed: [{ IPProtocol: port.protocol, ports: [String(port.number)] }],
    sourceRanges: [source],
  };
  const { effective } = front;
  // A lease is for this address alone.
  const opened = {
    ...front,
    addresses: [address],
    effective: { ...effective, firewalls: [...(effective.firewalls ?? []), ours] },
  };
  if (
    !isKeptOut(
      evaluate(opened, port, family, () => true),
      source,
    )
  )
    return undefined;
  return new JitError('deniedInGcp', { machine: vm.machine.name, source, priority: String(gcp.settings.priority) });
}
