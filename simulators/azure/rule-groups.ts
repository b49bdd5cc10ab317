import { badRequest, Refusal } from './errors.ts';
import { checkNatCount, checkNatRule, checkNetworkRule, refuseWhileUpdating } from './firewall-checks.ts';
import type { FirewallPolicy, PolicyCollection, RuleGroup } from './firewall-model.ts';
import { familyOf, followersOf, groupsOf, occupy } from './firewall-policies.ts';
import { ruleGroupBody } from './firewall-policy-schema.ts';
import { checkDistinct } from './firewall-schema.ts';
import { publicAddresses } from './firewalls.ts';
import { newEtag } from './history.ts';
import { checkIpGroups } from './ip-groups.ts';
import { type Snapshot, sameId } from './model.ts';
import { begin, NETWORK_API } from './operations.ts';
import { withOverlay } from './overlay.ts';
import { GROUP, named } from './read-routes.ts';
import { type Call, checkMatch, page, type Route } from './route.ts';
import { checkRuleName, parseKept } from './rule-schema.ts';
import type { Simulation } from './simulation.ts';

const TYPE = 'Microsoft.Network/FirewallPolicies/RuleCollectionGroups';

export function wireGroup(group: RuleGroup, policy: FirewallPolicy, nowMs: number) {
  const known = {
    id: group.id,
    name: group.name,
    type: TYPE,
    etag: group.etag,
    properties: {
      provisioningState: policy.busyUntilMs > nowMs ? 'Updating' : 'Succeeded',
      priority: group.priority,
      ruleCollections: group.collections,
    },
  };
  return withOverlay(known, group.extra);
}

const nameOnly = ({ name }: { readonly name: string }) => ({ name });
const isNat = (collection: PolicyCollection) => collection.ruleCollectionType === 'FirewallPolicyNatRuleCollection';

function checkCollection(collection: PolicyCollection): void {
  checkDistinct('Rules', collection.rules.map(nameOnly));
  const types = new Set(collection.rules.map((rule) => rule.ruleType));
  if (types.size > 1 || isNat(collection) !== types.has('NatRule')) {
    const message = `Rule collection '${collection.name}' has rules of a type that does not belong into it.`;
    throw badRequest(message, 'FirewallPolicyRuleCollectionInvalidRuleType');
  }
  for (const rule of collection.rules) {
    if (rule.ruleType === 'NatRule') checkNatRule(rule);
    else if (rule.ruleType === 'NetworkRule') checkNetworkRule(rule);
  }
}

const natRules = (groups: readonly RuleGroup[]) =>
  groups
    .flatMap((group) => group.collections)
    .filter(isNat)
    .flatMap((collection) => collection.rules.map((rule) => ({ ...rule, protocols: rule.ipProtocols ?? [] })));

/** Checks a group among those that are already in its policy. */
function checkGroup(view: Snapshot, policy: FirewallPolicy, group: RuleGroup): void {
  checkDistinct('Rule collections', group.collections);
  for (const collection of group.collections) checkCollection(collection);
  checkIpGroups(
    view,
    group.collections.flatMap(({ rules }) => rules),
  );
  const all = [...groupsOf(view, policy.id).filter((other) => !sameId(other.id, group.id)), group];
  checkDistinct('Rule collection groups of a policy', all);
  for (const firewall of followersOf(view, [policy])) {
    checkNatCount(natRules(all), publicAddresses(view, firewall).length);
  }
}

/** 400 while another group of the policy, of its parent or of a child is written: one at a time. */
function refuseWhileBusy(view: Snapshot, policy: FirewallPolicy, nowMs: number): void {
  if (policy.busyUntilMs > nowMs) {
    const message = `Put on Firewall Policy ${policy.name} is not allowed while it is in the state Updating.`;
    throw new Refusal(400, 'FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting', message);
  }
  const family = familyOf(view, policy);
  for (const one of [...family, ...followersOf(view, family)]) refuseWhileUpdating(one.id, one.busyUntilMs, nowMs);
}

