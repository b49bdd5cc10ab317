import type { AzureFirewall, FirewallPolicy, FirewallPolicyRuleCollectionGroup } from '@azure/arm-network';
import type { Saying } from '../../../src/core/language/text.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import { orGone } from '../arm/machine.ts';
import { groupName } from './names.ts';
import { byPriority, classicRules, type FirewallRule, groupRules, unknownRule } from './rules.ts';

/** Where rules of a firewall are written: in a classic firewall itself, or in the policy that it follows. */
export type RuleSource = ClassicRuleSource | PolicyRuleSource;

interface Written {
  readonly id: ArmId;
  /** Is all that was written in force? Of an update that failed nobody knows: then it is not. */
  readonly settled: boolean;
  /** The last update failed. It takes another one, and what counts meanwhile is not told. */
  readonly hasFailed: boolean;
  /** What of it nobody can tell. */
  readonly unread?: Saying;
  /** In the order in which they are judged. */
  readonly rules: readonly FirewallRule[];
}

export interface ClassicRuleSource extends Written {
  readonly firewall: AzureFirewall;
}

export interface PolicyRuleSource extends Written {
  readonly policy: FirewallPolicy;
  readonly groups: readonly FirewallPolicyRuleCollectionGroup[];
}

/** The rule source of a firewall or of a policy, by its id; undefined when it is gone. */
export async function readRuleSource(azure: Azure, id: ArmId, signal: AbortSignal): Promise<RuleSource | undefined> {
  if (isPolicy(id)) return readPolicyRuleSource(azure, id, signal);
  const { group, name } = partsOf(id);
  const firewall = await orGone(
    siteOf(azure, id).read(signal, ({ network }, options) => network.azureFirewalls.get(group, name, options)),
  );
  return firewall && classicRuleSource(azure, firewall);
}

export function classicRuleSource({ installation }: Azure, firewall: AzureFirewall): ClassicRuleSource {
  return {
    id: (firewall.id ?? '').toLowerCase(),
    settled: isDone(firewall),
    hasFailed: isFailed(firewall),
    rules: classicRules(firewall, installation),
    firewall,
  };
}

async function readPolicyRuleSource(
  azure: Azure,
  id: ArmId,
  signal: AbortSignal,
): Promise<PolicyRuleSource | undefined> {
  const { installation } = azure;
  const site = siteOf(azure, id);
  const { group, name } = partsOf(id);
  const read = await orGone(
    Promise.all([
      site.read(signal, ({ network }, options) => network.firewallPolicies.get(group, name, options)),
      readGroups(site, id, signal),
    ]),
  );
  if (!read) return undefined;
  const [policy, groups] = read;
  const unread = groups.map((one) => unknownRule(`${name}/${one.name}`, one)).find((one) => one !== undefined);
  return {
    id,
    settled: isDone(policy) && groups.every(isDone),
    hasFailed: isFailed(policy) || groups.some(isFailed),
    ...(unread === undefined ? {} : { unread }),
    rules: [...groups].sort(byPriority).flatMap((one) => {
      const isOurs = one.name?.toLowerCase() === groupName(installation).toLowerCase();
      return groupRules(`${name}/${one.name}`, one, isOurs ? installation : undefined);
    }),
    policy,
    groups,
  };
}

function readGroups(
  site: Subscription,
  id: ArmId,
  signal: AbortSignal,
): Promise<readonly FirewallPolicyRuleCollectionGroup[]> {
  const { group, name } = partsOf(id);
  return site.read(signal, ({ network }, options) =>
    Array.fromAsync(network.firewallPolicyRuleCollectionGroups.list(group, name, options)),
  );
}

export function isPolicy(id: ArmId): boolean {
  return /\/firewallpolicies\/[^/]+$/i.test(id);
}

function isDone({ provisioningState = 'Succeeded' }: { readonly provisioningState?: string }): boolean {
  return provisioningState === 'Succeeded';
}

function isFailed({ provisioningState }: { readonly provisioningState?: string }): boolean {
  return provisioningState === 'Failed' || provisioningState === 'Canceled';
}
