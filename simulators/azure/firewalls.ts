import { badRequest, Refusal } from './errors.ts';
import {
  checkNatAddresses,
  checkNatCount,
  checkNatRule,
  checkNetworkRule,
  refuseWhileUpdating,
} from './firewall-checks.ts';
import type { ClassicCollection, Firewall } from './firewall-model.ts';
import { checkDistinct, firewallBody } from './firewall-schema.ts';
import { newEtag } from './history.ts';
import { checkIpGroups } from './ip-groups.ts';
import { type Snapshot, sameId } from './model.ts';
import { begin, NETWORK_API } from './operations.ts';
import { withOverlay } from './overlay.ts';
import { GROUP, named, reads, ref } from './read-routes.ts';
import { type Call, checkMatch, type Route } from './route.ts';
import { parseKept } from './rule-schema.ts';
import type { Simulation } from './simulation.ts';

const TYPE = 'Microsoft.Network/azureFirewalls';

export function wireFirewall(firewall: Firewall, nowMs: number) {
  const settled = firewall.failed ? 'Failed' : 'Succeeded';
  const state = { provisioningState: firewall.busyUntilMs > nowMs ? 'Updating' : settled };
  const { id, etag, rules } = firewall;
  const collections = (kind: string, all: readonly ClassicCollection<unknown>[]) =>
    all.map(({ name, ...properties }) => ({
      id: `${id}/${kind}/${name}`,
      name,
      etag,
      properties: { ...state, ...properties },
    }));
  const known = {
    id,
    name: firewall.name,
    type: TYPE,
    location: firewall.location,
    etag,
    tags: firewall.tags,
    zones: firewall.zones,
    properties: {
      ...state,
      ...firewall.settings,
      firewallPolicy: ref(firewall.policyId),
      natRuleCollections: collections('natRuleCollections', rules.nat),
      networkRuleCollections: collections('networkRuleCollections', rules.network),
      applicationRuleCollections: collections('applicationRuleCollections', rules.application),
      ipConfigurations: firewall.configurations.map(({ name, subnetId, publicIpId }) => ({
        id: `${id}/azureFirewallIpConfigurations/${name}`,
        name,
        etag,
        type: `${TYPE}/azureFirewallIpConfigurations`,
        properties: {
          ...state,
          // Only the configuration with the subnet has the firewall's own address.
          privateIPAddress: subnetId && firewall.privateIp,
          subnet: ref(subnetId),
          publicIPAddress: ref(publicIpId),
        },
      })),
    },
  };
  return withOverlay(known, firewall.extra);
}

/** The public addresses of a firewall. */
export function publicAddresses(view: Snapshot, { configurations }: Pick<Firewall, 'configurations'>) {
  return configurations.flatMap(({ publicIpId }) => view.publicIps.get(publicIpId?.toLowerCase() ?? '')?.address ?? []);
}

/** Checks what a firewall would become. */
function checkFirewall(view: Snapshot, { configurations, policyId, rules }: Firewall): void {
  const { nat, network, application } = rules;
  const own = [...nat, ...network, ...application];
  if (policyId !== undefined && own.length > 0) {
    const message = 'Rule collections cannot be configured on a firewall that refers to a firewall policy.';
    throw badRequest(message, 'AzureFirewallRuleCollectionsAndPolicyConflict');
  }
  if (policyId !== undefined && !view.firewallPolicies.has(policyId.toLowerCase())) {
    throw badRequest(`Resource ${policyId} referenced by the firewall was not found.`, 'InvalidResourceReference');
  }
  for (const { subnetId, publicIpId } of configurations) {
    const subnet = subnetId === undefined ? undefined : view.subnets.get(subnetId.toLowerCase());
    const lost = (subnetId && !subnet) || (publicIpId && !view.publicIps.has(publicIpId.toLowerCase()));
    if (lost) throw badRequest('A resource that the firewall refers to was not found.', 'InvalidResourceReference');
    if (subnet && subnet.name !== 'AzureFirewallSubnet') {
      throw badRequest(`Subnet ${subnet.name} must be called AzureFirewallSubnet.`, 'AzureFirewallInvalidSubnet');
    }
  }
  for (const kind of [nat, network, application]) checkDistinct('Rule collections', kind);
  for (const collection of [...nat, ...network]) checkDistinct('Rules', collection.rules.map(nameOnly));
  checkIpGroups(
    view,
    [...nat, ...network].flatMap((collection) => collection.rules),
  );
  for (const rule of nat.flatMap((collection) => collection.rules)) checkNatRule(rule);
  for (const rule of network.flatMap((collection) => collection.rules)) checkNetworkRule(rule);
  const table = nat.flatMap((collection) => collection.rules);
  const addresses = publicAddresses(view, { configurations });
  checkNatAddresses(table, addresses);
  checkNatCount(table, addresses.length);
}

