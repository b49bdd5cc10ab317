import type { EffectiveBaseSecurityAdminRuleUnion } from '@azure/arm-network';
import { z } from 'zod';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, part, partsOf } from '../arm/ids.ts';
import type { ManagerRules, TrafficRule } from './model.ts';
import { unlessUnmanaged } from './or-unknown.ts';

const list = <T extends z.ZodType>(of: T) => z.array(of).nullish();
const prefixes = list(z.object({ addressPrefix: z.string().nullish(), addressPrefixType: z.string().nullish() }));

/** `EffectiveSecurityAdminRule` of @azure/arm-network 39; a rule that lacks what decides is not read as if it had it. */
const RULE = z.object({
  id: z.string(),
  kind: z.enum(['Custom', 'Default']),
  access: z.enum(['Allow', 'AlwaysAllow', 'Deny']),
  direction: z.enum(['Inbound', 'Outbound']),
  priority: z.int(),
  protocol: z.string(),
  sources: prefixes,
  destinations: prefixes,
  sourcePortRanges: list(z.string()),
  destinationPortRanges: list(z.string()),
  provisioningState: z.string().nullish(),
});
type AdminRule = z.infer<typeof RULE>;

const ACCESS = { Allow: 'allow', AlwaysAllow: 'alwaysAllow', Deny: 'deny' } as const;

/** Stands for what whoever runs this says of managers whose rules may not be read. */
export const NO_MANAGER: ManagerRules = { manager: 'no manager', collections: [] };

/** Far more than a network can have ("Azure Virtual Network Manager limits": 100 rules a collection). */
const MOST_PAGES = 50;

/**
 * The inbound security admin rules of network managers that apply to a virtual network ("Security admin rules in Azure Virtual
 * Network Manager"). The right to read them is in no built-in reader role; without it nobody can tell what they do.
 */
export function readAdminRules(
  azure: Azure,
  vnet: ArmId,
  signal: AbortSignal,
): Promise<OrUnknown<readonly ManagerRules[]>> {
  const { group, name } = partsOf(vnet);
  const unknown = `the security admin rules of the virtual network ${name}, which could not be read`;
  return unlessUnmanaged(azure, vnet, { unmanaged: [NO_MANAGER], unknown }, async (site) => {
    const found: EffectiveBaseSecurityAdminRuleUnion[] = [];
    let skipToken: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { value = [], skipToken: next } = await site.read(signal, ({ network }, options) =>
        network.listNetworkManagerEffectiveSecurityAdminRules(group, name, skipToken ? { skipToken } : {}, options),
      );
      found.push(...(value ?? []));
      if (!next) return managersOf(found, name);
      skipToken = next;
    }
    return { unknown };
  });
}

function managersOf(
  found: readonly EffectiveBaseSecurityAdminRuleUnion[],
  network: string,
): OrUnknown<readonly ManagerRules[]> {
  const rules: AdminRule[] = [];
  for (const one of found) {
    const read = RULE.safeParse(one);
    if (!read.success)
      return { unknown: `a security admin rule of the virtual network ${network} that cannot be read` };
    if (read.data.direction === 'Inbound') rules.push(read.data);
  }
  const byManager = Map.groupBy(rules, ({ id }) => part(id, 'networkManagers'));
  // Which of several managers has the higher scope is not told here, and that one comes first.
  if (byManager.size > 1)
    return { unknown: `which network manager of ${[...byManager.keys()].join(' and ')} comes first` };
  return {
    is: [...byManager].map(([manager, own]) => ({
      manager,
      collections: [...Map.groupBy(own, ({ id }) => part(id, 'ruleCollections'))].map(([name, all]) => ({
        name,
        rules: all.map(toTrafficRule),
      })),
    })),
  };
}

function toTrafficRule(rule: AdminRule): TrafficRule {
  return {
    name: partsOf(rule.id).name,
    priority: rule.priority,
    access: ACCESS[rule.access],
    protocol: rule.protocol.toLowerCase(),
    sources: wordsOf(rule.sources),
    sourceGroups: [],
    sourcePorts: portsOf(rule.sourcePortRanges),
    destinations: wordsOf(rule.destinations),
    destinationGroups: [],
    ports: portsOf(rule.destinationPortRanges),
    isInForce: (rule.provisioningState ?? 'Succeeded') === 'Succeeded',
  };
}

/** Nothing at all where one of them is a group of networks: which addresses these have is not told here. */
function wordsOf(items: AdminRule['sources']): readonly string[] {
  const all = items ?? [];
  if (all.some((one) => one.addressPrefixType === 'NetworkGroup' || !one.addressPrefix)) return [];
  return all.flatMap(({ addressPrefix }) => addressPrefix ?? []);
}

function portsOf(ranges: AdminRule['sourcePortRanges']): readonly string[] {
  return ranges ?? [];
}
