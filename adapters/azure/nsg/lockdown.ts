import type { LockdownPlan, Reopening, Stay } from '../../../src/core/machine/lockdown.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Port, portText, samePort, uniquePorts } from '../../../src/core/rule/port.ts';
import { familyOf, isPublicWord } from '../../../src/core/rule/source.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { deleteUntilGone } from '../arm/delete-rules.ts';
import { covers, waysTo } from '../arm/evaluate.ts';
import { type Groups, readGroups } from '../arm/groups.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import { locationNow } from '../arm/location.ts';
import type { Vm } from '../arm/machine.ts';
import { coversPort, coversProtocol, type NsgRule } from '../arm/nsg-rules.ts';
import { closeName, prefixOf } from './names.ts';
import { priorityBefore } from './priority.ts';
import { denial } from './rule-body.ts';
import { type Wanted, writeUntil } from './write.ts';

const LAST_CUSTOM = 4096;
const DESCRIPTION = 'Drawbridge closes this before the rules of others; its command restore takes it away';

/** A deny rule of ours that stands before the rules of others that open some ports of a machine in one group. */
interface Closing {
  readonly group: ArmId;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly protocol: Port['protocol'];
  readonly ports: readonly Port[];
  /** The rules that it has to stand before. */
  readonly before: readonly NsgRule[];
  /** Undefined when no number is left there. */
  readonly priority: number | undefined;
}

