import { defaultRules } from './default-rules.ts';
import { Refusal } from './errors.ts';
import { type Nic, type Nsg, type RuleProperties, type Snapshot, sameId } from './model.ts';
import { findNic } from './network.ts';
import { begin, NETWORK_API } from './operations.ts';
import { GROUP } from './read-routes.ts';
import type { Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { expandTag } from './tags.ts';
import { vnetIdOf } from './topology-model.ts';

const ports = (text: string): string => (text === '*' ? '0-65535' : text.includes('-') ? text : `${text}-${text}`);

/** What a rule is judged by: the view in which its names mean something, and the subnet of the interface. */
interface Place {
  readonly view: Snapshot;
  readonly subnetId: string;
}

const single = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

/**
 * What an address, prefix or tag of a rule is in effect. `*` is printed as `0.0.0.0/0` alone, on subnets of both families
 * too: https://learn.microsoft.com/azure/virtual-network/diagnose-network-traffic-filter-problem shows the output.
 */
function prefixes({ view, subnetId }: Place, text: string): string {
  if (text === '*') return '0.0.0.0/0';
  return text.includes('/') || expandTag(view, subnetId, text) ? text : single(text);
}

const both = (single: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  single === undefined ? (many ?? []) : [single];

/** Both forms that the service answers with: the list always, the single value when it is one. */
function forms<N extends string>(name: N, plural: string, values: readonly string[]) {
  return { ...(values.length === 1 ? { [name]: values[0] } : {}), [plural]: values };
}

function expansion({ view, subnetId }: Place, name: string, values: readonly string[]) {
  const all = values.flatMap((value) => expandTag(view, subnetId, value) ?? []);
  return all.length === 0 ? {} : { [name]: all };
}

/** The addresses of all members of the application security groups. */
function members(view: Snapshot, groups: RuleProperties['sourceApplicationSecurityGroups'] = []): readonly string[] {
  const wanted = (id: string) => groups.some((group) => sameId(group.id, id));
  const addresses = [...view.nics.values()].flatMap((nic) => nic.addresses);
  return addresses.filter((a) => a.applicationGroupIds.some(wanted)).map((a) => single(a.privateIp));
}

/** One rule as it takes effect: names say where it comes from, ports are ranges and addresses prefixes. */
function effectiveRule(place: Place, name: string, rule: RuleProperties, access: string = rule.access) {
  const sources = both(rule.sourceAddressPrefix, rule.sourceAddressPrefixes)
    .map((text) => prefixes(place, text))
    .concat(members(place.view, rule.sourceApplicationSecurityGroups));
  const destinations = both(rule.destinationAddressPrefix, rule.destinationAddressPrefixes)
    .map((text) => prefixes(place, text))
    .concat(members(place.view, rule.destinationApplicationSecurityGroups));
  const from = both(rule.sourcePortRange, rule.sourcePortRanges).map(ports);
  const to = both(rule.destinationPortRange, rule.destinationPortRanges).map(ports);
  return {
    name,
    protocol: rule.protocol === '*' ? 'All' : rule.protocol,
    ...forms('sourcePortRange', 'sourcePortRanges', from),
    ...forms('destinationPortRange', 'destinationPortRanges', to),
    ...forms('sourceAddressPrefix', 'sourceAddressPrefixes', sources),
    ...forms('destinationAddressPrefix', 'destinationAddressPrefixes', destinations),
    ...expansion(place, 'expandedSourceAddressPrefix', sources),
    ...expansion(place, 'expandedDestinationAddressPrefix', destinations),
    access,
    priority: rule.priority,
    direction: rule.direction,
  };
}

/** The security admin rules of a network manager; `AlwaysAllow` is told as it is, though the SDK has no name for it. */
function adminGroup(place: Place): readonly unknown[] {
  const vnetId = vnetIdOf(place.subnetId);
  const rules = [...place.view.adminRules.values()].filter((r) => r.vnetIds.some((id) => sameId(id, vnetId)));
  const [first] = rules;
  if (!first) return [];
  const effectiveSecurityRules = rules.map(
    ({ name, access, priority, protocol, sources, destinations = ['*'], ports: to }) => {
      const any = { sourcePortRange: '*', direction: 'Inbound', access: 'Allow' } as const;
      const prefixes = { sourceAddressPrefixes: sources, destinationAddressPrefixes: destinations };
      const rule = { ...any, ...prefixes, priority, protocol, destinationPortRanges: to };
      return effectiveRule(place, name, rule, access);
    },
  );
  return [{ association: { networkManager: { id: first.managerId } }, effectiveSecurityRules }];
}

function effectiveGroups(view: Snapshot, nic: Nic) {
  const subnet = view.subnets.get(nic.subnetId.toLowerCase());
  const group = (id: string | undefined): Nsg | undefined => view.nsgs.get(id?.toLowerCase() ?? '');
  const attached = [
    { nsg: group(subnet?.nsgId), association: { subnet: { id: nic.subnetId } } },
    { nsg: group(nic.nsgId), association: { networkInterface: { id: nic.id } } },
  ];
  const place = { view, subnetId: nic.subnetId };
  const groups = attached.flatMap(({ nsg, association }) => {
    if (!nsg) return [];
    const effectiveSecurityRules = [
      ...nsg.rules
        .filter(({ failed }) => failed !== 'notInForce')
        .map((rule) => effectiveRule(place, `securityRules/${rule.name}`, rule.properties)),
      ...defaultRules.map((rule) => effectiveRule(place, `defaultSecurityRules/${rule.name}`, rule.properties)),
    ];
    return [{ networkSecurityGroup: { id: nsg.id }, association, effectiveSecurityRules }];
  });
  return [...adminGroup(place), ...groups];
}

/** What is really in force on an interface; only a running machine has an answer. */
export function effectiveRoutes(sim: Simulation): readonly Route[] {
  return [
    {
      operation: 'NetworkInterfaces_ListEffectiveNetworkSecurityGroups',
      area: 'arm',
      method: 'POST',
      path: `${GROUP}/networkInterfaces/{networkInterfaceName}/effectiveNetworkSecurityGroups`,
      apiVersion: NETWORK_API,
      handle: (call) => {
        const nic = findNic(call);
        const vm = call.view.vms.get(nic.vmId?.toLowerCase() ?? '');
        if (vm?.power !== 'running') {
          const message = `Operation is not allowed: VM must be running, and network interface ${nic.id} is not attached to a running VM.`;
          throw new Refusal(409, 'OperationNotAllowed', message);
        }
        const { result } = begin(sim, nic, { value: effectiveGroups(call.view, nic) });
        return { status: 202, headers: { Location: result } };
      },
    },
  ];
}
