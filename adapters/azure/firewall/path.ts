import type { AzureFirewall, FirewallPolicy } from '@azure/arm-network';
import { say } from '../../../src/core/language/say.ts';
import { type OrUnknown, untold } from '../../../src/core/packet/read.ts';
import { type Azure, isConfigured } from '../arm/context.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import type { FirewallInPath } from '../reach/model.ts';
import { inItsSite, orUnknown } from '../reach/or-unknown.ts';
import { type PolicyRuleSource, type RuleSource, readRuleSource } from './rule-source.ts';
import type { FirewallRule } from './rules.ts';

/** Prefixes that a firewall takes for private unless it is told otherwise ("Azure Firewall SNAT private address ranges"). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** More parents than Azure allows (one), so that a circle ends. */
const MOST_PARENTS = 5;

interface Read {
  readonly name: string;
  readonly firewall: AzureFirewall;
  readonly ruleSource: RuleSource;
  readonly inside: readonly string[];
}

/** What a firewall does with packets, as far as it can be read: its rules and its parents', its IP groups, its settings. */
export async function readPath(
  azure: Azure,
  { name, firewall, ruleSource, inside }: Read,
  signal: AbortSignal,
): Promise<FirewallInPath<FirewallRule>> {
  const isPolicy = 'policy' in ruleSource;
  const parents = isPolicy ? await readParents(azure, ruleSource.policy, signal) : { is: [] };
  const rules = rulesInForce(name, ruleSource, parents);
  const policies = isPolicy && 'is' in parents ? [ruleSource.policy, ...parents.is.map(({ policy }) => policy)] : [];
  const { enableExplicitProxy } = policies[0]?.explicitProxy ?? {};
  const settings = isPolicy ? ofPolicies(policies) : ofClassic(firewall);
  return {
    name,
    isClassic: !isPolicy,
    rules,
    inside,
    ipGroups: 'is' in rules ? await readIpGroups(azure, rules.is, signal) : new Map(),
    ...settings,
    ...(enableExplicitProxy ? { isProxy: true } : {}),
  };
}

/** Parents come first, the first of them before all ("Rule hierarchy"); what they translate is not inherited. */
function rulesInForce(
  name: string,
  ruleSource: RuleSource,
  parents: OrUnknown<readonly PolicyRuleSource[]>,
): OrUnknown<readonly FirewallRule[]> {
  if ('unknown' in parents) return parents;
  const all = [...parents.is.toReversed(), ruleSource];
  if (all.some(({ hasFailed }) => hasFailed))
    return untold(say`which rules of the firewall ${name} are in force, as its last update failed`);
  const unread = all.find((one) => one.unread !== undefined)?.unread;
  if (unread !== undefined) return untold(unread);
  const inherited = parents.is
    .toReversed()
    .flatMap((one) => one.rules)
    .filter(({ kind }) => kind !== 'nat');
  return { is: [...inherited, ...ruleSource.rules] };
}

/** The nearest first. */
async function readParents(
  azure: Azure,
  policy: FirewallPolicy,
  signal: AbortSignal,
): Promise<OrUnknown<readonly PolicyRuleSource[]>> {
  const found: PolicyRuleSource[] = [];
  for (let next = policy.basePolicy?.id; next !== undefined; next = found.at(-1)?.policy.basePolicy?.id) {
    const id = next.toLowerCase();
    const none = untold(say`firewall policy ${partsOf(next).name}, a parent that could not be read`);
    const isReadable = isConfigured(azure, id) && found.length < MOST_PARENTS;
    const read = isReadable
      ? await orUnknown(none.unknown, async () => ({ is: await readRuleSource(azure, id, signal) }))
      : none;
    if ('unknown' in read || !read.is || !('policy' in read.is)) return none;
    found.push(read.is);
  }
  return { is: found };
}

type Settings = Pick<FirewallInPath, 'keepsSourceTo' | 'threats'>;

/** A child may be stricter than its parents and not laxer: one that denies is enough. */
function ofPolicies(policies: readonly FirewallPolicy[]): Settings {
  const [own] = policies;
  const denies = policies.some(({ threatIntelMode }) => threatIntelMode === 'Deny');
  const learns = own?.snat?.autoLearnPrivateRanges === 'Enabled';
  return {
    keepsSourceTo: learns
      ? { unknown: 'which private ranges the firewall has learned' }
      : { is: privateRanges(own?.snat?.privateRanges) },
    ...(denies ? { threats: { never: own?.threatIntelWhitelist?.ipAddresses ?? [] } } : {}),
  };
}

/** A classic firewall has these among what its SDK has no names for ("Azure Firewall SNAT private address ranges"). */
function ofClassic({ threatIntelMode, additionalProperties = {} }: AzureFirewall): Settings {
  const listed = (key: string) => additionalProperties[key]?.split(',').map((one) => one.trim());
  return {
    keepsSourceTo: { is: privateRanges(listed('Network.SNAT.PrivateRanges')) },
    ...(threatIntelMode === 'Deny' ? { threats: { never: listed('ThreatIntel.Whitelist.IpAddresses') ?? [] } } : {}),
  };
}

/** `IANAPrivateRanges` stands for those that count where nothing is said. */
function privateRanges(told: readonly string[] = []): readonly string[] {
  if (told.length === 0) return PRIVATE;
  return told.flatMap((one) => (one.toLowerCase() === 'ianaprivateranges' ? PRIVATE : [one]));
}

async function readIpGroups(
  azure: Azure,
  rules: readonly FirewallRule[],
  signal: AbortSignal,
): Promise<FirewallInPath['ipGroups']> {
  const words = rules.flatMap(({ sources, destinations }) => [...sources, ...destinations]);
  const ids = [...new Set(words.filter((word) => word.includes('/ipgroups/')))];
  return new Map(await Promise.all(ids.map(async (id) => [id, await readIpGroup(azure, id, signal)] as const)));
}

async function readIpGroup(azure: Azure, id: ArmId, signal: AbortSignal): Promise<OrUnknown<readonly string[]>> {
  const { group, name } = partsOf(id);
  const unknown = `who is in the IP group ${name}`;
  return inItsSite<readonly string[]>(azure, id, unknown, async (site) => {
    const read = await site.read(signal, ({ network }, options) => network.ipGroups.get(group, name, options));
    const isDone = (read.provisioningState ?? 'Succeeded') === 'Succeeded';
    return isDone ? { is: read.ipAddresses ?? [] } : { unknown };
  });
}