/** `ruleCollectionGroups` of a firewall policy: a PUT replaces one group and leaves all others alone. */
export function ruleGroupRoutes(sim: Simulation): readonly Route[] {
  const base = `${GROUP}/firewallPolicies/{firewallPolicyName}/ruleCollectionGroups`;
  const one = `${base}/{ruleCollectionGroupName}`;
  const common = { area: 'arm', apiVersion: NETWORK_API } as const;
  const policyOf = (call: Call, view: Snapshot) =>
    named(call, view.firewallPolicies, 'firewallPolicies', call.param('firewallPolicyName'));
  const groupOf = (call: Call, view: Snapshot) =>
    view.ruleGroups.get(
      `${policyOf(call, view).id}/ruleCollectionGroups/${call.param('ruleCollectionGroupName')}`.toLowerCase(),
    );
  const started = (policy: FirewallPolicy) => begin(sim, policy, undefined, sim.behaviour.firewallMs);

  function put(call: Call) {
    const { current, nowMs } = sim.world;
    const policy = policyOf(call, current);
    const before = groupOf(call, current);
    const name = before?.name ?? call.param('ruleCollectionGroupName');
    checkRuleName(name);
    const { parsed: body, extra } = parseKept(ruleGroupBody, call.body, before?.extra);
    const { priority, ruleCollections } = body.properties;
    const group: RuleGroup = {
      id: before?.id ?? `${policy.id}/ruleCollectionGroups/${name}`,
      name,
      policyId: policy.id,
      etag: newEtag(),
      priority,
      collections: ruleCollections,
      extra,
    };
    if (body.name !== undefined && !sameId(body.name, name)) {
      throw badRequest(`The body says '${body.name}' where the path says '${name}'.`, 'InvalidRequestContent');
    }
    refuseWhileBusy(current, policy, nowMs);
    checkMatch(call, before?.etag);
    checkGroup(current, policy, group);
    occupy(sim, policy);
    sim.world.put('ruleGroups', group);
    const reply = wireGroup(group, policyOf(call, sim.world.current), nowMs);
    const headers = { 'Azure-AsyncOperation': started(policy).status };
    return { status: before ? 200 : 201, body: reply, headers, note: `${policy.name}/${name}` };
  }

  function remove(call: Call) {
    const { current, nowMs } = sim.world;
    const policy = policyOf(call, current);
    const group = groupOf(call, current);
    checkMatch(call, group?.etag);
    if (!group) return { status: 204 };
    refuseWhileBusy(current, policy, nowMs);
    occupy(sim, policy);
    sim.world.remove('ruleGroups', group.id);
    const at = started(policy);
    const headers = { 'Azure-AsyncOperation': at.status, Location: at.result };
    return { status: 202, headers, note: `${policy.name}/${group.name}` };
  }

  return [
    {
      ...common,
      operation: 'FirewallPolicyRuleCollectionGroups_List',
      method: 'GET',
      path: base,
      query: ['$skiptoken'],
      handle: (call) => {
        const policy = policyOf(call, call.view);
        const groups = groupsOf(call.view, policy.id).map((group) => wireGroup(group, policy, sim.world.nowMs));
        return page(call, groups, sim.behaviour.pageSize, sim.origin());
      },
    },
    {
      ...common,
      operation: 'FirewallPolicyRuleCollectionGroups_Get',
      method: 'GET',
      path: one,
      handle: (call) => {
        const group = groupOf(call, call.view);
        if (!group) throw new Refusal(404, 'NotFound', `Resource ${call.path} not found.`);
        return { status: 200, body: wireGroup(group, policyOf(call, call.view), sim.world.nowMs) };
      },
    },
    {
      ...common,
      operation: 'FirewallPolicyRuleCollectionGroups_CreateOrUpdate',
      method: 'PUT',
      path: one,
      handle: put,
    },
    { ...common, operation: 'FirewallPolicyRuleCollectionGroups_Delete', method: 'DELETE', path: one, handle: remove },
  ];
}
