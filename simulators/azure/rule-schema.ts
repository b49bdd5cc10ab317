import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { badRequest } from './errors.ts';
import type { RuleProperties } from './model.ts';
import { checkMembers, type Overlay, overlayOf, withoutNull } from './overlay.ts';
import { isTag } from './service-tags.ts';

/** Application security groups on one side of a rule ("Azure virtual network limits"). */
const MOST_APPLICATION_GROUPS = 10;

const texts = z.array(z.string());
const applicationGroups = z
  .array(
    z.strictObject({
      id: z.string(),
      location: z.string().optional(),
      tags: z.record(z.string(), z.string()).optional(),
    }),
  )
  .max(MOST_APPLICATION_GROUPS);

/** Body of `SecurityRules_CreateOrUpdate`, and of one rule in a group. */
export const ruleBody = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  etag: z.string().optional(),
  type: z.string().optional(),
  properties: z.strictObject({
    description: z.string().optional(),
    protocol: z.enum(['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah', '*']),
    sourcePortRange: z.string().optional(),
    sourcePortRanges: texts.optional(),
    destinationPortRange: z.string().optional(),
    destinationPortRanges: texts.optional(),
    sourceAddressPrefix: z.string().optional(),
    sourceAddressPrefixes: texts.optional(),
    destinationAddressPrefix: z.string().optional(),
    destinationAddressPrefixes: texts.optional(),
    sourceApplicationSecurityGroups: applicationGroups.optional(),
    destinationApplicationSecurityGroups: applicationGroups.optional(),
    access: z.enum(['Allow', 'Deny']),
    priority: z.int(),
    direction: z.enum(['Inbound', 'Outbound']),
    provisioningState: z.string().optional(),
  }),
});

/** Reads a body against a strict schema; anything unknown or missing is refused as Resource Manager does. */
export function parseBody<T>(shape: z.ZodType<T>, body: unknown): T {
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`).join('; ');
  throw badRequest(
    `The request content was invalid and could not be deserialized: '${faults}'.`,
    'InvalidRequestContent',
  );
}

/**
 * The same, of an object that may have members that are not simulated: the service keeps those that it has had (`before`) and
 * knows no others.
 */
export function parseKept<T>(
  shape: z.ZodType<T>,
  body: unknown,
  before: Overlay | undefined,
): { readonly parsed: T; readonly extra: Overlay | undefined } {
  const parsed = parseBody(shape, withoutNull(body));
  const extra = overlayOf(body, parsed);
  checkMembers(extra, before);
  return { parsed, extra };
}

/** Words in any case, as Resource Manager takes them. */
export function words<const W extends string>(all: readonly W[]) {
  const byCase = new Map<string, W>(all.map((word) => [word.toLowerCase(), word]));
  return z.preprocess(
    (said) => (typeof said === 'string' ? (byCase.get(said.toLowerCase()) ?? said) : said),
    z.enum(all),
  );
}

/** The network of an address or CIDR prefix, without host bits; undefined for anything else. */
export function network(text: string): ReturnType<typeof ipaddr.parseCIDR> | undefined {
  if (!text.includes('/')) {
    // `parse` alone would take shorthands such as 10.1 and octal numbers.
    if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  if (!ipaddr.isValidCIDR(text) || (!text.includes(':') && !/^(\d+\.){3}\d+\//.test(text))) return undefined;
  const [address, bits] = ipaddr.parseCIDR(text);
  const first =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  return first.toNormalizedString() === address.toNormalizedString() ? [address, bits] : undefined;
}

function checkPorts(which: string, single: string | undefined, many: readonly string[] | undefined): void {
  const all = eitherForm(which, 'PortRange', single, many);
  for (const text of all) {
    const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    const fine = text === '*' || (from && Number(from) <= Number(to ?? from) && Number(to ?? from) <= 65535);
    if (!fine) {
      const message = `Security rule has invalid Port range. Value provided: ${text}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`;
      throw badRequest(message, 'SecurityRuleInvalidPortRange');
    }
  }
}

type Side = 'source' | 'destination';

/** Families of the addresses on one side of a rule, which are said in exactly one of three forms. */
function checkAddresses(which: Side, rule: RuleProperties): Set<string> {
  const families = new Set<string>();
  const single = rule[`${which}AddressPrefix`];
  const many = rule[`${which}AddressPrefixes`];
  if (rule[`${which}ApplicationSecurityGroups`] !== undefined) {
    if (single === undefined && (many ?? []).length === 0) return families;
    const message = `Security rule must not have both address prefixes and application security groups as ${which}.`;
    throw badRequest(message, 'SecurityRuleInvalidParameter');
  }
  for (const text of eitherForm(which, 'AddressPrefix', single, many)) {
    if (text === '*' || isTag(text)) continue;
    const parsed = network(text);
    if (!parsed) {
      const message = `Security rule has invalid Address prefix. Value provided: ${text}`;
      throw badRequest(message, 'SecurityRuleInvalidAddressPrefix');
    }
    families.add(parsed[0].kind());
  }
  return families;
}

function eitherForm(which: string, what: string, single: string | undefined, many: readonly string[] | undefined) {
  if ((single === undefined) === (many === undefined || many.length === 0)) {
    const plural = what === 'PortRange' ? 'PortRanges' : 'AddressPrefixes';
    const message = `Security rule must specify either ${which}${what} or ${which}${plural}.`;
    throw badRequest(message, 'SecurityRuleInvalidParameter');
  }
  return single === undefined ? (many ?? []) : [single];
}

/** Checks the name of a rule: at most 80 word characters, dots and hyphens. */
export function checkRuleName(name: string): void {
  if (!/^[A-Za-z0-9](?:[\w.-]{0,78}\w)?$/.test(name)) {
    throw badRequest(
      `Resource name ${name} is invalid. The name can be up to 80 characters long.`,
      'InvalidResourceName',
    );
  }
}

/** The groups that a rule names on one side; an empty list says as much as none. */
function groupsOn(which: Side, given: readonly { readonly id: string }[] | undefined) {
  if (given === undefined || given.length === 0) return {};
  return { [`${which}ApplicationSecurityGroups`]: given.map(({ id }) => ({ id })) };
}

/** Reads and checks the body of a rule with the limits of "Azure virtual network limits". */
export function readRule(body: unknown): RuleProperties {
  const { properties } = parseBody(ruleBody, body);
  const {
    provisioningState: _,
    sourceApplicationSecurityGroups: from,
    destinationApplicationSecurityGroups: to,
    ...said
  } = properties;
  const rule: RuleProperties = { ...said, ...groupsOn('source', from), ...groupsOn('destination', to) };
  if ((rule.description?.length ?? 0) > 140) {
    throw badRequest('Security rule description must be at most 140 characters long.', 'InvalidParameter');
  }
  if (rule.priority < 100 || rule.priority > 4096) {
    const message = `Security rule has invalid Priority. Value provided: ${rule.priority} Allowed range 100-4096.`;
    throw badRequest(message, 'SecurityRuleInvalidPriority');
  }
  checkPorts('source', rule.sourcePortRange, rule.sourcePortRanges);
  checkPorts('destination', rule.destinationPortRange, rule.destinationPortRanges);
  const families = [...checkAddresses('source', rule), ...checkAddresses('destination', rule)];
  if (new Set(families).size > 1) {
    const message = 'Security rule must not mix IPv4 and IPv6 address prefixes.';
    throw badRequest(message, 'SecurityRuleInvalidAddressPrefix');
  }
  return rule;
}
