import { z } from 'zod';
import { badRequest } from './errors.ts';
import { words } from './rule-schema.ts';

/**
 * Bodies of Azure Firewall from the OpenAPI definitions and the types of arm-network 39; what else is said is for whoever
 * parses to keep or refuse. Codes of the refusals are
 * invented where Azure publishes none; none of them is one that a client retries.
 */
const texts = z.array(z.string());
export const readOnly = { id: z.string().optional(), etag: z.string().optional(), type: z.string().optional() };
const resource = z.object({ id: z.string() });
export const state = { provisioningState: z.string().optional() };
export const priority = z.int().min(100).max(65000);
/** At most 80 characters ("Azure Firewall rule processing"). */
export const name = z.string().regex(/^[A-Za-z0-9](?:[\w.-]{0,78}\w)?$/);
export const protocol = words(['TCP', 'UDP', 'ICMP', 'Any']);

export const networkParts = {
  name,
  description: z.string().optional(),
  sourceAddresses: texts.optional(),
  sourceIpGroups: texts.optional(),
  destinationAddresses: texts.optional(),
  destinationPorts: texts.min(1),
};
export const natParts = {
  translatedAddress: z.string().optional(),
  translatedFqdn: z.string().optional(),
  translatedPort: z.string(),
};
export const filterParts = { destinationIpGroups: texts.optional(), destinationFqdns: texts.optional() };
export const natProtocols = z.array(words(['TCP', 'UDP'])).min(1);

/** Application rules change nothing for the ports of machines; they are kept as they are. */
const applicationRule = z.looseObject({ name });

const collection = <R extends z.ZodType>(rule: R, action: z.ZodType<string>) =>
  z.object({
    ...readOnly,
    name,
    properties: z.object({
      ...state,
      priority,
      action: z.object({ type: action }),
      rules: z.array(rule).min(1),
    }),
  });
export const allowOrDeny = words(['Allow', 'Deny']);

const configuration = z.object({
  ...readOnly,
  name,
  properties: z.object({
    ...state,
    privateIPAddress: z.string().optional(),
    subnet: resource.optional(),
    publicIPAddress: resource.optional(),
  }),
});

/** Body of `AzureFirewalls_CreateOrUpdate`. */
export const firewallBody = z.object({
  ...readOnly,
  name: z.string().optional(),
  location: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  zones: texts.optional(),
  properties: z.object({
    ...state,
    natRuleCollections: z
      .array(collection(z.object({ ...networkParts, ...natParts, protocols: natProtocols }), z.enum(['Dnat'])))
      .optional(),
    networkRuleCollections: z
      .array(
        collection(z.object({ ...networkParts, ...filterParts, protocols: z.array(protocol).min(1) }), allowOrDeny),
      )
      .optional(),
    applicationRuleCollections: z.array(collection(applicationRule, allowOrDeny)).optional(),
    ipConfigurations: z.array(configuration).optional(),
    managementIpConfiguration: configuration.optional(),
    firewallPolicy: resource.optional(),
    threatIntelMode: words(['Alert', 'Deny', 'Off']).optional(),
    sku: z.object({ name: z.literal('AZFW_VNet'), tier: words(['Basic', 'Standard', 'Premium']) }).optional(),
    additionalProperties: z.record(z.string(), z.string()).optional(),
    autoscaleConfiguration: z
      .strictObject({ minCapacity: z.int().nullish(), maxCapacity: z.int().nullish() })
      .optional(),
  }),
});

/** Refuses a list in which two have the same name, in any case, or the same priority. */
export function checkDistinct(
  what: string,
  all: readonly { readonly name: string; readonly priority?: number | undefined }[],
): void {
  const names = new Set(all.map((one) => one.name.toLowerCase()));
  if (names.size < all.length) throw badRequest(`${what} must have different names.`, 'InvalidRequestFormat');
  const priorities = all.flatMap((one) => (one.priority === undefined ? [] : [one.priority]));
  if (new Set(priorities).size < priorities.length) {
    throw badRequest(`${what} must have different priorities.`, 'FirewallRuleCollectionPriorityConflict');
  }
}
