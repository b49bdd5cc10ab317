import { Defender } from './defender.ts';
import { Refusal } from './errors.ts';
import { findPolicy, policyAt, putPolicy, readInitiate, TYPE } from './jit.ts';
import { type JitPolicy, type JitRequest, type Pricing, type Snapshot, sameId } from './model.ts';
import { withOverlay } from './overlay.ts';
import { type Call, page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isNamed } from './tenant.ts';

const JIT_API = '2020-01-01';
const PRICINGS_API = '2022-03-01';
const SUBSCRIPTION = '/subscriptions/{subscriptionId}';
const SECURITY = 'providers/Microsoft.Security';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{resourceGroupName}`;

/** Instants as the service writes them, with seven digits of a second. */
const instant = (ms: number): string => new Date(ms).toISOString().replace('Z', '0000Z');

const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

function wireRequest(request: JitRequest) {
  const ids = [...new Set(request.accesses.map((a) => a.vmId))];
  return {
    virtualMachines: ids.map((id) => ({
      id,
      ports: request.accesses
        .filter((a) => a.vmId === id)
        .map((a) => ({
          number: a.number,
          ...(a.plural ? { allowedSourceAddressPrefixes: a.sources } : { allowedSourceAddressPrefix: a.sources[0] }),
          endTimeUtc: instant(a.endMs),
          status: a.status,
          statusReason: a.statusReason,
          ...(a.mapping ? { mappedPort: a.mapping.port } : {}),
        })),
    })),
    startTimeUtc: instant(request.startMs),
    requestor: request.requestor,
    ...(request.justification === undefined ? {} : { justification: request.justification }),
  };
}

export function wirePolicy(view: Snapshot, policy: JitPolicy) {
  const requests = [...view.requests.values()].filter((r) => sameId(r.policyId, policy.id) && !r.hidden);
  const known = {
    id: policy.id,
    name: policy.name,
    type: TYPE,
    kind: 'Basic',
    location: policy.location,
    properties: {
      appendMode: policy.appendMode,
      virtualMachines: policy.virtualMachines,
      requests: requests.map(wireRequest),
      provisioningState: 'Succeeded',
    },
  };
  return withOverlay(known, policy.extra);
}

function wirePricing({ id, name, pricingTier, subPlan }: Pricing) {
  const properties = { pricingTier, ...(subPlan ? { subPlan } : {}), freeTrialRemainingTime: 'PT0S' };
  return { id, name, type: 'Microsoft.Security/pricings', properties };
}

/** Defender for Cloud: just-in-time policies (api 2020-01-01) and plans (api 2022-03-01, as arm-security 5 sends). */
export function securityRoutes(sim: Simulation): { readonly routes: readonly Route[]; readonly defender: Defender } {
  const defender = new Defender(sim);

  /** Just-in-time access needs Defender for Servers Plan 2. */
  const licensed =
    (handle: Route['handle']): Route['handle'] =>
    (call) => {
      const plans = [...sim.world.current.pricings.values()];
      const plan = plans.find((p) => isNamed(call, p) && p.name === 'VirtualMachines');
      if (plan?.pricingTier !== 'Standard' || plan.subPlan !== 'P2') {
        const message = `Just-in-time network access requires a standard tier subscription; ${call.param('subscriptionId')} is not.`;
        throw new Refusal(403, 'Forbidden', message);
      }
      return handle(call);
    };
  const jit = (
    operation: string,
    method: Route['method'],
    path: string,
    handle: Route['handle'],
    query: readonly string[] = [],
  ): Route => ({ area: 'arm', apiVersion: JIT_API, operation, method, path, query, handle: licensed(handle) });
  const list = (operation: string, path: string, wanted: (call: Call, policy: JitPolicy) => boolean): Route =>
    jit(
      operation,
      'GET',
      path,
      (call) => {
        const policies = [...call.view.policies.values()].filter(
          (policy) => isNamed(call, policy) && wanted(call, policy),
        );
        const items = policies.map((policy) => wirePolicy(call.view, policy));
        return page(call, items, sim.behaviour.pageSize, sim.origin());
      },
      ['$skiptoken'],
    );
  const pricingsOf = (call: Call) => [...call.view.pricings.values()].filter((one) => isNamed(call, one));
  const inGroup = (call: Call, policy: JitPolicy) => sameId(policy.resourceGroup, call.param('resourceGroupName'));
  const inRegion = (call: Call, policy: JitPolicy) => sameId(policy.location, call.param('ascLocation'));
  const region = 'locations/{ascLocation}/jitNetworkAccessPolicies';
  const one = `${GROUP}/${SECURITY}/${region}/{policyName}`;

  const routes: readonly Route[] = [
    list('JitNetworkAccessPolicies_List', `${SUBSCRIPTION}/${SECURITY}/jitNetworkAccessPolicies`, () => true),
    list('JitNetworkAccessPolicies_ListByRegion', `${SUBSCRIPTION}/${SECURITY}/${region}`, inRegion),
    list('JitNetworkAccessPolicies_ListByResourceGroup', `${GROUP}/${SECURITY}/jitNetworkAccessPolicies`, inGroup),
    list(
      'JitNetworkAccessPolicies_ListByResourceGroupAndRegion',
      `${GROUP}/${SECURITY}/${region}`,
      (call, policy) => inGroup(call, policy) && inRegion(call, policy),
    ),
    jit('JitNetworkAccessPolicies_Get', 'GET', one, (call) => ({
      status: 200,
      body: wirePolicy(call.view, findPolicy(call, call.view)),
    })),
    jit('JitNetworkAccessPolicies_CreateOrUpdate', 'PUT', one, (call) => {
      const policy = putPolicy(call, sim, defender);
      const note = `${policy.name}: ${policy.virtualMachines.map((vm) => nameOf(vm.id)).join(', ')}`;
      return { status: 200, body: wirePolicy(sim.world.current, policy), note };
    }),
    jit('JitNetworkAccessPolicies_Delete', 'DELETE', one, (call) => {
      const policy = policyAt(call, sim.world.current);
      if (!policy) return { status: 204 };
      defender.removePolicy(policy);
      return { status: 200 };
    }),
    jit('JitNetworkAccessPolicies_Initiate', 'POST', `${one}/initiate`, (call) => {
      const policy = findPolicy(call, sim.world.current);
      const { accesses, justification } = readInitiate(sim, policy, call.body, call.remote);
      const request = defender.initiate(policy, call.caller.appId, justification, accesses);
      // The answer always says `Initiating`, as the specification's example does.
      const opened = accesses.map((a) => `${a.number} on ${nameOf(a.vmId)} from ${a.sources.join(',')}`);
      return { status: 202, body: wireRequest(request), note: opened.join('; ') };
    }),
    {
      area: 'arm',
      apiVersion: PRICINGS_API,
      operation: 'Pricings_List',
      method: 'GET',
      path: `${SUBSCRIPTION}/${SECURITY}/pricings`,
      handle: (call) => ({ status: 200, body: { value: pricingsOf(call).map(wirePricing) } }),
    },
    {
      area: 'arm',
      apiVersion: PRICINGS_API,
      operation: 'Pricings_Get',
      method: 'GET',
      path: `${SUBSCRIPTION}/${SECURITY}/pricings/{pricingName}`,
      handle: (call) => {
        const name = call.param('pricingName');
        const found = pricingsOf(call).find((p) => sameId(p.name, name));
        if (!found) throw new Refusal(404, 'ResourceNotFound', `Pricing '${name}' was not found.`);
        return { status: 200, body: wirePricing(found) };
      },
    },
  ];
  return { routes, defender };
}
