import { Refusal } from './errors.ts';
import { newEtag } from './history.ts';
import { type Nsg, type Rule, sameId } from './model.ts';
import { findNsg, wireRule } from './network.ts';
import { checkNewRule, refuseWhileBusy } from './nsg-checks.ts';
import { begin, NETWORK_API } from './operations.ts';
import { GROUP } from './read-routes.ts';
import { type Call, checkMatch, page, type Route } from './route.ts';
import { checkRuleName, readRule } from './rule-schema.ts';
import type { Simulation } from './simulation.ts';

/** `securityRules` of a group: the child resources that a careful caller writes. */
export function securityRuleRoutes(sim: Simulation): readonly Route[] {
  const base = `${GROUP}/networkSecurityGroups/{networkSecurityGroupName}/securityRules`;
  const common = { area: 'arm', apiVersion: NETWORK_API } as const;
  const ruleOf = (nsg: Nsg, call: Call) => nsg.rules.find((r) => sameId(r.name, call.param('securityRuleName')));
  const busy = (nsg: Nsg) => nsg.busyUntilMs > sim.world.nowMs;
  const write = (nsg: Nsg, rules: readonly Rule[]): void => {
    const busyUntilMs = sim.world.nowMs + sim.behaviour.operationMs;
    sim.world.put('nsgs', { ...nsg, rules, etag: newEtag(), busyUntilMs });
  };

  function put(call: Call) {
    const { current, nowMs } = sim.world;
    const nsg = findNsg(call, current);
    const name = call.param('securityRuleName');
    checkRuleName(name);
    const properties = readRule(call.body);
    refuseWhileBusy(nsg, nowMs);
    const before = ruleOf(nsg, call);
    checkMatch(call, before?.etag);
    const others = nsg.rules.filter((r) => r !== before);
    // A rule that somebody edits stays Defender's in its own eyes, so where it came from is kept.
    const named = { ...before, name: before?.name ?? name, failed: undefined };
    const rule: Rule = { ...named, etag: newEtag(), writer: 'other', properties };
    checkNewRule(current, nsg, rule, others);
    write(nsg, [...others, rule]);
    const body = wireRule(nsg, rule, sim.behaviour.operationMs > 0);
    const headers = { 'Azure-AsyncOperation': begin(sim, nsg).status };
    return { status: before ? 200 : 201, body, headers, note: `${nsg.name}/${name}` };
  }

  function remove(call: Call) {
    const nsg = findNsg(call, sim.world.current);
    const rule = ruleOf(nsg, call);
    checkMatch(call, rule?.etag);
    if (!rule) return { status: 204 };
    refuseWhileBusy(nsg, sim.world.nowMs);
    write(
      nsg,
      nsg.rules.filter((r) => r !== rule),
    );
    const at = begin(sim, nsg);
    const headers = { 'Azure-AsyncOperation': at.status, Location: at.result };
    return { status: 202, headers, note: `${nsg.name}/${rule.name}` };
  }

  return [
    {
      ...common,
      operation: 'SecurityRules_List',
      method: 'GET',
      path: base,
      query: ['$skiptoken'],
      handle: (call) => {
        const nsg = findNsg(call);
        const rules = nsg.rules.map((rule) => wireRule(nsg, rule, busy(nsg)));
        return page(call, rules, sim.behaviour.pageSize, sim.origin());
      },
    },
    {
      ...common,
      operation: 'SecurityRules_Get',
      method: 'GET',
      path: `${base}/{securityRuleName}`,
      handle: (call) => {
        const nsg = findNsg(call);
        const rule = ruleOf(nsg, call);
        if (!rule) {
          const id = `${nsg.id}/securityRules/${call.param('securityRuleName')}`;
          throw new Refusal(404, 'NotFound', `Resource ${id} not found.`);
        }
        return { status: 200, body: wireRule(nsg, rule, busy(nsg)) };
      },
    },
    {
      ...common,
      operation: 'SecurityRules_CreateOrUpdate',
      method: 'PUT',
      path: `${base}/{securityRuleName}`,
      handle: put,
    },
    {
      ...common,
      operation: 'SecurityRules_Delete',
      method: 'DELETE',
      path: `${base}/{securityRuleName}`,
      handle: remove,
    },
  ];
}