const nameOnly = ({ name }: { readonly name: string }) => ({ name });

/** What the firewall becomes by the body of a PUT: all that the body leaves out is gone. */
function replaced(before: Firewall, body: unknown): Firewall {
  const { parsed, extra } = parseKept(firewallBody, body, before.extra);
  const { id, name, type, location, tags = {}, zones, properties } = parsed;
  const claims = [
    [id, before.id],
    [name, before.name],
    [type, TYPE],
  ] as const;
  for (const [given, real] of claims) {
    if (given !== undefined && !sameId(given, real)) {
      throw badRequest(`The body says '${given}' where the path says '${real}'.`, 'InvalidRequestContent');
    }
  }
  if (!sameId(location, before.location)) {
    const message = `The resource '${before.name}' already exists in location '${before.location}'.`;
    throw new Refusal(409, 'InvalidResourceLocation', message);
  }
  const { natRuleCollections = [], networkRuleCollections = [], applicationRuleCollections = [], ...rest } = properties;
  const { ipConfigurations = [], firewallPolicy, provisioningState: _, ...settings } = rest;
  const flat = <P extends { readonly provisioningState?: string | undefined }>(all: readonly Named<P>[]) =>
    all.map(({ name: own, properties: { provisioningState: __, ...kept } }) => ({ name: own, ...kept }));
  return {
    ...before,
    extra,
    tags,
    zones,
    settings: { sku: { name: 'AZFW_VNet', tier: 'Standard' }, threatIntelMode: 'Alert', ...settings },
    configurations: ipConfigurations.map((one) => ({
      name: one.name,
      subnetId: one.properties.subnet?.id,
      publicIpId: one.properties.publicIPAddress?.id,
    })),
    policyId: firewallPolicy?.id,
    rules: {
      nat: flat(natRuleCollections),
      network: flat(networkRuleCollections),
      application: flat(applicationRuleCollections),
    },
  };
}

interface Named<P> {
  readonly name: string;
  readonly properties: P;
}

/** Stores other rules for a firewall; the old ones stay in force until the update is through. */
export function updateFirewall(sim: Simulation, before: Firewall, after: Firewall): Firewall {
  const busyUntilMs = sim.world.nowMs + sim.behaviour.firewallMs;
  // Of an update that failed nothing came into force.
  const inForce = before.failed ? (before.before ?? before.rules) : before.rules;
  const updated: Firewall = { ...after, etag: newEtag(), failed: false, before: inForce, busyUntilMs };
  sim.world.put('firewalls', updated);
  return updated;
}

/** Azure Firewall: reads, and the PUT that replaces the whole of it. */
export function firewallRoutes(sim: Simulation): readonly Route[] {
  function put(call: Call) {
    const { current, nowMs } = sim.world;
    const name = call.param('azureFirewallName');
    // NB. Azure would make a new firewall. Nothing that opens ports has a reason to, so here it is refused.
    const before = named(call, current.firewalls, 'azureFirewalls', name);
    const after = replaced(before, call.body);
    const policy = current.firewallPolicies.get(before.policyId?.toLowerCase() ?? '');
    refuseWhileUpdating(before.id, Math.max(before.busyUntilMs, policy?.busyUntilMs ?? 0), nowMs);
    checkMatch(call, before.etag);
    checkFirewall(current, after);
    const body = wireFirewall(updateFirewall(sim, before, after), nowMs);
    const { status } = begin(sim, before, undefined, sim.behaviour.firewallMs);
    return { status: 200, body, headers: { 'Azure-AsyncOperation': status }, note: before.name };
  }

  return [
    ...reads(sim, {
      operations: 'AzureFirewalls',
      type: 'azureFirewalls',
      parameter: 'azureFirewallName',
      items: (view) => view.firewalls,
      wire: (_, firewall) => wireFirewall(firewall, sim.world.nowMs),
    }),
    {
      area: 'arm',
      apiVersion: NETWORK_API,
      operation: 'AzureFirewalls_CreateOrUpdate',
      method: 'PUT',
      path: `${GROUP}/azureFirewalls/{azureFirewallName}`,
      handle: put,
    },
  ];
}
