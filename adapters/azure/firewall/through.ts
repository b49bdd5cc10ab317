import { say } from '../../../src/core/language/say.ts';
import type { Saying } from '../../../src/core/language/text.ts';
import { everyAddress, readAddresses } from '../../../src/core/packet/addresses.ts';
import { intersection } from '../../../src/core/packet/ranges.ts';
import { MANAGEMENT_PORTS, type Port } from '../../../src/core/rule/port.ts';
import type { Rule, StandingRule } from '../../../src/core/rule/rule.ts';
import { letThrough, rulesKeeping } from '../reach/firewall.ts';
import { nameOf } from '../reach/firewall-rules.ts';
import type { FirewallInPath } from '../reach/model.ts';
import type { Firewall } from './in-front.ts';
import type { FirewallRule, RuleRole } from './rules.ts';

/** What a firewall would do with these of our own rules alone; notes filter nothing. */
function withOurs(path: FirewallInPath<FirewallRule>, kept: readonly RuleRole[]): FirewallInPath<FirewallRule> {
  const { rules } = path;
  if ('unknown' in rules) return path;
  return { ...path, rules: { is: rules.is.filter(({ ours }) => ours === undefined || kept.includes(ours)) } };
}

/** The firewall as it is for everybody but our leases. */
export function withoutLeases({ path }: Pick<Firewall, 'path'>): FirewallInPath<FirewallRule> {
  return withOurs(path, ['deny']);
}

/** Rules of others that let traffic through to a port of an address, or may. None is named where they are not known. */
export function openersTo(path: FirewallInPath<FirewallRule>, address: string, port: Port): readonly FirewallRule[] {
  const { rules } = path;
  if ('unknown' in rules) return [];
  const all = letThrough({ ...path, rules: rules.is }, address, port);
  return [...new Set(all.filter(({ who }) => who.possibly.length > 0).map(({ rule }) => rule))];
}

/**
 * What lets traffic to management ports of these addresses through the firewall. NB. The diagram asks whether it has such
 * rules, not whether the groups behind it would let that in.
 */
export function allowsTo(firewall: Firewall, addresses: readonly string[]): readonly StandingRule[] {
  const path = withoutLeases(firewall);
  const { rules } = path;
  if ('unknown' in rules) return [];
  return addresses.flatMap((address) =>
    MANAGEMENT_PORTS.flatMap((port) =>
      letThrough({ ...path, rules: rules.is }, address, port).flatMap(({ rule, who }) =>
        rule.sources
          .filter((word) => intersection(readAddresses(word)?.set ?? everyAddress('ipv4'), who.possibly).length > 0)
          .map((word) => ({ port, source: nameOf(word), through: `${path.name}: ${rule.path}` })),
      ),
    ),
  );
}

/**
 * What keeps a lease from what it opens on the firewall: a rule that denies its source, or may; undefined where nothing does.
 * Nobody inside is translated, and a rule of ours that lets them pass comes before all but the parents' rules.
 */
export function keeperOf(
  { path, name, ruleSource }: Firewall,
  { port, source }: Pick<Rule, 'port' | 'source'>,
  { address, isInside }: { readonly address: string; readonly isInside: boolean },
): Saying | undefined {
  const others = withOurs(path, []).rules;
  if ('unknown' in others) return isInside ? say`nobody can tell ${others.said ?? others.unknown}` : undefined;
  if (!isInside && !path.isClassic) return undefined;
  const rules = isInside ? others.is.filter((rule) => !ruleSource.rules.includes(rule)) : others.is;
  const wanted = readAddresses(source)?.set ?? [];
  const found = rulesKeeping({ ...path, rules }, address, port).find(
    ({ sources }) => intersection(sources, wanted).length > 0,
  );
  return found && say`the rule ${found.rule.path} of the firewall ${name} keeps this source out`;
}

/** Is a port of an address closed by a rule of ours, so that leases need one that lets them through? */
export function isClosed(rules: readonly FirewallRule[], port: Port, address: string): boolean {
  return rules.some(
    ({ ours, destinations, ports, protocols }) =>
      ours === 'deny' &&
      destinations.includes(address) &&
      ports.includes(String(port.number)) &&
      protocols.includes(port.protocol),
  );
}