/** What closing these ports would write, group by group. Other machines are not concerned: it is for this one's addresses. */
export async function planLockdown(
  azure: Azure,
  vm: Vm,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<LockdownPlan> {
  const groups = await readGroups(siteOf(azure, providerIdOf(vm.machine.id)), locationNow(vm).groups, signal);
  const all = closingsIn(azure, vm, groups, ports);
  return {
    remedies: all.flatMap(({ group, addresses, ports: closed, before, priority }) => {
      if (priority === undefined) return [];
      const names = before.map((rule) => `${rule.name} (${rule.priority})`).join(', ');
      const list = closed.map(portText).join(', ');
      return [
        {
          where: `Network security group ${partsOf(group).name}`,
          does: `a deny rule of Drawbridge at priority ${priority} closes ${list} to ${addresses.join(', ')}, before ${names}`,
          serves: [],
          warns: [],
        },
      ];
    }),
    stays: all.flatMap(staysOf),
    isShared: false,
  };
}

function staysOf({ priority, before, ports }: Closing): readonly Stay[] {
  if (priority !== undefined) return [];
  return before.flatMap((rule) =>
    ports
      .filter((port) => coversPort(rule, port))
      .map((port) => ({
        rule: { port, source: rule.sources[0] ?? '*', through: rule.name },
        why: `its priority is ${rule.priority}, and none is free before it; move it in Azure`,
      })),
  );
}

/** Writes them. Gives what cannot be closed. */
export async function lockDown(
  azure: Azure,
  vm: Vm,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<readonly Stay[]> {
  const site = siteOf(azure, providerIdOf(vm.machine.id));
  const groups = await readGroups(site, locationNow(vm).groups, signal);
  const allowed = allowedUntil(signal);
  const all = closingsIn(azure, vm, groups, ports);
  for (const { group, name, priority } of all) {
    if (priority === undefined) continue;
    const next = (rules: readonly NsgRule[]): Wanted | 'wait' | undefined => {
      const own = closingsIn(azure, vm, new Map([[group, rules]]), ports).find((one) => one.name === name);
      return own && own.priority !== undefined ? nextClose(rules, own, own.priority) : undefined;
    };
    await writeUntil(azure, site, group, next, allowed);
  }
  return all.flatMap(staysOf);
}

/** What taking these rules of the machine away would let in again: what stands behind them. */
export async function planPutBack(
  azure: Azure,
  vm: Vm,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<readonly Reopening[]> {
  const groups = await readGroups(siteOf(azure, providerIdOf(vm.machine.id)), locationNow(vm).groups, signal);
  return denyRulesOf(azure, vm).flatMap((deny): readonly Reopening[] => {
    const rules = groups.get(deny.group) ?? [];
    const own = rules.find(({ name }) => name === deny.name);
    if (!own) return [];
    const going = portsOf(own).filter((port) => !ports || ports.some((one) => samePort(one, port)));
    const behind = rules.filter(
      (rule) =>
        rule.access === 'allow' &&
        rule.priority > own.priority &&
        !rule.sources.every((source) => /^azureloadbalancer$/i.test(source)) &&
        going.some((port) => coversPort(rule, port) && coversProtocol(rule, port)) &&
        deny.addresses.some((address) => covers(rule.destinations, address)),
    );
    if (behind.length === 0) return [];
    const list = behind.map(({ name, sources }) => `${name} (from ${sources.join(', ')})`).join(', ');
    return [
      {
        record: `${partsOf(deny.group).name}/${deny.name}`,
        where: `Network security group ${partsOf(deny.group).name}`,
        does: `${going.map(portText).join(', ')} of ${deny.addresses.join(', ')} is let in again by ${list}`,
        serves: [vm.machine.name],
        isPublic: behind.some(({ sources }) => sources.some(isPublicWord)),
        tightened: [],
      },
    ];
  });
}

/** Takes ports out of these rules of the machine, or all of them. */
export async function putBack(
  azure: Azure,
  vm: Vm,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const site = siteOf(azure, providerIdOf(vm.machine.id));
  const allowed = allowedUntil(signal);
  const own = new Set(denyRulesOf(azure, vm).map(({ name }) => name));
  const groups = await readGroups(site, locationNow(vm).groups, signal);
  for (const [group, rules] of groups) {
    for (const { name } of rules.filter((rule) => own.has(rule.name))) {
      await writeUntil(
        azure,
        site,
        group,
        (now) => {
          const rule = now.find((one) => one.name === name);
          const left = rule && ports ? portsOf(rule).filter((port) => !ports.some((one) => samePort(one, port))) : [];
          if (!rule || left.length === 0 || left.length === rule.ports.length) return undefined;
          return denial({
            name,
            priority: rule.priority,
            ports: left,
            addresses: rule.destinations,
            description: DESCRIPTION,
          });
        },
        allowed,
      );
    }
  }
  const over = async () =>
    [...(await readGroups(site, locationNow(vm).groups, signal))].flatMap(([group, rules]) =>
      rules
        .filter((rule) => own.has(rule.name))
        .filter((rule) => !ports || portsOf(rule).every((port) => ports.some((one) => samePort(one, port))))
        .map(({ name }) => ({ group, name })),
    );
  await deleteUntilGone(azure, site, { found: await over(), again: over }, allowed);
}

function portsOf({ ports, protocol }: NsgRule): readonly Port[] {
  return ports.map((number) => ({ number: Number(number), protocol: protocol === 'udp' ? 'udp' : 'tcp' }));
}

interface DenyRule {
  readonly group: ArmId;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly protocol: Port['protocol'];
}

/** One rule for each group, family and protocol: Azure takes no two of them in one. */
function denyRulesOf({ installation }: Azure, vm: Vm): readonly DenyRule[] {
  return locationNow(vm).groups.flatMap((group) => {
    const behind = vm.nics.filter(({ groups }) => groups.includes(group)).flatMap(({ addresses }) => addresses);
    return (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const addresses = [...new Set(behind.filter((address) => familyOf(address) === family))].sort();
      if (addresses.length === 0) return [];
      return (['tcp', 'udp'] as const).map((protocol) => {
        return { group, addresses, protocol, name: closeName(installation, [vm.machine.id, family, protocol]) };
      });
    });
  });
}

function closingsIn(azure: Azure, vm: Vm, groups: Groups, ports: readonly Port[]): readonly Closing[] {
  const prefix = prefixOf(azure.installation);
  return denyRulesOf(azure, vm).flatMap((deny) => {
    const rules = groups.get(deny.group);
    if (!rules) return [];
    const own = rules.find(({ name }) => name === deny.name);
    const others = rules.filter((rule) => !rule.name.toLowerCase().startsWith(prefix) || rule.access === 'deny');
    const open = ports.filter((port) => port.protocol === deny.protocol && isOpen(others, deny, port));
    if (open.length === 0) return [];
    const all = uniquePorts([...open, ...(own ? portsOf(own) : [])]);
    const before = rules.filter(
      (rule) =>
        rule.access === 'allow' &&
        rule.priority <= LAST_CUSTOM &&
        !rule.name.toLowerCase().startsWith(prefix) &&
        all.some((port) => coversPort(rule, port) && coversProtocol(rule, port)) &&
        deny.addresses.some((address) => covers(rule.destinations, address)),
    );
    const [first] = before;
    if (!first) return [];
    const kept = own && own.priority < first.priority ? own.priority : undefined;
    return [{ ...deny, ports: all, before, priority: kept ?? priorityBefore(rules, first.priority) }];
  });
}

/** Does the group let anybody in by a rule of the customer's? What is allowed by default our usual deny rules close. */
function isOpen(rules: readonly NsgRule[], { addresses }: DenyRule, port: Port): boolean {
  const custom = rules.filter(({ priority }) => priority <= LAST_CUSTOM);
  return addresses.some((address) => waysTo([custom], address, port).length > 0);
}

function nextClose(rules: readonly NsgRule[], closing: Closing, priority: number): Wanted | 'wait' | undefined {
  const { name, addresses, ports } = closing;
  const before = rules.find((rule) => rule.name === name);
  const isRight =
    before?.priority === priority &&
    String([...before.ports].sort()) === String(ports.map(({ number }) => String(number)).sort()) &&
    String([...before.destinations].sort()) === String([...addresses].sort());
  if (isRight && !before.hasFailed) return before.settled ? undefined : 'wait';
  return denial({ name, priority, ports, addresses, description: DESCRIPTION });
}
