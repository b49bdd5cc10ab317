import { badRequest, Refusal } from './errors.ts';
import { network } from './rule-schema.ts';

/** The parts of a rule that both forms of firewall share. */
export interface CheckedRule {
  readonly name: string;
  readonly sourceAddresses?: readonly string[] | undefined;
  readonly sourceIpGroups?: readonly string[] | undefined;
  readonly destinationIpGroups?: readonly string[] | undefined;
  readonly destinationAddresses?: readonly string[] | undefined;
  readonly destinationFqdns?: readonly string[] | undefined;
  readonly destinationPorts?: readonly string[] | undefined;
  readonly translatedAddress?: string | undefined;
  readonly translatedFqdn?: string | undefined;
  readonly translatedPort?: string | undefined;
}

/** DNAT rules of one firewall, its public addresses counted in ("Azure Firewall limits"). */
const MOST_DNAT = 250;

const isAddress = (text: string): boolean => network(text)?.[0].kind() === 'ipv4' && !text.includes('/');

/** Any, an IPv4 address, a prefix, or a range of two addresses; Azure Firewall's rules know no IPv6. */
function isSpan(text: string): boolean {
  if (text === '*') return true;
  const [first = '', last] = text.split('-');
  return last === undefined ? network(first)?.[0].kind() === 'ipv4' : isAddress(first) && isAddress(last);
}

function isPort(text: string | undefined): boolean {
  return /^\d{1,5}$/.test(text ?? '') && Number(text) >= 1 && Number(text) <= 65535;
}

function refuse(rule: CheckedRule, what: string): never {
  throw badRequest(`Rule '${rule.name}' ${what}.`, 'InvalidRequestFormat');
}

function checkSources(rule: CheckedRule): void {
  const sources = rule.sourceAddresses ?? [];
  if (sources.length + (rule.sourceIpGroups ?? []).length === 0) refuse(rule, 'has no source');
  const bad = sources.find((text) => !isSpan(text));
  if (bad !== undefined) refuse(rule, `has the invalid source address '${bad}'`);
}

/** Checks one rule of a network rule collection. */
export function checkNetworkRule(rule: CheckedRule): void {
  checkSources(rule);
  const [addresses, names] = [rule.destinationAddresses ?? [], rule.destinationFqdns ?? []];
  const isAddressed = addresses.length + (rule.destinationIpGroups ?? []).length > 0;
  if (isAddressed === names.length > 0) refuse(rule, 'needs either destination addresses or FQDNs');
  // A service tag is a name such as `AzureCloud.WestEurope`.
  const bad = addresses.find((text) => !isSpan(text) && !/^[A-Z][A-Za-z0-9.]+$/.test(text));
  if (bad !== undefined) refuse(rule, `has the invalid destination address '${bad}'`);
  for (const text of rule.destinationPorts ?? []) {
    const [first, last = first] = text.split('-');
    const fine = isPort(first) && isPort(last) && Number(first) <= Number(last);
    if (text !== '*' && !fine) refuse(rule, `has the invalid destination port '${text}'`);
  }
}

/** Checks one rule of a NAT rule collection: one address and one port of the firewall, one of the machine. */
export function checkNatRule(rule: CheckedRule): void {
  checkSources(rule);
  const [address = '', ...more] = rule.destinationAddresses ?? [];
  if (more.length > 0 || !isAddress(address)) refuse(rule, 'needs exactly one destination address');
  const [port, ...others] = rule.destinationPorts ?? [];
  if (others.length > 0 || !isPort(port)) refuse(rule, 'needs exactly one destination port');
  if (!isPort(rule.translatedPort)) refuse(rule, 'needs a translated port');
  if ((rule.translatedAddress === undefined) === (rule.translatedFqdn === undefined)) {
    refuse(rule, 'needs either a translated address or a translated FQDN');
  }
  if (rule.translatedAddress !== undefined && !isAddress(rule.translatedAddress)) {
    refuse(rule, `has the invalid translated address '${rule.translatedAddress}'`);
  }
}

/** Refuses DNAT rules for an address that is not the firewall's. */
export function checkNatAddresses(rules: readonly CheckedRule[], own: readonly string[]): void {
  for (const rule of rules) {
    const [address = ''] = rule.destinationAddresses ?? [];
    if (!own.includes(address)) refuse(rule, `translates '${address}', which is no address of the firewall`);
  }
}

/** Refuses more DNAT rules than a firewall with so many public addresses takes. */
export function checkNatCount(
  rules: readonly (CheckedRule & { readonly protocols: readonly string[] })[],
  addresses: number,
): void {
  const spots = new Set(
    rules.flatMap((rule) => rule.protocols.map((p) => `${rule.destinationAddresses}|${rule.destinationPorts}|${p}`)),
  );
  if (addresses + spots.size > MOST_DNAT) {
    const message = `A firewall cannot have more than ${MOST_DNAT} DNAT rules and public addresses.`;
    throw new Refusal(400, 'AzureFirewallDnatRuleLimitExceeded', message);
  }
}

/** 429 that is a lock, not a quota: an update of this firewall, or of its policy, is under way. */
export function refuseWhileUpdating(id: string, busyUntilMs: number, nowMs: number): void {
  if (busyUntilMs <= nowMs) return;
  const message = `Another operation on this or dependent resource is in progress: ${id}.`;
  throw new Refusal(429, 'AnotherOperationInProgress', message);
}
