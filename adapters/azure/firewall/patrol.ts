import type { FirewallPolicy } from '@azure/arm-network';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { outcomesOf } from '../../../src/kit/outcome.ts';
import type { Found } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import { armIds, partsOf } from '../arm/ids.ts';
import type { SiteSurvey } from '../backend.ts';
import { ownersAmong } from '../nsg/patrol.ts';
import { leasePartsIn, leasesOn } from './lease-rules.ts';
import { groupName } from './names.ts';
import { classicRuleSource, type RuleSource, readRuleSource } from './rule-source.ts';

/** Every firewall of a subscription that has rules of its own, and every policy that has a group of ours. */
export async function readRuleSources(
  azure: Azure,
  site: Subscription,
  signal: AbortSignal,
): Promise<readonly RuleSource[]> {
  const [firewalls, policies] = await Promise.all([
    site.read(signal, ({ network }, options) => Array.fromAsync(network.azureFirewalls.listAll(options))),
    site.read(signal, ({ network }, options) => Array.fromAsync(network.firewallPolicies.listAll(options))),
  ]);
  const ours = armIds(policies.filter((policy) => hasOurs(azure, policy)).map(({ id }) => id));
  const governed = await Promise.all(ours.map((id) => readRuleSource(azure, id, signal)));
  const classic = firewalls.filter(({ firewallPolicy }) => !firewallPolicy);
  return [
    ...classic.map((one) => classicRuleSource(azure, one)),
    ...governed.flatMap((ruleSource) => ruleSource ?? []),
  ];
}

function hasOurs({ installation }: Azure, { ruleCollectionGroups = [] }: FirewallPolicy): boolean {
  return armIds(ruleCollectionGroups.map(({ id }) => id)).some(
    (id) => partsOf(id).name === groupName(installation).toLowerCase(),
  );
}

/**
 * Every rule of ours on these firewalls and in the groups behind them, with whose it is as far as marks and addresses tell.
 * Machines and firewalls may be in different subscriptions: only who has all of them (`isWhole`) may say that a rule is nobody's.
 */
export async function* rulesFound(
  azure: Azure,
  all: readonly SiteSurvey[],
  isWhole: boolean,
  signal: AbortSignal,
): AsyncGenerator<Found> {
  const current = all.filter(({ isCurrent }) => isCurrent);
  const { done, failed } = await outcomesOf(current, ({ site }) => readRuleSources(azure, site, signal));
  const groups = new Map(all.flatMap(({ network }) => [...network.groups]));
  const owners = ownersAmong(new Map(all.flatMap(({ network }) => [...network.nics])));
  const ruleSources = done.flatMap(({ value }) => value);
  const leases = leasesOn(leasePartsIn(ruleSources, groups, azure.installation), {
    marks: azure.marks,
    placements: [],
    owners: (address, at) => owners([address], at),
    claims: isWhole,
  });
  for (const { placement, mark, until } of leases) {
    const cloudNow = nowAt(azure, siteOf(azure, providerIdOf(placement.rule.machine)));
    yield { placement, mark, ...(until === undefined ? {} : { until }), cloudNow };
  }
  const [first] = failed;
  if (first) throw first.error;
}
