import { MANAGEMENT_PORTS, type Port } from '../../../src/core/rule/port.ts';
import type { Rule, StandingRule } from '../../../src/core/rule/rule.ts';
import { contains, familyOf, parseSource } from '../../../src/core/rule/source.ts';
import { type Gate, waysTo } from '../arm/evaluate.ts';
import { isIn, meets, rangeOf } from './address-range.ts';
import type { Firewall } from './in-front.ts';
import type { FirewallRule } from './rules.ts';

/** What nobody on the internet comes from (RFC 1918, RFC 6598). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** Is a source inside the networks, or connected with them? */
export function isPrivate(source: string): boolean {
  const prefix = parseSource(source);
  return prefix !== undefined && PRIVATE.some((wide) => contains(wide, prefix));
}

/** Does the firewall have rules that would keep this source from an address, once it is translated? */
export function isKeptOut(
  { rules }: Firewall,
  { port, source }: Pick<Rule, 'port' | 'source'>,
  address: string,
): boolean {
  const wanted = rangeOf(source);
  for (const rule of rules) {
    if (!isFilter(rule) || !isAbout(rule, port, address) || !wanted) continue;
    const ranges = rule.sources.map(rangeOf);
    if (rule.access === 'deny' && ranges.some((range) => !range || meets(range, wanted))) return true;
    if (rule.access === 'allow' && ranges.some((range) => range && isIn(wanted, range))) return false;
  }
  return false;
}

/**
 * What opens a port of an address by what a firewall translates or lets pass, our own rules left aside, where the groups let
 * that in: `gates` are theirs, with rules of ours for what the firewall translates. Who is inside and gets in without the
 * firewall is not told here.
 *
 * NB. While a lease is in force the groups let in all that the firewall translates: then its other rules for the same port
 * are as open as they look.
 */
export function waysBehind(
  firewall: Firewall,
  gates: readonly Gate[],
  address: string,
  port: Port,
): readonly StandingRule[] {
  if (familyOf(address) === 'ipv6') return [];
  const letIn = waysTo(gates, address, port);
  const isLetIn = (from: string) => letIn.some(({ source }) => overlap(source, from));
  return passesTo(firewall, address, port, ({ kind }, source) =>
    kind === 'nat' ? firewall.inside.some(isLetIn) : isLetIn(source),
  );
}

/**
 * What lets traffic to management ports of these addresses through the firewall. NB. The diagram asks whether it has such
 * rules, not whether the groups behind it would let that in.
 */
export function allowsTo(firewall: Firewall, addresses: readonly string[]): readonly StandingRule[] {
  return addresses
    .filter((address) => familyOf(address) === 'ipv4')
    .flatMap((address) => MANAGEMENT_PORTS.flatMap((port) => passesTo(firewall, address, port)));
}

/** Rules of others that let traffic through to a port of an address. */
export function openersTo({ rules }: Pick<Firewall, 'rules'>, address: string, port: Port): readonly FirewallRule[] {
  return rules.filter(
    (rule) =>
      !rule.ours &&
      rule.access === 'allow' &&
      (rule.kind === 'nat' ? leadsTo(rule, port, address) : isAbout(rule, port, address)) &&
      rule.sources.some((source) => !isDenied(rules, rule, source, port, address)),
  );
}

function passesTo(
  { name, rules }: Firewall,
  address: string,
  port: Port,
  isLetIn: (rule: FirewallRule, source: string) => boolean = () => true,
): readonly StandingRule[] {
  return rules
    .filter((rule) => !rule.ours && rule.access === 'allow')
    .filter((rule) => (rule.kind === 'nat' ? leadsTo(rule, port, address) : isAbout(rule, port, address)))
    .flatMap((rule) =>
      rule.sources
        .filter((source) => !isDenied(rules, rule, source, port, address) && isLetIn(rule, source))
        .map((source) => ({ port, source, through: `${name}: ${rule.path}` })),
    );
}

function leadsTo({ to, protocols }: FirewallRule, port: Port, address: string): boolean {
  return to?.address === address && to.port === String(port.number) && hasProtocol(protocols, port);
}

function isAbout({ protocols, destinations, ports }: FirewallRule, port: Port, address: string): boolean {
  const own = rangeOf(address);
  const isThere = destinations.some((text) => {
    const range = rangeOf(text);
    return !range || !own || isIn(own, range);
  });
  const hasPort = ports.some((text) => {
    const [first = Number.NaN, last = first] = text.split('-').map(Number);
    return text === '*' || (first <= port.number && port.number <= last);
  });
  return isThere && hasPort && hasProtocol(protocols, port);
}

/** Rules of others that filter. */
function isFilter({ kind, ours }: FirewallRule): boolean {
  return kind === 'network' && !ours;
}

/** Is a port of an address closed by a rule of ours, so that leases need one that lets them through? */
export function isClosed(rules: readonly FirewallRule[], port: Port, address: string): boolean {
  return rules.some((rule) => rule.ours === 'deny' && isAbout(rule, port, address));
}

function hasProtocol(protocols: readonly string[], port: Port): boolean {
  return protocols.some((one) => one === 'any' || one === port.protocol);
}

/** Does a deny surely take all of a source from a rule? An allow before it may let some of that through. */
function isDenied(
  rules: readonly FirewallRule[],
  judged: FirewallRule,
  source: string,
  port: Port,
  address: string,
): boolean {
  const wanted = rangeOf(source);
  for (const rule of rules) {
    if (rule === judged && rule.kind === 'network') return false;
    // Our own notes filter nothing, and what lets leases through is no way of others.
    if (!isFilter(rule) && rule.ours !== 'deny') continue;
    if (!isAbout(rule, port, address) || !wanted) continue;
    const ranges = rule.sources.map(rangeOf);
    const isSure = rule.destinations.some((text) => rangeOf(text));
    if (rule.access === 'deny' && isSure && ranges.some((range) => range && isIn(wanted, range))) return true;
    if (rule.access === 'allow' && ranges.some((range) => !range || meets(range, wanted))) return false;
  }
  return false;
}

/** May the same address be in both? Of tags only what they can never mean is known. */
function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  if (one && other) return meets(one, other);
  const isInternet = (text: string) => text.toLowerCase() === 'internet';
  return !(isInternet(a) && isPrivate(b)) && !(isInternet(b) && isPrivate(a));
}
