import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import type { LockdownPlan, Remedy, Reopening, Stay } from '../../../src/core/machine/lockdown.ts';
import { type Port, portText, samePort, uniquePorts } from '../../../src/core/rule/port.ts';
import { isPublicWord } from '../../../src/core/rule/source.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import type { Azure } from '../arm/context.ts';
import type { Vm } from '../arm/machine.ts';
import { noteName } from './names.ts';
import { hasPriorityBefore } from './priority.ts';
import { type FirewalledAddress, type FirewalledMachine, firewalledAddresses } from './protection.ts';
import type { NetworkFilter } from './put-body.ts';
import type { RuleSource } from './rule-source.ts';
import type { FirewallRule } from './rules.ts';
import { openersTo, withoutLeases } from './through.ts';
import { writeUntil } from './write.ts';

const DESCRIPTION = 'Drawbridge closes this before the rules of others; its command restore takes it away';
const PROTOCOLS = ['tcp', 'udp'] as const;

/** Rules of one firewall that open some ports of one address of a machine. */
interface OpenAddress extends FirewalledAddress {
  readonly ports: readonly Port[];
  /** Those that a rule of ours can stand before. */
  readonly rules: readonly FirewallRule[];
  readonly stays: readonly Stay[];
}

/** What closing these ports would write on the firewalls in front of a machine. Other machines are not concerned. */
export function planLockdown(azure: Azure, machine: FirewalledMachine, ports: readonly Port[]): LockdownPlan {
  const all = openedIn(azure, machine, ports);
  return {
    remedies: all.flatMap(({ firewall, address, ports: open, rules }): readonly Remedy[] => {
      if (rules.length === 0) return [];
      const list = open.map(portText).join(', ');
      return [
        {
          where: `Firewall ${firewall.name}`,
          does: `a deny rule of Drawbridge closes ${list} to ${address}, before ${rules.map(ruleText).join(', ')}`,
          serves: [],
          warns: ['Open sessions through it are cut. A change to a firewall takes minutes.'],
        },
      ];
    }),
    stays: all.flatMap(({ stays }) => stays),
    isShared: false,
  };
}

/** Others keep what a rule gives them: said, so that people know what they look at. */
function ruleText({ path, kind, destinations, ports }: FirewallRule): string {
  const what = kind === 'nat' ? 'translates' : 'allows';
  return `${path} (${what} ${ports.join(', ')} of ${destinations.slice(0, 4).join(', ')}, which stays for others)`;
}

