import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { badRequest, Refusal } from './errors.ts';
import { newEtag } from './history.ts';
import { type Nsg, sameId } from './model.ts';
import { findNsg, wireNsg } from './network.ts';
import { refuseWhileBusy } from './nsg-checks.ts';
import { begin, NETWORK_API } from './operations.ts';
import { GROUP } from './read-routes.ts';
import { type Call, checkMatch, type Route } from './route.ts';
import { parseBody, readRule, ruleBody } from './rule-schema.ts';
import type { Simulation } from './simulation.ts';

const text = z.string().optional();
const groupBody = z.strictObject({
  id: text,
  name: text,
  type: text,
  etag: text,
  location: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.strictObject({
    flushConnection: z.boolean().optional(),
    securityRules: z.array(ruleBody).optional(),
    provisioningState: text,
  }),
});

/**
 * `NetworkSecurityGroups_CreateOrUpdate`, for `flushConnection` alone. Azure replaces all rules by those of the body;
 * whoever would lose or change one by that is refused here, because nobody who opens ports may.
 */
export function nsgPutRoutes(sim: Simulation): readonly Route[] {
  function put(call: Call) {
    const { current, nowMs } = sim.world;
    const nsg = findNsg(call, current);
    const { location, tags, properties } = parseBody(groupBody, call.body);
    if (!sameId(location, nsg.location)) {
      const message = `The resource '${nsg.name}' already exists in location '${nsg.location}'.`;
      throw new Refusal(409, 'InvalidResourceLocation', message);
    }
    refuseWhileBusy(nsg, nowMs);
    checkMatch(call, nsg.etag);
    const said = new Map((properties.securityRules ?? []).map((rule) => [rule.name?.toLowerCase(), readRule(rule)]));
    const lost = nsg.rules.find((rule) => !isDeepStrictEqual(said.get(rule.name.toLowerCase()), rule.properties));
    if (lost || said.size !== nsg.rules.length) {
      const message = `The rules of ${nsg.name} would be replaced, ${lost?.name ?? 'with others added'}.`;
      throw badRequest(message, 'SecurityRulesReplaced');
    }
    const { flushConnection } = properties;
    const busyUntilMs = nowMs + sim.behaviour.operationMs;
    const after: Nsg = { ...nsg, tags, flushConnection, etag: newEtag(), busyUntilMs };
    sim.world.put('nsgs', after);
    const headers = { 'Azure-AsyncOperation': begin(sim, nsg).status };
    return { status: 200, body: wireNsg(sim.world.current, after, nowMs), headers, note: nsg.name };
  }
  return [
    {
      area: 'arm',
      apiVersion: NETWORK_API,
      operation: 'NetworkSecurityGroups_CreateOrUpdate',
      method: 'PUT',
      path: `${GROUP}/networkSecurityGroups/{networkSecurityGroupName}`,
      handle: put,
    },
  ];
}
