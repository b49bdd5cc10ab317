import { JitError } from '../../../src/core/errors/errors.ts';
import { durationText, parseDuration } from '../../../src/core/language/duration.ts';
import { say } from '../../../src/core/language/say.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Port, samePort } from '../../../src/core/rule/port.ts';
import { familyOf, parseSource } from '../../../src/core/rule/source.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import type { ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { deleteUntilGone } from '../arm/delete-rules.ts';
import { covers } from '../arm/evaluate.ts';
import { type GroupRule, type Groups, readGroups } from '../arm/groups.ts';
import type { ArmId } from '../arm/ids.ts';
import { locationNow } from '../arm/location.ts';
import type { Vm } from '../arm/machine.ts';
import { coversPort, coversProtocol, type NsgRule } from '../arm/nsg-rules.ts';
import { denyName, prefixOf } from './names.ts';
import { LAST, noPlace, priorityToDeny } from './priority.ts';
import { denial } from './rule-body.ts';
import { type Wanted, writeUntil } from './write.ts';

/** What a description holds ("Network security groups": 140 characters). */
const LONGEST_TEXT = 140;
const TOO_LONG = say`a rule of ${LONGEST_TEXT} characters has to name all sources that may be requested, and they are too many`;
const FAMILIES = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/**
 * The protection of a machine as our deny rules in front of its addresses tell it: they close the ports, and say in plain
 * words from where and for how long these may be opened. Undefined when there is none.
 */
export function protectionIn(groups: Groups, vm: Pick<Vm, 'nics'>, installation: string): Protection | undefined {
  const { addresses } = locationNow(vm);
  const ports = [...groups.values()].flat().flatMap((rule) => portsOf(rule, addresses, installation));
  const unique = ports.filter((port, i) => ports.findIndex((one) => samePort(one.port, port.port)) === i);
  return unique.length > 0 ? { ports: unique.sort((a, b) => a.port.number - b.port.number) } : undefined;
}

function portsOf(rule: NsgRule, addresses: readonly string[], installation: string): readonly ProtectedPort[] {
  if (!isDeny(rule, installation) || !addresses.some((address) => covers(rule.destinations, address))) return [];
  const limits = readLimits(rule.description);
  const protocol = rule.protocol === 'udp' ? 'udp' : 'tcp';
  return limits ? rule.ports.map((number) => ({ port: { number: Number(number), protocol }, ...limits })) : [];
}

export function isDeny({ name, access }: NsgRule, installation: string): boolean {
  return access === 'deny' && name.toLowerCase().startsWith(prefixOf(installation, 'deny'));
}

type Limits = Pick<ProtectedPort, 'sources' | 'longestMs'>;

export function writeLimits({ sources, longestMs }: Limits): string {
  const from = sources.length > 0 ? sources.join(' ') : 'any address';
  const text = `Drawbridge opens this on request, from ${from}, for ${durationText(longestMs)} at most`;
  if (text.length > LONGEST_TEXT) throw new JitError('azureInTheWay', { why: TOO_LONG });
  return text;
}

/** What cannot be read protects nothing that could be opened. */
export function readLimits(text: string): Limits | undefined {
  const [, from = '', longest = ''] = / from (.+), for (.+) at most$/.exec(text) ?? [];
  const longestMs = parseDuration(longest.replaceAll(' ', ''));
  const sources = from === 'any address' ? [] : from.split(' ').map(parseSource);
  if (longestMs === undefined || sources.some((source) => source === undefined)) return undefined;
  return { longestMs, sources: sources.filter((source) => source !== undefined) };
}

/**
 * Writes deny rules for these ports with their limits beside those that stay, into every group in front of the machine,
 * behind the customer's own rules for the same ports. What held a port with other limits goes last: nothing is uncovered
 * in between.
 */
export async function protect(azure: Azure, vm: Vm, { ports }: Protection, signal: AbortSignal): Promise<void> {
  const site = siteOf(azure, providerIdOf(vm.machine.id));
  const groups = await readGroups(site, locationNow(vm).groups, signal);
  const known = protectionIn(groups, vm, azure.installation)?.ports ?? [];
  const others = known.filter(({ port }) => !ports.some((one) => samePort(one.port, port)));
  await writeAll(azure, vm, groups, [...ports, ...others], signal);
}

/** Makes these the deny rules of the machine, and no others. */
async function writeAll(
  azure: Azure,
  vm: Vm,
  groups: Groups,
  all: readonly ProtectedPort[],
  signal: AbortSignal,
): Promise<void> {
  const site = siteOf(azure, providerIdOf(vm.machine.id));
  const allowed = allowedUntil(signal);
  const wanted = new Set<string>();
  for (const group of groups.keys())
    for (const deny of deniesFor(azure.installation, vm, group, all)) {
      wanted.add(deny.name);
      await writeUntil(azure, site, group, (rules) => nextDeny(group, rules, deny), allowed);
    }
  await removeDenies(azure, vm, ({ name }) => !wanted.has(name), signal);
}