/** Writes them. Gives what cannot be closed. */
export async function lockDown(
  azure: Azure,
  machine: FirewalledMachine,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<readonly Stay[]> {
  const { vm } = machine;
  const all = openedIn(azure, machine, ports);
  const allowed = allowedUntil(signal);
  for (const { firewall, address, ports: open, rules } of all) {
    if (rules.length === 0) continue;
    await writeUntil(
      azure,
      firewall.ruleSource.id,
      (ruleSource) => {
        if (!hasPriorityBefore(ruleSource, azure.installation))
          throw new JitError('azureInTheWay', { why: say`no priority is free before the rules of the firewall` });
        const put = deniesFor(vm, address, ruleSource, open).filter(
          (one) => !ruleSource.rules.some((rule) => isRight(rule, one)),
        );
        return { denies: { put, remove: [] } };
      },
      allowed,
      'written',
    );
  }
  return all.flatMap(({ stays }) => stays);
}

/** What taking these rules of the machine away would let in again: what stands behind them. */
export function planPutBack(
  { installation }: Azure,
  { vm, firewalls }: FirewalledMachine,
  ports: readonly Port[] | undefined,
): readonly Reopening[] {
  return firewalledAddresses(vm, firewalls).flatMap(({ firewall, address }): readonly Reopening[] => {
    const own = firewall.ruleSource.rules.filter((rule) => PROTOCOLS.some((one) => isOwn(rule, vm, address, one)));
    const going = own.flatMap(portsOf).filter((port) => !ports || ports.some((one) => samePort(one, port)));
    if (going.length === 0) return [];
    const { rules, ...path } = withoutLeases(firewall);
    const names = new Set(own.map(({ name }) => name));
    const without =
      'unknown' in rules ? rules : { is: rules.is.filter(({ name, ours }) => !(ours && names.has(name))) };
    const behind = [...new Set(going.flatMap((port) => openersTo({ ...path, rules: without }, address, port)))];
    if (behind.length === 0) return [];
    const list = behind.map(({ path, sources }) => `${path} (from ${sources.join(', ')})`).join(', ');
    return [
      {
        record: `${firewall.name}/${installation}/${address}`,
        where: `Firewall ${firewall.name}`,
        does: `${going.map(portText).join(', ')} of ${address} is let in again by ${list}`,
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
  { vm, firewalls }: FirewalledMachine,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const allowed = allowedUntil(signal);
  for (const { firewall, address } of firewalledAddresses(vm, firewalls)) {
    await writeUntil(
      azure,
      firewall.ruleSource.id,
      (ruleSource) => {
        const own = ruleSource.rules.filter((rule) => PROTOCOLS.some((protocol) => isOwn(rule, vm, address, protocol)));
        const isGoing = (port: Port) => !ports || ports.some((one) => samePort(one, port));
        const touched = own.filter((rule) => portsOf(rule).some(isGoing));
        const put = touched.flatMap((rule) => {
          const left = portsOf(rule).filter((port) => !isGoing(port));
          return left.length > 0 ? [denyOf(rule.name, address, left)] : [];
        });
        const remove = touched.map(({ name }) => name).filter((name) => !put.some((one) => one.name === name));
        return { denies: { put, remove } };
      },
      allowed,
      'written',
    );
  }
}

function openedIn(azure: Azure, { vm, firewalls }: FirewalledMachine, ports: readonly Port[]): readonly OpenAddress[] {
  return firewalledAddresses(vm, firewalls).flatMap((spot): readonly OpenAddress[] => {
    const { firewall, address } = spot;
    const path = withoutLeases(firewall);
    const found = ports.map((port) => ({ port, rules: openersTo(path, address, port) }));
    const isFree = hasPriorityBefore(firewall.ruleSource, azure.installation);
    const why = (rule: FirewallRule): string | undefined => {
      if (!firewall.ruleSource.rules.includes(rule)) return 'it is in a parent policy, whose rules come first';
      if (rule.kind === 'nat' && !path.isClassic)
        return 'it translates, and in a firewall policy no rule denies what is translated';
      return isFree ? undefined : 'no priority is free before it; move it back in Azure';
    };
    const open = found.filter(({ rules }) => rules.length > 0);
    if (open.length === 0) return [];
    const stays = open.flatMap(({ port, rules }) =>
      rules.flatMap((rule): readonly Stay[] => {
        const reason = why(rule);
        const source = rule.sources[0] ?? '*';
        return reason ? [{ rule: { port, source, through: `${firewall.name}: ${rule.path}` }, why: reason }] : [];
      }),
    );
    const rules = [...new Set(open.flatMap((one) => one.rules))].filter((rule) => why(rule) === undefined);
    return [{ ...spot, ports: open.map(({ port }) => port), rules, stays }];
  });
}

/** One rule for each protocol, with the ports that it closes already. */
function deniesFor(vm: Vm, address: string, ruleSource: RuleSource, ports: readonly Port[]): readonly NetworkFilter[] {
  return PROTOCOLS.flatMap((protocol) => {
    const own = ruleSource.rules.find((rule) => isOwn(rule, vm, address, protocol));
    const all = uniquePorts([...ports.filter((port) => port.protocol === protocol), ...(own ? portsOf(own) : [])]);
    return ports.some((port) => port.protocol === protocol)
      ? [denyOf(nameOf(vm, address, protocol), address, all)]
      : [];
  });
}

function denyOf(name: string, address: string, ports: readonly Port[]): NetworkFilter {
  return {
    name,
    description: DESCRIPTION,
    protocol: ports[0]?.protocol ?? 'tcp',
    source: '*',
    address,
    ports: ports.map(({ number }) => number),
  };
}

function nameOf(vm: Vm, address: string, protocol: Port['protocol']): string {
  return noteName([vm.machine.id, address, 'closing', protocol]);
}

function isOwn(rule: FirewallRule, vm: Vm, address: string, protocol: Port['protocol']): boolean {
  return rule.ours === 'deny' && rule.name === nameOf(vm, address, protocol);
}

function isRight(rule: FirewallRule, { name, ports, address }: NetworkFilter): boolean {
  return (
    rule.ours === 'deny' &&
    rule.name === name &&
    String([...rule.ports].map(Number).sort()) === String([...ports].sort()) &&
    String(rule.destinations) === address &&
    String(rule.sources) === '*'
  );
}

function portsOf({ ports, protocols }: FirewallRule): readonly Port[] {
  const protocol = protocols.includes('udp') ? 'udp' : 'tcp';
  return ports.map((number) => ({ number: Number(number), protocol }));
}
