import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { GcpError, invalid } from './errors.ts';
import type { Firewall, Layer4 } from './model.ts';

const NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const LONGEST_DESCRIPTION = 2048;
/** Source ranges of a rule ("VPC resource quotas", per rule). */
const MOST_RANGES = 5000;
const MOST_ACCOUNTS = 10;

const STRINGS = [
  'sourceRanges',
  'destinationRanges',
  'sourceTags',
  'targetTags',
  'sourceServiceAccounts',
  'targetServiceAccounts',
] as const;
const KNOWN = new Set<string>([
  ...STRINGS,
  'name',
  'description',
  'network',
  'direction',
  'priority',
  'allowed',
  'denied',
  'disabled',
]);

/** What a call may send of a firewall rule; anything that the API does not know is refused. */
export type FirewallBody = Partial<Omit<Firewall, 'id'>>;

/** Refuses a body with fields that the reference does not have, or of another type. */
export function readBody(body: unknown): FirewallBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new GcpError(400, 'parseError', 'Parse Error');
  for (const [key, value] of Object.entries(body)) {
    if (!KNOWN.has(key))
      throw new GcpError(400, 'badRequest', `Invalid JSON payload received. Unknown name "${key}": Cannot find field.`);
    const isList = (STRINGS as readonly string[]).includes(key);
    if (isList && !(Array.isArray(value) && value.every((one) => typeof one === 'string')))
      throw invalid(`resource.${key}`, value, 'Must be a list of strings.');
  }
  return body as FirewallBody;
}

/** The checks of firewalls.insert and firewalls.patch on what the rule would be. */
export function checkFirewall(rule: FirewallBody): void {
  const { name = '', description = '', priority = 1000, allowed = [], denied = [] } = rule;
  if (!NAME.test(name))
    throw invalid('resource.name', name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'");
  if (description.length > LONGEST_DESCRIPTION)
    throw invalid('resource.description', '…', `Must be at most ${LONGEST_DESCRIPTION} characters.`);
  if (!Number.isInteger(priority) || priority < 0 || priority > 65_535)
    throw invalid('resource.priority', priority, 'Must be between 0 and 65535.');
  if (allowed.length > 0 === denied.length > 0)
    throw new GcpError(400, 'invalid', 'Exactly one of allowed and denied must be specified.');
  for (const one of [...allowed, ...denied]) checkLayer4(one);
  checkWho(rule);
}

function checkLayer4({ IPProtocol, ports = [] }: Layer4): void {
  if (!/^(?:tcp|udp|icmp|esp|ah|ipip|sctp|all|\d{1,3})$/.test(IPProtocol))
    throw invalid('resource.allowed[0].IPProtocol', IPProtocol, 'Unknown protocol.');
  if (ports.length > 0 && !/^(?:tcp|udp|sctp|6|17|132)$/.test(IPProtocol))
    throw invalid(
      'resource.allowed[0].ports',
      ports,
      'Ports may only be specified on rules whose protocol is one of [TCP, UDP, SCTP].',
    );
  for (const port of ports)
    if (!/^\d{1,5}(?:-\d{1,5})?$/.test(port))
      throw invalid('resource.allowed[0].ports[0]', port, 'Must be a port or a range.');
}

function checkWho(rule: FirewallBody): void {
  const { sourceRanges = [], destinationRanges = [] } = rule;
  const accounts = [...(rule.sourceServiceAccounts ?? []), ...(rule.targetServiceAccounts ?? [])];
  if (accounts.length > 0 && [...(rule.sourceTags ?? []), ...(rule.targetTags ?? [])].length > 0)
    throw new GcpError(400, 'invalid', 'Service accounts and tags cannot be used together in a firewall rule.');
  if (accounts.length > 2 * MOST_ACCOUNTS)
    throw invalid('resource.sourceServiceAccounts', '…', 'Too many service accounts.');
  if (sourceRanges.length > MOST_RANGES) throw invalid('resource.sourceRanges', '…', 'Too many source ranges.');
  for (const [field, ranges] of [
    ['sourceRanges', sourceRanges],
    ['destinationRanges', destinationRanges],
  ] as const)
    for (const [i, range] of ranges.entries()) checkRange(`resource.${field}[${i}]`, range);
  if (new Set([...sourceRanges, ...destinationRanges].map((range) => range.includes(':'))).size > 1)
    throw new GcpError(400, 'invalid', 'IPv4 and IPv6 ranges cannot be mixed in a firewall rule.');
}

function checkRange(field: string, range: string): void {
  const [address = ''] = range.split('/');
  const family = { 0: undefined, 4: ipaddr.IPv4, 6: ipaddr.IPv6 }[isIP(address)];
  const isNetwork =
    family?.isValidCIDR(range) === true &&
    family.networkAddressFromCIDR(range).toString() === ipaddr.parse(address).toString();
  if (!isNetwork) throw invalid(field, range, 'Must be a valid IPV4 or IPV6 CIDR address range.');
}
