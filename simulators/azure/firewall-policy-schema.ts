import { z } from 'zod';
import {
  allowOrDeny,
  filterParts,
  name,
  natParts,
  natProtocols,
  networkParts,
  priority,
  protocol,
  readOnly,
  state,
} from './firewall-schema.ts';

const policyRule = z.discriminatedUnion('ruleType', [
  z.object({ ...networkParts, ...natParts, ruleType: z.literal('NatRule'), ipProtocols: natProtocols }),
  z.object({
    ...networkParts,
    ...filterParts,
    ruleType: z.literal('NetworkRule'),
    ipProtocols: z.array(protocol).min(1),
  }),
  z.looseObject({ name, ruleType: z.literal('ApplicationRule') }),
]);

const policyCollection = <T extends string>(type: T, action: z.ZodType<string>) =>
  z.object({
    ruleCollectionType: z.literal(type),
    name,
    priority,
    action: z.object({ type: action }),
    rules: z.array(policyRule).min(1),
  });

/** Body of `FirewallPolicyRuleCollectionGroups_CreateOrUpdate`. */
export const ruleGroupBody = z.object({
  ...readOnly,
  name: z.string().optional(),
  properties: z.object({
    ...state,
    size: z.string().optional(),
    priority,
    ruleCollections: z.array(
      z.discriminatedUnion('ruleCollectionType', [
        policyCollection('FirewallPolicyNatRuleCollection', z.enum(['DNAT'])),
        policyCollection('FirewallPolicyFilterRuleCollection', allowOrDeny),
      ]),
    ),
  }),
});