/** Takes away the deny rules that were written for this machine, for these ports or all. */
export async function unprotect(
  azure: Azure,
  vm: Vm,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (!ports) return removeDenies(azure, vm, () => true, signal);
  const groups = await readGroups(siteOf(azure, providerIdOf(vm.machine.id)), locationNow(vm).groups, signal);
  const known = protectionIn(groups, vm, azure.installation)?.ports ?? [];
  const left = known.filter(({ port }) => !ports.some((one) => samePort(one, port)));
  await writeAll(azure, vm, groups, left, signal);
}

async function removeDenies(
  azure: Azure,
  vm: Vm,
  isUnwanted: (rule: NsgRule) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const site = siteOf(azure, providerIdOf(vm.machine.id));
  const left = async (): Promise<readonly GroupRule[]> =>
    [...(await readGroups(site, locationNow(vm).groups, signal))].flatMap(([group, rules]) =>
      rules
        .filter((rule) => isItsOwn(rule, vm, azure.installation) && isUnwanted(rule))
        .map(({ name }) => ({ group, name })),
    );
  await deleteUntilGone(azure, site, { found: await left(), again: left }, allowedUntil(signal));
}

/**
 * Is it a deny rule of this machine's? The name says whose it is, also where another machine has the same address in
 * another network. One whose words were changed by hand is known by its addresses.
 */
function isItsOwn(rule: NsgRule, vm: Vm, installation: string): boolean {
  if (!isDeny(rule, installation)) return false;
  const family = rule.destinations.some((text) => text.includes(':')) ? 'ipv6' : 'ipv4';
  const name = denyName(installation, [vm.machine.id, family, `${rule.protocol} ${rule.description}`]);
  const own = locationNow(vm).addresses.map(parseSource);
  const isOwnAddress = (text: string) => own.includes(parseSource(text));
  return rule.name === name || (!readLimits(rule.description) && rule.destinations.every(isOwnAddress));
}

interface Deny {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly Port[];
  readonly description: string;
}

/** One rule for the ports with one protocol and the same limits, and one family: Azure takes no two families in a rule. */
function deniesFor(installation: string, vm: Vm, group: string, ports: readonly ProtectedPort[]): readonly Deny[] {
  const behind = vm.nics.filter(({ groups }) => groups.includes(group)).flatMap(({ addresses }) => addresses);
  return Object.keys(FAMILIES).flatMap((family) => {
    const addresses = [...new Set(behind.filter((address) => familyOf(address) === family))].sort();
    if (addresses.length === 0) return [];
    const alike = Map.groupBy(ports, ({ port, ...limits }) => `${port.protocol} ${writeLimits(limits)}`);
    return [...alike].map(([key, those]): Deny => {
      const [protocol = 'tcp'] = key.split(' ');
      return {
        name: denyName(installation, [vm.machine.id, family, key]),
        addresses,
        ports: those.map(({ port }) => port),
        description: key.slice(protocol.length + 1),
      };
    });
  });
}

function nextDeny(group: ArmId, rules: readonly NsgRule[], deny: Deny): Wanted | 'wait' | undefined {
  const { name, addresses, ports, description } = deny;
  const before = rules.find((rule) => rule.name === name);
  const numbers = ports.map(({ number }) => String(number)).sort();
  const isRight =
    before?.access === 'deny' &&
    before.description === description &&
    String([...before.ports].sort()) === String(numbers) &&
    addresses.every((address) => covers(before.destinations, address));
  if (isRight && !before.hasFailed) return before.settled ? undefined : 'wait';
  const concerns = (rule: NsgRule) =>
    rule.name !== name &&
    rule.access === 'allow' &&
    rule.priority <= LAST &&
    !isProbe(rule) &&
    ports.some((port) => coversPort(rule, port) && coversProtocol(rule, port)) &&
    addresses.some((address) => covers(rule.destinations, address));
  const priority = before?.priority ?? priorityToDeny(rules, concerns);
  if (priority === undefined) throw noPlace('behind', rules.filter(concerns).at(-1), group);
  return denial({ name, priority, ports, addresses, description });
}

/** Lets nobody in but the platform's own probe ("Service tags"). */
function isProbe({ sources }: NsgRule): boolean {
  return sources.every((text) => text.toLowerCase() === 'azureloadbalancer');
}
